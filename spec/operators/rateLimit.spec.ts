import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import { concatMap, defer, EMPTY, type MonoTypeOperatorFunction, timer } from 'rxjs';
import { ConnectionError, HttpError, LimitError } from '../../src/errors.js';
import type { DeltaEvent } from '../../src/events.js';
import { createRateLimiter, type RateLimiter } from '../../src/handles/createRateLimiter.js';
import { type RateLimitOptions, rateLimit } from '../../src/operators/rateLimit.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { finish, marbles, ping, reset, start, streamOf, text, usage } from '../../src/testing/index.js';
import { observed, operatorContract, recordLive } from '../support/operatorContract.js';

const rateLimited = (retryAfterMs?: number): HttpError =>
  new HttpError('Slow down', { kind: 'rate-limit', status: 429, retryAfterMs });

function fail(error: unknown): never {
  throw error;
}

describe('rateLimit', () => {
  operatorContract(() => rateLimit(createRateLimiter({ requestsPerMinute: 100, tokensPerMinute: 1_000 }), { prompt: 'Hello' }), {
    kind: 'mirror',
  });

  it(
    'sends requests when the limiter allows them, in the order of subscription',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const limited = rateLimit<DeltaEvent>(createRateLimiter({ requestsPerMinute: 1 }));
      const source = stream('s-a-f|');
      const another = stream('s-b-f|');
      const third = stream('s-c-f|');
      expectStream(source.pipe(limited)).toBe(' s-a-f|');
      expectStream(another.pipe(limited)).toBe('60s s-b-f|');
      expectStream(third.pipe(limited)).toBe('  120s s-c-f|');
      expectSubscriptions(another.subscriptions).toBe('60s ^----!');
    }),
  );

  it(
    'sends no request for a stream that is unsubscribed while it waits',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const limited = rateLimit<DeltaEvent>(createRateLimiter({ requestsPerMinute: 1 }));
      const unsubscribed = stream('s-b-f|');
      expectStream(stream('s-a-f|').pipe(limited)).toBe('s-a-f|');
      expectStream(unsubscribed.pipe(limited), '30s !').toBe('-');
      expectStream(stream('s-c-f|').pipe(limited)).toBe('60s s-c-f|');
      expectSubscriptions(unsubscribed.subscriptions).toBe([]);
    }),
  );

  it(
    'counts each attempt of a downstream retryStream',
    marbles(({ stream, expectStream }) => {
      const sources = [stream('#', {}, new ConnectionError()), stream('s-a-f|')];
      const limited$ = defer(() => sources.shift() ?? EMPTY).pipe(rateLimit(createRateLimiter({ requestsPerMinute: 1 })));
      const result = 'R 59999ms s-a-f|';
      const error = { name: 'ConnectionError', kind: 'connection', message: 'The connection failed', retryable: true };
      const none = {
        status: undefined,
        code: undefined,
        requestId: undefined,
        retryAfterMs: undefined,
        details: undefined,
        partial: undefined,
      };
      const R = reset({ delayMs: 10, error: { ...error, ...none } });
      expectStream(limited$.pipe(retryStream({ initialDelayMs: 10, jitter: 0 }))).toBe(result, { R });
    }),
  );

  it(
    'makes all streams wait for retryAfterMs of an error, then one probe pass',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const limited = rateLimit<DeltaEvent>(createRateLimiter());
      const failing = stream('--#', {}, rateLimited(8));
      const [first, second] = [stream('p--s-f|'), stream('s-f|')];
      expectStream(failing.pipe(limited)).toBe('                             --#', {}, rateLimited(8));
      expectStream(timer(4).pipe(concatMap(() => first.pipe(limited)))).toBe(' ----------p--s-f|');
      expectStream(timer(5).pipe(concatMap(() => second.pipe(limited)))).toBe('-------------s-f|');
      expectSubscriptions(first.subscriptions).toBe('                         ----------^-----!');
      expectSubscriptions(second.subscriptions).toBe('                        -------------^--!');
    }),
  );

  it(
    'makes no stream wait for an error without retryAfterMs',
    marbles(({ stream, expectStream }) => {
      const limited = rateLimit<DeltaEvent>(createRateLimiter());
      expectStream(stream('#', {}, rateLimited()).pipe(limited)).toBe('#', {}, rateLimited());
      expectStream(stream('s-f|').pipe(limited)).toBe('                s-f|');
    }),
  );

  it('errors at once when too many streams wait', () => {
    const limiter = createRateLimiter({ requestsPerMinute: 1, maxQueue: 0 });
    const { source, log } = observed();
    recordLive(source, rateLimit(limiter));
    expect(recordLive(source, rateLimit(limiter)).end).toBeInstanceOf(LimitError);
    expect(log).toEqual(['subscribe']);
  });

  describe('settles what a stream used', () => {
    const reported = usage({ inputTokens: 30, outputTokens: 20, totalTokens: 50 });

    /** The tokens that a stream counts with after its end, found by what still fits. */
    function usedBy(
      events: readonly DeltaEvent[],
      end: 'complete' | 'error' | 'unsubscribe',
      options?: RateLimitOptions,
    ): number {
      const counted = (limit: number): boolean => {
        const limiter = createRateLimiter({ tokensPerMinute: 1_000 });
        const { source, subject } = observed();
        const recorded = recordLive(source, rateLimit(limiter, options));
        for (const event of events) subject.next(event);
        if (end === 'complete') subject.complete();
        if (end === 'error') subject.error(new ConnectionError());
        recorded.unsubscribe();
        return fits(limiter, 1_000 - limit);
      };
      return Array.from({ length: 1_000 }, (_, limit) => limit).find(counted) ?? Infinity;
    }

    function fits(limiter: RateLimiter, tokens: number): boolean {
      let granted = false;
      limiter
        .request(tokens)
        .granted$.subscribe({
          next() {
            granted = true;
          },
          error: fail,
        })
        .unsubscribe();
      return granted;
    }

    it.each(['complete', 'error', 'unsubscribe'] as const)('on %s, by the usage that the provider reported', (end) => {
      expect(usedBy([start(), text('Hello'), reported, finish()], end, { estimateTokens: 200 })).toBe(50);
      expect(usedBy([start(), text('Hello'), reported, finish()], end)).toBe(50);
    });

    it.each(['complete', 'error', 'unsubscribe'] as const)('on %s, by an estimate if the provider reported none', (end) => {
      const events = [start(), text('x'.repeat(40))];
      expect(usedBy(events, end, { prompt: 'x'.repeat(80) })).toBe(20 + 10);
      expect(usedBy(events, end, { prompt: [{ role: 'user', content: 'x'.repeat(80) }] })).toBe(20 + 10);
      expect(usedBy(events, end, { estimateTokens: 7 })).toBe(10);
      expect(usedBy(events, end, { estimateTokens: 70 })).toBe(70);
    });

    it('as 0 if the request failed, and as its reservation if its usage is unknown', () => {
      expect(usedBy([], 'error', { estimateTokens: 70 })).toBe(0);
      expect(usedBy([ping()], 'error', { estimateTokens: 70 })).toBe(0);
      expect(usedBy([], 'unsubscribe', { estimateTokens: 70 })).toBe(70);
    });
  });

  it('reserves nothing while it waits', () => {
    const limiter = createRateLimiter({ tokensPerMinute: 100 });
    const { source } = observed();
    const running = recordLive(source, rateLimit(limiter, { estimateTokens: 60 }));
    const waiting = recordLive(source, rateLimit(limiter, { estimateTokens: 60 }));
    expect(limiter.waiting).toBe(1);
    waiting.unsubscribe();
    const { source: last, log } = observed();
    const small = recordLive(last, rateLimit(limiter, { estimateTokens: 40 }));
    expect(log).toEqual(['subscribe']);
    small.unsubscribe();
    running.unsubscribe();
  });

  it('runs 10,000 synchronous streams without a deep stack', () => {
    const limiter = createRateLimiter({ tokensPerMinute: 1_000 });
    const { source, subject } = observed();
    recordLive(source, rateLimit(limiter, { estimateTokens: 1_000 }));
    let completed = 0;
    const over$ = streamOf([start(), usage({ inputTokens: 0, outputTokens: 0, totalTokens: 0 }), finish()]);
    for (let index = 0; index < 10_000; index++) {
      over$.pipe(rateLimit(limiter, { estimateTokens: 500 })).subscribe({ complete: () => completed++, error: fail });
    }
    expect(limiter.waiting).toBe(10_000);
    subject.error(new ConnectionError());
    expect(completed).toBe(10_000);
  });

  it('keeps the type of its source', () => {
    expectTypeOf(rateLimit<DeltaEvent>(createRateLimiter())).toEqualTypeOf<MonoTypeOperatorFunction<DeltaEvent>>();
  });

  it('rejects a value that is not a limiter, and wrong options', () => {
    for (const limiter of [undefined, null, 5, {}]) {
      expect(() => rateLimit(limiter as never)).toThrow(new TypeError('rateLimit: limiter must come from createRateLimiter()'));
    }
    const limiter = createRateLimiter();
    expect(() => rateLimit(limiter, { estimateTokens: -1 })).toThrow(RangeError);
    // @ts-expect-error: a wrong type
    expect(() => rateLimit(limiter, { estimateTokens: '5' })).toThrow(TypeError);
    // @ts-expect-error: a wrong name
    expect(() => rateLimit(limiter, { estimatedTokens: 5 })).toThrow(/did you mean "estimateTokens"/);
  });
});
