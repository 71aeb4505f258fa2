import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { lastValueFrom, merge, type Observable, toArray } from 'rxjs';
import {
  bufferToText,
  createConcurrencyLimiter,
  createRateLimiter,
  type DeltaEvent,
  limitConcurrency,
  type ResponseHead,
  rateLimit,
  retryStream,
  takeWithinBudget,
} from 'rxllm';
import { fromMessages } from 'rxllm/anthropic';
import { fromChatCompletions, fromResponses } from 'rxllm/openai';
import { collect } from '../support/respond.js';
import { type Answer, answerStream, answerWith, startServer, type TestServer } from '../support/server.js';

const data = (payload: object): string => `data: ${JSON.stringify(payload)}\n\n`;
const question = [{ role: 'user' as const, content: 'How much is two and two?' }];
const words = ['Two and ', 'two ', 'are ', 'four.'] as const;

interface SourceOptions {
  readonly onResponse?: (response: ResponseHead) => void;
}

interface Wire {
  readonly name: string;
  /** The provider's answer, without its end and the end itself. */
  readonly begins: readonly string[];
  readonly ends: readonly string[];
  /** Rate-limit headers of an exhausted provider that resets after this time. */
  exhausted(waitMs: number): Readonly<Record<string, string>>;
  source(url: string, options?: SourceOptions): Observable<DeltaEvent>;
}

const exhausted = (waitMs: number) => ({
  'x-ratelimit-remaining-requests': '0',
  'x-ratelimit-reset-requests': `${waitMs}ms`,
});

