import { afterEach, describe, expect, it } from '@jest/globals';
import { OpenAI } from 'openai';
import type { Message } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { chatTurn } from '../../src/providers/openai/chat/turn.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { chatFixture } from '../providers/openai/chat/fixtures.js';
import { type Collected, collect } from '../support/respond.js';
import { type Answer, answerStream, answerWith, startServer, type TestServer } from '../support/server.js';
import { sourceContract } from '../support/sourceContract.js';

const params = { model: 'gpt-test', messages: [{ role: 'user' as const, content: 'Hello' }] };
const [allButTheEnd = ''] = new TextDecoder().decode(chatFixture('text')).split(/data: [^\n]*"finish_reason":"stop"/);

let server: TestServer | undefined;

async function start(...answers: readonly Answer[]): Promise<{ readonly server: TestServer; readonly client: OpenAI }> {
  server = await startServer(...answers);
  return { server, client: new OpenAI({ baseURL: server.url, apiKey: 'local' }) };
}

function messageOf({ events }: Collected): Message {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.message();
}

describe("fromChatCompletions, through the SDK's client over HTTP", () => {
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  sourceContract({
    whole: chatFixture('text'),
    cut: allButTheEnd,
    text: 'Hello, "wörld" 🌍\n',
    source: (baseURL, options, fetch) => fromChatCompletions(new OpenAI({ baseURL, fetch, apiKey: 'local' }), params, options),
  });

  it('streams text and usage', async () => {
    const { server, client } = await start(answerStream([chatFixture('text')]));
    const result = await collect(fromChatCompletions(client, params));
    expect(result.completed).toBe(true);
    const { text, usage, finishReason } = messageOf(result);
    expect({ text, finishReason }).toEqual({ text: 'Hello, "wörld" 🌍\n', finishReason: 'stop' });
    expect(usage).toMatchObject({ inputTokens: 12, outputTokens: 5, totalTokens: 17, cachedInputTokens: 8, reasoningTokens: 2 });
    const { method, path, headers, body } = await server.received();
    expect({ method, path }).toEqual({ method: 'POST', path: '/chat/completions' });
    expect(headers['authorization']).toBe('Bearer local');
    expect(JSON.parse(body)).toEqual({ ...params, stream: true, stream_options: { include_usage: true } });
  });

  it('streams tool calls, and the SDK sends their turn back', async () => {
    const { server, client } = await start(answerStream([chatFixture('tools-interleaved')]), answerStream([chatFixture('text')]));
    const message = messageOf(await collect(fromChatCompletions(client, params)));
    expect(message.finishReason).toBe('tool-calls');
    expect(message.toolCalls.map(({ callId, name, input, ended }) => [callId, name, input, ended])).toEqual([
      ['call_1', 'weather', { city: 'Oslo' }, true],
      ['call_2', 'clock', { zone: 'CET' }, true],
    ]);
    const turn = chatTurn(message);
    await collect(fromChatCompletions(client, { ...params, messages: [...params.messages, turn] }));
    const { body } = await server.received(1);
    expect(JSON.parse(body)).toMatchObject({ messages: [...params.messages, turn] });
  });

  it.each([
    [400, { error: { message: 'Bad', type: 'invalid_request_error' } }, { kind: 'invalid-request', retryable: false }],
    [401, { error: { message: 'No', code: 'invalid_api_key' } }, { kind: 'authentication', retryable: false }],
    [429, { error: { message: 'Pay', code: 'insufficient_quota' } }, { kind: 'quota', retryable: false }],
    [500, { error: { message: 'Oops' } }, { kind: 'server', retryable: true }],
  ])('sends one request for a %i, and says what it means', async (status, body, expected) => {
    const { server, client } = await start(answerWith(status, body, { 'x-request-id': 'req_1' }));
    const { error } = await collect(fromChatCompletions(client, params));
    expect(error).toMatchObject({ name: 'HttpError', status, requestId: 'req_1', ...expected });
    expect(server.requests).toHaveLength(1);
  });
});
