import { afterEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import type { ResponseInputItem } from 'openai/resources/responses/responses';
import { assistantTurn } from '../../src/providers/openai/assistantTurn.js';
import { fromResponses } from '../../src/providers/openai/fromResponses.js';
import { messageOf, responsesFixture } from '../providers/openai/responses/fixtures.js';
import { collect } from '../support/respond.js';
import { type Answer, answerStream, answerWith, startServer, type TestServer } from '../support/server.js';
import { sourceContract } from '../support/sourceContract.js';

const params = { model: 'gpt-test-1', input: 'Hello' };
const answer = 'Hello, "wörld" 🌍\n';
const allButTheEnd = new TextDecoder().decode(responsesFixture('text')).split('event: response.output_text.done')[0] ?? '';

let server: TestServer | undefined;

async function start(...answers: readonly Answer[]): Promise<{ readonly server: TestServer; readonly client: OpenAI }> {
  server = await startServer(...answers);
  return { server, client: new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'local' }) };
}

describe("fromResponses, through the SDK's client over HTTP", () => {
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  sourceContract({
    whole: responsesFixture('text'),
    cut: allButTheEnd,
    text: answer,
    source: (baseURL, options, fetch) => fromResponses(new OpenAI({ baseURL, fetch, apiKey: 'local' }), params, options),
  });

  it('streams text and usage', async () => {
    const { server, client } = await start(answerStream([responsesFixture('text')]));
    const { events, completed } = await collect(fromResponses(client, params));
    expect(completed).toBe(true);
    const { text, usage, finishReason } = messageOf(events);
    expect({ text, finishReason }).toEqual({ text: answer, finishReason: 'stop' });
    expect(usage).toMatchObject({ inputTokens: 40, outputTokens: 12, totalTokens: 52, cachedInputTokens: 30 });
    const { method, path, headers, body } = await server.received();
    expect({ method, path }).toEqual({ method: 'POST', path: '/v1/responses' });
    expect(headers['authorization']).toBe('Bearer local');
    expect(JSON.parse(body)).toEqual({ ...params, stream: true });
  });

  it('streams tool calls, and the SDK sends their turn back', async () => {
    const { server, client } = await start(
      answerStream([responsesFixture('function-calls')]),
      answerStream([responsesFixture('text')]),
    );
    const message = messageOf((await collect(fromResponses(client, params))).events);
    expect(message.finishReason).toBe('tool-calls');
    expect(message.toolCalls.map(({ callId, name, ended }) => [callId, name, ended])).toEqual([
      ['call_weather', 'weather', true],
      ['call_clock', 'clock', true],
      ['call_ping', 'ping', true],
    ]);
    const turn = assistantTurn<ResponseInputItem[]>(message);
    const outputs = message.toolCalls.map(({ callId }) => ({
      type: 'function_call_output' as const,
      call_id: callId,
      output: 'ok',
    }));
    await collect(fromResponses(client, { ...params, input: [{ role: 'user', content: 'Hello' }, ...turn, ...outputs] }));
    const { body } = await server.received(1);
    expect(JSON.parse(body).input.slice(1)).toEqual(JSON.parse(JSON.stringify([...turn, ...outputs])));
  });

  it('uses the beta resource for params with betas', async () => {
    const { server, client } = await start(answerStream([responsesFixture('text')]));
    const result = await collect(fromResponses(client, { ...params, betas: ['responses_multi_agent=v1'] }));
    expect(result.completed).toBe(true);
    const { path, headers, body } = await server.received();
    expect(path).toMatch(/^\/v1\/responses(\?beta=true)?$/);
    expect(headers['openai-beta']).toBe('responses_multi_agent=v1');
    // The responses resource would send the betas in the body.
    expect(JSON.parse(body)).toEqual({ ...params, stream: true });
  });

  it('errors once for a failed response, after its usage', async () => {
    const { server, client } = await start(answerStream([responsesFixture('failed')]));
    const { error, events } = await collect(fromResponses(client, params));
    expect(error).toMatchObject({
      name: 'ProviderError',
      kind: 'server',
      retryable: true,
      partial: { usage: { inputTokens: 40 } },
    });
    expect(events.map(({ type }) => type)).toEqual(['start', 'ping', 'usage']);
    expect(server.requests).toHaveLength(1);
  });

  it('errors once for a rate limit, retryable, with retryAfterMs', async () => {
    const body = { error: { type: 'requests', code: 'rate_limit_exceeded', message: 'Slow down', param: null } };
    const { server, client } = await start(answerWith(429, body, { 'x-request-id': 'req_1', 'retry-after': '2' }));
    const { error, events } = await collect(fromResponses(client, params));
    const expected = {
      name: 'HttpError',
      kind: 'rate-limit',
      status: 429,
      retryable: true,
      requestId: 'req_1',
      retryAfterMs: 2_000,
    };
    expect(error).toMatchObject(expected);
    expect(events).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });
});
