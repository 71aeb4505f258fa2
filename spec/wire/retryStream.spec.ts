import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { type Observable, take, takeWhile } from 'rxjs';
import type { DeltaEvent, PartialMessage, ResetEvent } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { aggregateUsage, type UsageSettlement } from '../../src/operators/aggregateUsage.js';
import { type RetryStreamOptions, retryStream } from '../../src/operators/retryStream.js';
import { timeoutBetweenChunks } from '../../src/operators/timeoutBetweenChunks.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { type Collected, collect } from '../support/respond.js';
import { type Answer, answerStream, answerWith, startServer, type TestServer } from '../support/server.js';

const params = { model: 'test-1', messages: [{ role: 'user' as const, content: 'Hello' }] };
const quick: RetryStreamOptions = { initialDelayMs: 5 };

const chunk = (choice: object, rest: object = {}): string =>
  `data: ${JSON.stringify({ id: 'chat-1', object: 'chat.completion.chunk', model: 'test-1', choices: [{ index: 0, ...choice }], ...rest })}\n\n`;
const says = (content: string): string => chunk({ delta: { content }, finish_reason: null });
const usage = (prompt_tokens: number, completion_tokens: number): object => ({
  usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
});
const stops = chunk({ delta: {}, finish_reason: 'stop' }, usage(10, 2));
const done = 'data: [DONE]\n\n';

const whole = answerStream([says('Hel'), says('lo'), stops, done]);
const cut = answerStream([says('Hel'), chunk({ delta: { content: 'x' } }, usage(10, 1))]);
const isReset = answerStream([says('Hel')], 'reset');
const stalled = answerStream([says('Hel')], 'open');
const failing = answerWith(503, { error: { message: 'Try again' } });
const tooMany = (retryAfter: string): Answer =>
  answerWith(429, { error: { message: 'Slow down' } }, { 'retry-after-ms': retryAfter });

function messageOf({ events }: Collected): PartialMessage {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.partial();
}

const resetsOf = ({ events }: Collected): ResetEvent[] => events.filter((event) => event.type === 'reset');

