import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from '@jest/globals';
import { isStreamError } from '../../src/errors.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { assistantTurn } from '../../src/providers/anthropic/assistantTurn.js';
import { fromMessages } from '../../src/providers/anthropic/fromMessages.js';
import { fixture } from '../providers/anthropic/fixtures.js';
import { type Collected, collect } from '../support/respond.js';
import { type Answer, answerStream, answerWith, startServer, type TestServer } from '../support/server.js';
import { sourceContract } from '../support/sourceContract.js';

const params = { model: 'claude-test-1', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] };
const allButTheEnd = new TextDecoder().decode(fixture('text')).split('event: content_block_stop')[0] ?? '';

let server: TestServer | undefined;

async function start(...answers: readonly Answer[]): Promise<{ readonly server: TestServer; readonly client: Anthropic }> {
  server = await startServer(...answers);
  return { server, client: new Anthropic({ baseURL: server.url, apiKey: 'local' }) };
}

function messageOf({ events }: Collected): ReturnType<ReturnType<typeof createMessageFold>['message']> {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.message();
}

describe("fromMessages, through the SDK's client over HTTP", () => {
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  sourceContract({
    whole: fixture('text'),
    cut: allButTheEnd,
    text: 'Hello, "wörld" 🌍\n',
    source: (baseURL, options, fetch) => fromMessages(new Anthropic({ baseURL, fetch, apiKey: 'local' }), params, options),
  });

  it('streams text and usage', async () => {
    const { server, client } = await start(answerStream([fixture('text')]));
    const result = await collect(fromMessages(client, params));
    expect(result.completed).toBe(true);
    const { text, usage, finishReason } = messageOf(result);
    expect({ text, finishReason }).toEqual({ text: 'Hello, "wörld" 🌍\n', finishReason: 'stop' });
    expect(usage).toMatchObject({ inputTokens: 117, outputTokens: 20, totalTokens: 137, cachedInputTokens: 100 });
    const { method, path, headers, body } = await server.received();
    expect({ method, path }).toEqual({ method: 'POST', path: '/v1/messages' });
    // The header differs between versions of the SDK.
    expect(headers['authorization'] ?? headers['x-api-key']).toContain('local');
    expect(JSON.parse(body)).toEqual({ ...params, stream: true });
  });

  it('streams tool calls, and the SDK sends their turn back', async () => {
    const { server, client } = await start(answerStream([fixture('tool-use')]), answerStream([fixture('text')]));
    const result = await collect(fromMessages(client, params));
    const message = messageOf(result);
    expect(message.finishReason).toBe('tool-calls');
    expect(message.toolCalls.map(({ callId, name, ended }) => [callId, name, ended])).toEqual([
      ['toolu_1', 'weather', true],
      ['toolu_2', 'clock', true],
      ['toolu_3', 'clock', true],
    ]);
    const turn = assistantTurn(message);
    await collect(fromMessages(client, { ...params, messages: [...params.messages, turn] }));
    const { body } = await server.received(1);
    expect(JSON.parse(body).messages[1]).toEqual(JSON.parse(JSON.stringify(turn)));
  });

  it('uses the beta resource for params with betas', async () => {
    const { server, client } = await start(answerStream([fixture('compaction')]));
    const betas = ['compact-2026-01-12'];
    const result = await collect(fromMessages(client, { ...params, betas }));
    expect(messageOf(result).finishReason).toBe('paused');
    const { path, headers, body } = await server.received();
    expect(path).toMatch(/^\/v1\/messages(\?beta=true)?$/);
    expect(headers['anthropic-beta']).toBe('compact-2026-01-12');
    // The messages resource would send the betas in the body.
    expect(JSON.parse(body)).toEqual({ ...params, stream: true });
  });

  it('errors once for an overloaded provider, retryable', async () => {
    const body = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_1' };
    const { server, client } = await start(answerWith(529, body, { 'request-id': 'req_1', 'retry-after': '2' }));
    const { error, events } = await collect(fromMessages(client, params));
    expect(isStreamError(error, 'overloaded')).toBe(true);
    expect(error).toMatchObject({ name: 'HttpError', status: 529, retryable: true, requestId: 'req_1', retryAfterMs: 2_000 });
    expect(events).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  it('errors for an invalid key, not retryable', async () => {
    const body = { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } };
    const { client } = await start(answerWith(401, body));
    const { error } = await collect(fromMessages(client, params));
    expect(error).toMatchObject({ name: 'HttpError', kind: 'authentication', status: 401, retryable: false });
  });
});