const wires: readonly Wire[] = [
  {
    name: 'fromChatCompletions',
    begins: words.map((content) => data({ id: 'c', model: 'm', choices: [{ index: 0, delta: { content } }] })),
    ends: [data({ id: 'c', model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }), 'data: [DONE]\n\n'],
    exhausted,
    source: (baseURL, options) =>
      fromChatCompletions(new OpenAI({ baseURL, apiKey: 'none' }), { model: 'm', messages: question }, options),
  },
  {
    name: 'fromResponses',
    begins: [
      data({ type: 'response.created', response: { id: 'r', model: 'm' } }),
      ...words.map((delta) => data({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta })),
    ],
    ends: [data({ type: 'response.completed', response: { id: 'r', status: 'completed', output: [] } })],
    exhausted,
    source: (baseURL, options) =>
      fromResponses(new OpenAI({ baseURL, apiKey: 'none' }), { model: 'm', input: 'How much is two and two?' }, options),
  },
  {
    name: 'fromMessages',
    begins: [
      data({ type: 'message_start', message: { id: 'm', model: 'm', usage: { input_tokens: 10, output_tokens: 1 } } }),
      data({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
      ...words.map((text) => data({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    ],
    ends: [
      data({ type: 'content_block_stop', index: 0 }),
      data({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }),
      data({ type: 'message_stop' }),
    ],
    exhausted: (waitMs) => ({
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': new Date(Date.now() + waitMs).toISOString(),
    }),
    source: (baseURL, options) =>
      fromMessages(
        new Anthropic({ baseURL, apiKey: 'none' }),
        { model: 'claude-haiku-4-5', max_tokens: 100, messages: question },
        options,
      ),
  },
];

describe.each(wires)("through the SDK's client over HTTP, $name", ({ begins, ends, exhausted, source }) => {
  let server: TestServer | undefined;
  const serve = async (...answers: readonly Answer[]): Promise<TestServer> => {
    server = await startServer(...answers);
    return server;
  };
  const whole = answerStream([...begins, ...ends]);

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it.each([
    ['characters', { maxChars: 10 }, 'Two and tw'],
    ['tokens', { maxOutputTokens: 3, countTokens: () => 1 }, 'Two and two are '],
  ] as const)('takeWithinBudget aborts the request at its budget of %s', async (_, budget, text) => {
    const { url, received } = await serve(answerStream(begins, 'open'));
    const result = await collect(source(url).pipe(takeWithinBudget(budget)));
    const endedAt = performance.now();
    const { at, byClient } = await (await received()).closed;
    expect(byClient).toBe(true);
    expect(at - endedAt).toBeLessThanOrEqual(100);
    expect(result.completed).toBe(true);
    expect(result.events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')).toBe(text);
    expect(result.events.slice(-2)).toMatchObject([
      { type: 'usage', usage: { estimated: true } },
      { type: 'finish', reason: 'budget' },
    ]);
    expect(result.events.filter(({ type }) => type === 'finish')).toHaveLength(1);
  });

  it('limitConcurrency never has more requests open than it may', async () => {
    let open = 0;
    let most = 0;
    const counted: Answer = async (exchange) => {
      most = Math.max(most, ++open);
      // Long enough for the others to arrive.
      await new Promise((resolve) => setTimeout(resolve, 15));
      open--;
      await whole(exchange);
    };
    const { url, requests } = await serve(counted);
    const limiter = createConcurrencyLimiter({ maxConcurrent: 2 });
    const text$ = source(url).pipe(limitConcurrency(limiter), bufferToText());
    const texts = await lastValueFrom(merge(text$, text$, text$, text$, text$, text$).pipe(toArray()));
    expect(texts).toEqual(Array(6).fill(words.join('')));
    expect(requests).toHaveLength(6);
    expect(most).toBe(2);
    expect(limiter).toMatchObject({ active: 0, waiting: 0 });
  });

  it('rateLimit waits until the reset if nothing remains by the headers', async () => {
    const times: number[] = [];
    const timed =
      (answer: () => Answer): Answer =>
      (exchange) => {
        times.push(performance.now());
        return answer()(exchange);
      };
    const { url } = await serve(
      timed(() => answerStream([...begins, ...ends], 'end', exhausted(300))),
      timed(() => whole),
    );
    const limiter = createRateLimiter();
    const text$ = source(url, { onResponse: limiter.observe }).pipe(rateLimit(limiter), bufferToText());
    expect(await lastValueFrom(text$)).toBe(words.join(''));
    expect(await lastValueFrom(text$)).toBe(words.join(''));
    const [first = 0, second = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(295);
  });

  it('rateLimit makes all streams wait for a Retry-After, and sends one request before the others', async () => {
    const times: number[] = [];
    const timed =
      (answer: Answer): Answer =>
      (exchange) => {
        times.push(performance.now());
        return answer(exchange);
      };
    const refusing = timed(answerWith(429, { error: { message: 'Slow down' } }, { 'retry-after-ms': '200' }));
    const { url, requests } = await serve(refusing, refusing, timed(whole));
    const limiter = createRateLimiter();
    const limited$ = source(url, { onResponse: limiter.observe }).pipe(rateLimit(limiter));
    await collect(limited$);
    const text$ = limited$.pipe(retryStream({ jitter: 0 }), bufferToText());
    const texts = await lastValueFrom(merge(text$, text$, text$).pipe(toArray()));
    expect(texts).toEqual(Array(3).fill(words.join('')));
    // One request goes first and gets a 429; none of the others does.
    expect(requests).toHaveLength(5);
    const [first = 0, second = 0, third = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(195);
    expect(third - second).toBeGreaterThanOrEqual(195);
  });

  describe('onResponse', () => {
    it('is called once for a success and once for an error', async () => {
      const { url } = await serve(
        answerStream([...begins, ...ends], 'end', { 'x-request-id': 'one' }),
        answerWith(400, { error: { message: 'No' } }, { 'x-request-id': 'two' }),
      );
      const heads: unknown[] = [];
      const onResponse = ({ status, headers }: ResponseHead): void => void heads.push([status, headers.get('x-request-id')]);
      const events$ = source(url, { onResponse });
      await collect(events$);
      expect((await collect(events$)).error).toMatchObject({ status: 400 });
      expect(heads).toEqual([
        [200, 'one'],
        [400, 'two'],
      ]);
    });

    it.each([
      ['a success', 200],
      ['an error', 400],
    ])('emits what it throws at %s as the error', async (_, status) => {
      const { url, received } = await serve(
        status === 200 ? answerStream(begins, 'open') : answerWith(status, { error: { message: 'No' } }),
      );
      const error = new Error('from the callback');
      const onResponse = (): void => {
        throw error;
      };
      const result = await collect(source(url, { onResponse }));
      expect(result).toMatchObject({ events: [], completed: false });
      expect(result.error).toBe(error);
      expect((await (await received()).closed).byClient).toBe(status === 200);
    });

    it('is not called for a response that arrives after unsubscribe', async () => {
      let answer: () => void = () => undefined;
      const asked = new Promise<void>((resolve) => (answer = resolve));
      const { url, received } = await serve(async (exchange) => {
        await asked;
        await whole(exchange);
      });
      let told = 0;
      const subscription = source(url, { onResponse: () => told++ }).subscribe();
      const { closed } = await received();
      subscription.unsubscribe();
      answer();
      await closed;
      expect(told).toBe(0);
    });

    it('must be a function', () => {
      expect(() => source('http://127.0.0.1:9', { onResponse: 5 as never })).toThrow(
        new TypeError('onResponse must be a function'),
      );
    });
  });
});