describe("retryStream, through the SDK's client over HTTP", () => {
  let server: TestServer | undefined;

  async function start(...answers: readonly Answer[]): Promise<{ server: TestServer; client: OpenAI }> {
    server = await startServer(...answers);
    return { server, client: new OpenAI({ baseURL: server.url, apiKey: 'local' }) };
  }

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  for (const [fault, answer, kind] of [
    ['an error of the server', failing, 'server'],
    ['a truncated answer', cut, 'truncated'],
    ['a connection that is reset', isReset, 'connection'],
  ] as const) {
    it(`retries after ${fault}, and repeats no text`, async () => {
      const { server, client } = await start(answer, answer, whole);
      const result = await collect(fromChatCompletions(client, params).pipe(retryStream(quick)));
      expect(result.completed).toBe(true);
      expect(messageOf(result)).toMatchObject({ text: 'Hello', finishReason: 'stop' });
      expect(resetsOf(result).map(({ attempt, error }) => [attempt, error.kind])).toEqual([
        [2, kind],
        [3, kind],
      ]);
      expect(server.requests).toHaveLength(resetsOf(result).length + 1);
    });
  }

  it('retries after a timeout', async () => {
    const { server, client } = await start(stalled, whole);
    const events$ = fromChatCompletions(client, params).pipe(timeoutBetweenChunks({ betweenMs: 50 }), retryStream(quick));
    const result = await collect(events$);
    expect(messageOf(result).text).toBe('Hello');
    expect(server.requests).toHaveLength(2);
    expect(await server.requests[0]?.closed).toMatchObject({ byClient: true });
  });

  it('adds the usage of failed attempts', async () => {
    const { client } = await start(cut, whole);
    const result = await collect(fromChatCompletions(client, params).pipe(retryStream(quick)));
    expect(messageOf(result).usage).toMatchObject({ inputTokens: 20, outputTokens: 3, totalTokens: 23 });
  });

  describe('with aggregateUsage after it', () => {
    async function settle(answers: readonly Answer[], left?: (event: DeltaEvent) => boolean): Promise<UsageSettlement[]> {
      const { client } = await start(...answers);
      const settled: UsageSettlement[] = [];
      const events$ = fromChatCompletions(client, params).pipe(
        retryStream({ ...quick, maxRetries: 1 }),
        aggregateUsage({ onSettled: (settlement) => settled.push(settlement) }),
      );
      await collect(left ? events$.pipe(takeWhile((event) => !left(event))) : events$);
      return settled;
    }

    it.each([
      // The attempt that was cut reported 1, and the estimate of its text is not more.
      ['completes', [cut, whole], { outcome: 'complete', usage: { inputTokens: 20, outputTokens: 3, estimated: true } }],
      ['gives up', [cut, cut], { outcome: 'error', usage: { inputTokens: 20, outputTokens: 2 } }],
      ['was refused', [failing, failing], { outcome: 'error', usage: { outputTokens: 0 } }],
    ])('settles once with the usage of all requests when it %s', async (_, answers, expected) => {
      expect(await settle(answers)).toMatchObject([expected]);
    });

    it('settles once with the usage of all requests when it is unsubscribed in the retry', async () => {
      let texts = 0;
      const inTheSecond = ({ type }: DeltaEvent): boolean => type === 'text-delta' && ++texts === 3;
      expect(await settle([cut, whole], inTheSecond)).toMatchObject([
        { outcome: 'unsubscribe', usage: { inputTokens: 10, estimated: true } },
      ]);
    });
  });

  it('waits as long as Retry-After requires, and at most 250 ms longer', async () => {
    const times: number[] = [];
    const timed =
      (answer: Answer): Answer =>
      (exchange) => {
        times.push(performance.now());
        return answer(exchange);
      };
    const { client } = await start(timed(tooMany('200')), timed(whole));
    const result = await collect(fromChatCompletions(client, params).pipe(retryStream(quick)));
    expect(messageOf(result).text).toBe('Hello');
    const [first = 0, second = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(199);
    // The time that the machine needs in addition is not part of the delay.
    expect(resetsOf(result)[0]?.delayMs).toBeLessThanOrEqual(450);
  });

  it('errors at once when Retry-After is longer than maxDelayMs', async () => {
    const { server, client } = await start(tooMany('30001'), whole);
    const result = await collect(fromChatCompletions(client, params).pipe(retryStream()));
    expect(result.error).toMatchObject({ kind: 'rate-limit', status: 429, retryAfterMs: 30_001 });
    expect(server.requests).toHaveLength(1);
  });

  it('does not retry after an error that is not transient', async () => {
    const { server, client } = await start(answerWith(401, { error: { message: 'Wrong key' } }));
    const result = await collect(fromChatCompletions(client, params).pipe(retryStream(quick)));
    expect(result.error).toMatchObject({ kind: 'authentication' });
    expect(server.requests).toHaveLength(1);
  });

  it('errors with the errors of all requests in the end', async () => {
    const { server, client } = await start(failing);
    const result = await collect(fromChatCompletions(client, params).pipe(retryStream({ ...quick, maxRetries: 2 })));
    expect(result.error).toMatchObject({ kind: 'retry-exhausted', status: 503, errors: { length: 3 } });
    expect(server.requests).toHaveLength(3);
  });

  it('continues a broken answer', async () => {
    const { server, client } = await start(isReset, answerStream([says('Hello'), says(' world'), stops, done]));
    const continueWith = (partial: PartialMessage): Observable<DeltaEvent> =>
      fromChatCompletions(client, { ...params, messages: [...params.messages, { role: 'assistant', content: partial.text }] });
    const result = await collect(
      fromChatCompletions(client, params).pipe(retryStream({ ...quick, onPartial: { continueWith } })),
    );
    expect(messageOf(result).text).toBe('Hello world');
    expect(JSON.parse((await server.received(1)).body)).toMatchObject({ messages: [{}, { role: 'assistant', content: 'Hel' }] });
    expect(server.requests).toHaveLength(2);
  });

  it('sends no later request after unsubscribe in the delay', async () => {
    const { server, client } = await start(failing, whole);
    const untilReset = fromChatCompletions(client, params).pipe(retryStream({ initialDelayMs: 40, jitter: 0 }), take(1));
    expect((await collect(untilReset)).events.map(({ type }) => type)).toEqual(['reset']);
    await sleep(80);
    expect(server.requests).toHaveLength(1);
  });
});
