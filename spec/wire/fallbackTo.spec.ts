import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import type { Observable } from 'rxjs';
import type { DeltaEvent, PartialMessage, ResetEvent } from '../../src/events.js';
import { createBreaker } from '../../src/handles/createBreaker.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { circuitBreaker } from '../../src/operators/circuitBreaker.js';
import { fallbackTo } from '../../src/operators/fallbackTo.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { timeoutBetweenChunks } from '../../src/operators/timeoutBetweenChunks.js';
import { fromMessages } from '../../src/providers/anthropic/fromMessages.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { expectGrammar } from '../support/grammar.js';
import { type Collected, collect } from '../support/respond.js';
import { type Answer, answerStream, answerWith, startServer, type TestServer } from '../support/server.js';

const messages = [{ role: 'user' as const, content: 'Hello' }];
const data = (payload: object): string => `data: ${JSON.stringify(payload)}\n\n`;

const says = (content: string, rest: object = {}): string =>
  data({ id: 'chat-1', model: 'chat-test', choices: [{ index: 0, delta: { content }, finish_reason: null }], ...rest });
const cut = answerStream([says('Hel'), says('x', { usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 } })]);

const whole = answerStream([
  data({ type: 'message_start', message: { id: 'm', model: 'claude-test', usage: { input_tokens: 20, output_tokens: 1 } } }),
  data({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  data({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } }),
  data({ type: 'content_block_stop', index: 0 }),
  data({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }),
  data({ type: 'message_stop' }),
]);

function messageOf({ events }: Collected): PartialMessage {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.partial();
}

const resetsOf = ({ events }: Collected): ResetEvent[] => events.filter((event) => event.type === 'reset');

describe("fallbackTo, through the SDKs' clients over HTTP", () => {
  const servers: TestServer[] = [];

  async function start(...answers: readonly Answer[]): Promise<TestServer> {
    const server = await startServer(...answers);
    servers.push(server);
    return server;
  }

  async function startChat(...answers: readonly Answer[]): Promise<{ server: TestServer; events$: Observable<DeltaEvent> }> {
    const server = await start(...answers);
    const client = new OpenAI({ baseURL: server.url, apiKey: 'local' });
    return { server, events$: fromChatCompletions(client, { model: 'chat-test', messages }) };
  }

  async function startClaude(...answers: readonly Answer[]): Promise<{ server: TestServer; events$: Observable<DeltaEvent> }> {
    const server = await start(...answers);
    const client = new Anthropic({ baseURL: server.url, apiKey: 'local' });
    return { server, events$: fromMessages(client, { model: 'claude-test', max_tokens: 100, messages }) };
  }

  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

  for (const [fault, answer, kind] of [
    ['an error of the server', answerWith(503, { error: { message: 'Try again' } }), 'server'],
    ['a wrong key', answerWith(401, { error: { message: 'Wrong key' } }), 'authentication'],
    ['an empty quota', answerWith(429, { error: { message: 'Pay', code: 'insufficient_quota' } }), 'quota'],
    ['a truncated answer', cut, 'truncated'],
    ['a connection that is reset', answerStream([says('Hel')], 'reset'), 'connection'],
  ] as const) {
    it(`lets messages answer after ${fault} of chat, with one request each`, async () => {
      const chat = await startChat(answer);
      const claude = await startClaude(whole);
      const result = await collect(chat.events$.pipe(fallbackTo(claude.events$)));
      expect(result.completed).toBe(true);
      expectGrammar(result.events, true);
      expect(messageOf(result)).toMatchObject({ text: 'Hello', provider: 'anthropic', finishReason: 'stop' });
      expect(resetsOf(result)).toMatchObject([{ attempt: 2, cause: 'fallback', error: { kind } }]);
      expect([chat.server.requests.length, claude.server.requests.length]).toEqual([1, 1]);
    });
  }

  it('asks no other provider if the first answers', async () => {
    const chat = await startChat(cut);
    const claude = await startClaude(whole);
    const result = await collect(claude.events$.pipe(fallbackTo(chat.events$)));
    expect(messageOf(result).text).toBe('Hello');
    expect([claude.server.requests.length, chat.server.requests.length]).toEqual([1, 0]);
  });

  it('sends one request more than there are resets, with retries of each provider', async () => {
    const failing = answerWith(529, { error: { message: 'Overloaded' } });
    const quick = retryStream({ maxRetries: 2, initialDelayMs: 5 });
    const chat = await startChat(cut);
    const claude = await startClaude(failing, whole);
    const result = await collect(chat.events$.pipe(quick, fallbackTo(claude.events$.pipe(quick))));
    expectGrammar(result.events, true);
    expect(messageOf(result).text).toBe('Hello');
    expect(resetsOf(result).map(({ attempt, cause }) => [attempt, cause])).toEqual([
      [2, 'retry'],
      [3, 'retry'],
      [4, 'fallback'],
      [5, 'retry'],
    ]);
    expect([chat.server.requests.length, claude.server.requests.length]).toEqual([3, 2]);
    // Three times 10 and 1, and then 20 and 5.
    expect(messageOf(result).usage).toMatchObject({ inputTokens: 50, outputTokens: 8, totalTokens: 58 });
  });

  it('continues the text of the first', async () => {
    const chat = await startChat(answerStream([says('Hel')], 'reset'));
    const claude = await startClaude(whole);
    const onPartial = { continueWith: () => claude.events$ };
    const result = await collect(chat.events$.pipe(fallbackTo(claude.events$, { onPartial })));
    expectGrammar(result.events, true);
    expect(messageOf(result).text).toBe('Hello');
    expect(resetsOf(result)).toMatchObject([{ step: 1, cause: 'fallback' }]);
  });

  it('errors with the error of each provider in the end', async () => {
    const chat = await startChat(answerWith(401, { error: { message: 'Wrong key' } }));
    const claude = await startClaude(answerWith(529, { error: { message: 'Overloaded' } }));
    const { error } = await collect(chat.events$.pipe(fallbackTo(claude.events$)));
    expect(error).toMatchObject({
      kind: 'retry-exhausted',
      status: 529,
      errors: [{ kind: 'authentication' }, { kind: 'overloaded' }],
    });
  });

  it('does not ask a provider with an open circuit', async () => {
    const chat = await startChat(answerStream([says('Hel')], 'open'));
    const claude = await startClaude(whole);
    const breaker = createBreaker({ failures: 2 });
    const limited$ = chat.events$.pipe(timeoutBetweenChunks({ betweenMs: 30 }), circuitBreaker(breaker));
    for (const kind of ['timeout', 'timeout', 'circuit-open']) {
      const result = await collect(limited$.pipe(fallbackTo(claude.events$)));
      expect(messageOf(result).text).toBe('Hello');
      expect(resetsOf(result)).toMatchObject([{ error: { kind } }]);
    }
    expect(breaker.state).toBe('open');
    expect([chat.server.requests.length, claude.server.requests.length]).toEqual([2, 3]);
    for (const { closed } of chat.server.requests) expect(await closed).toMatchObject({ byClient: true });
  });
});
