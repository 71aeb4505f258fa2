import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { asyncScheduler, type Subscription } from 'rxjs';
import { LimitError } from '../../src/errors.js';
import { createRateLimiter, type RateLimiter, type RateLimitTurn } from '../../src/handles/createRateLimiter.js';
import { marbles } from '../../src/testing/index.js';

const minute = 60_000;

/** The times at which turns are granted. */
function asker(limiter: RateLimiter): {
  readonly granted: [name: string, at: number][];
  ask: (name: string, tokens?: number) => Asked;
} {
  const granted: [string, number][] = [];
  return {
    granted,
    ask(name, tokens = 0) {
      const turn = limiter.request(tokens);
      const subscription = turn.granted$.subscribe({ next: () => granted.push([name, asyncScheduler.now()]), error: fail });
      return { turn, subscription };
    },
  };
}

interface Asked {
  readonly turn: RateLimitTurn;
  readonly subscription: Subscription;
}

const at = (time: number, act: () => void): Subscription => asyncScheduler.schedule(act, time);

const head = (headers: Readonly<Record<string, string>>, status = 200) => ({ status, headers: new Headers(headers) });

function fail(error: unknown): never {
  throw error;
}

// The files of limits/ are tested through the handles, apart from linkedQueue.ts.
describe('createRateLimiter', () => {
  it(
    'grants requestsPerMinute turns in order, and the next ones a minute later',
    marbles(({ flush }) => {
      const { granted, ask } = asker(createRateLimiter({ requestsPerMinute: 2 }));
      ask('a');
      at(10, () => ask('b'));
      at(20, () => ask('c'));
      at(30, () => ask('d'));
      at(40, () => ask('e'));
      flush();
      expect(granted).toEqual([
        ['a', 0],
        ['b', 10],
        ['c', minute],
        ['d', minute + 10],
        ['e', 2 * minute],
      ]);
    }),
  );

  it(
    'reserves tokens, and waits for both limits',
    marbles(({ flush }) => {
      const { granted, ask } = asker(createRateLimiter({ requestsPerMinute: 3, tokensPerMinute: 100 }));
      ask('a', 60);
      at(10, () => ask('b', 40));
      at(20, () => ask('c', 10));
      at(30, () => ask('d', 60));
      flush();
      expect(granted).toEqual([
        ['a', 0],
        ['b', 10],
        ['c', minute],
        ['d', minute + 10],
      ]);
    }),
  );

  it(
    'keeps the order, although a later stream would fit earlier',
    marbles(({ flush }) => {
      const { granted, ask } = asker(createRateLimiter({ tokensPerMinute: 100 }));
      ask('a', 60);
      at(10, () => ask('large', 50));
      at(20, () => ask('small', 1));
      flush();
      expect(granted).toEqual([
        ['a', 0],
        ['large', minute],
        ['small', minute],
      ]);
    }),
  );

  it(
    'admits the next stream when the one before it unsubscribes',
    marbles(({ flush }) => {
      const { granted, ask } = asker(createRateLimiter({ tokensPerMinute: 100 }));
      ask('a', 60);
      at(10, () => {
        const { subscription } = ask('large', 50);
        at(20, () => subscription.unsubscribe());
      });
      at(20, () => ask('small', 1));
      flush();
      expect(granted).toEqual([
        ['a', 0],
        ['small', 30],
      ]);
    }),
  );

  it(
    'frees what was reserved and not used, and counts what was used beyond the reservation',
    marbles(({ flush }) => {
      const { granted, ask } = asker(createRateLimiter({ tokensPerMinute: 100 }));
      const thrifty = ask('thrifty', 90);
      at(10, () => ask('b', 50));
      at(20, () => thrifty.turn.settle(10));
      at(30, () => {
        const { turn } = ask('greedy', 10);
        at(5, () => turn.settle(60));
      });
      at(40, () => ask('d', 1));
      flush();
      // What counts at 40: 10 since 0, 50 since 20, 10 since 30 and 50 more since 35.
      expect(granted).toEqual([
        ['thrifty', 0],
        ['b', 20],
        ['greedy', 30],
        ['d', minute + 20],
      ]);
    }),
  );

  it(
    'counts the excess of a stream of more than a minute, and frees nothing of its expired reservation',
    marbles(({ flush }) => {
      const { granted, ask } = asker(createRateLimiter({ tokensPerMinute: 100 }));
      const [long, thrifty] = [ask('long', 10), ask('thrifty', 10)];
      at(2 * minute, () => {
        thrifty.turn.settle(0);
        long.turn.settle(110);
        ask('next', 1);
      });
      flush();
      expect(granted.at(-1)).toEqual(['next', 3 * minute]);
    }),
  );

  it(
    'admits no stream while the window is full, even one that reserves nothing',
    marbles(({ flush }) => {
      const { granted, ask } = asker(createRateLimiter({ tokensPerMinute: 100 }));
      ask('a', 100);
      ask('b');
      flush();
      expect(granted).toEqual([
        ['a', 0],
        ['b', minute],
      ]);
    }),
  );

  it(
    'admits a stream that needs more than the limit when the window is empty',
    marbles(({ flush }) => {
      const { granted, ask } = asker(createRateLimiter({ tokensPerMinute: 100 }));
      ask('a', 1);
      ask('giant', 1_000);
      ask('b', 0);
      flush();
      expect(granted).toEqual([
        ['a', 0],
        ['giant', minute],
        ['b', 2 * minute],
      ]);
    }),
  );

  it('never exceeds the rate in any 60 seconds, keeps the order, and admits every stream', () => {
    const anyArrival = fc.record({
      after: fc.oneof(fc.nat(50), fc.nat(30_000)),
      tokens: fc.integer({ min: 1, max: 60 }),
      unsubscribesAt: fc.option(fc.nat(90_000), { freq: 4 }),
      lasts: fc.nat(80_000),
      unused: fc.nat(100),
    });
    fc.assert(
      fc.property(
        fc.array(anyArrival, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 60, max: 150 }),
        (arrivals, requestsPerMinute, tokensPerMinute) => {
          marbles(({ flush }) => {
            const limiter = createRateLimiter({ requestsPerMinute, tokensPerMinute });
            const granted: { name: number; at: number; used: number }[] = [];
            const unsubscribed = new Set<number>();
            let time = 0;
            for (const [name, { after, tokens, unsubscribesAt, lasts, unused }] of arrivals.entries()) {
              time += after;
              at(time, () => {
                const turn = limiter.request(tokens);
                const used = Math.ceil((tokens * unused) / 100);
                const subscription = turn.granted$.subscribe({
                  next() {
                    granted.push({ name, at: asyncScheduler.now(), used });
                    at(lasts, () => turn.settle(used));
                  },
                  error: fail,
                });
                if (unsubscribesAt === null) return;
                at(unsubscribesAt, () => {
                  if (!granted.some((one) => one.name === name)) unsubscribed.add(name);
                  subscription.unsubscribe();
                });
              });
            }
            flush();
            for (const { at: from } of granted) {
              const inWindow = granted.filter(({ at }) => at >= from && at < from + minute);
              expect(inWindow.length).toBeLessThanOrEqual(requestsPerMinute);
              expect(inWindow.reduce((sum, { used }) => sum + used, 0)).toBeLessThanOrEqual(tokensPerMinute);
            }
            const names = granted.map(({ name }) => name);
            expect(names).toEqual([...names].sort((a, b) => a - b));
            expect(granted.length + unsubscribed.size).toBe(arrivals.length);
            expect(limiter.waiting).toBe(0);
          })();
        },
      ),
      { numRuns: 1_000 },
    );
  });

  describe('observe', () => {
    it.each([
      ['1s', 1_000],
      ['6m0s', 360_000],
      ['120ms', 120],
      ['1h2m3.5s', 3_723_500],
      ['1d', 86_400_000],
      ['7.66s', 7_660],
      ['12', 12_000],
      ['1970-01-01T00:00:05Z', 5_000],
      ['1970-01-01T01:00:05.250+01:00', 5_250],
      ['1500000000', 1_500_000_000_000],
      ['1500000000000', 1_500_000_000_000],
    ])('reads a reset of %j', (reset, wait) => {
      marbles(({ flush }) => {
        const limiter = createRateLimiter();
        const { granted, ask } = asker(limiter);
        limiter.observe(head({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': reset }));
        // The clock starts at 0, and a timer can wait 24.8 days: a later turn has been granted when the test looks.
        if (wait > 2 ** 31) jest.spyOn(asyncScheduler, 'now').mockReturnValue(wait - 7);
        const { subscription } = ask('a');
        if (wait > 2 ** 31) {
          expect(granted).toEqual([]);
          jest.restoreAllMocks();
          subscription.unsubscribe();
          return;
        }
        flush();
        expect(granted).toEqual([['a', wait]]);
      })();
    });

    it.each(['', 'soon', '-5', '1.2.3s', 's', '2026-99-99T00:00:00Z', 'Sat, 21 Nov 2026 00:00:00 GMT', '0s'])(
      'ignores a reset of %j',
      (reset) => {
        const limiter = createRateLimiter();
        limiter.observe(head({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': reset }));
        const { granted, ask } = asker(limiter);
        ask('a').subscription.unsubscribe();
        expect(granted).toHaveLength(1);
      },
    );

    it.each([
      ['x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'],
      ['x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens'],
      ['x-ratelimit-remaining', 'x-ratelimit-reset'],
      ['anthropic-ratelimit-requests-remaining', 'anthropic-ratelimit-requests-reset'],
      ['anthropic-ratelimit-tokens-remaining', 'anthropic-ratelimit-tokens-reset'],
      ['anthropic-ratelimit-input-tokens-remaining', 'anthropic-ratelimit-input-tokens-reset'],
      ['anthropic-ratelimit-output-tokens-remaining', 'anthropic-ratelimit-output-tokens-reset'],
    ])('waits while nothing remains by %s', (remaining, reset) => {
      marbles(({ flush }) => {
        const limiter = createRateLimiter();
        const { granted, ask } = asker(limiter);
        const resetAt = reset.startsWith('anthropic') ? '1970-01-01T00:00:05Z' : '5s';
        limiter.observe(head({ [remaining]: '0', [reset]: resetAt }));
        ask('a');
        ask('b');
        flush();
        expect(granted).toEqual([
          ['a', 5_000],
          ['b', 5_000],
        ]);
      })();
    });

    it(
      'grants the remaining requests at once, and the others at the reset',
      marbles(({ flush }) => {
        const limiter = createRateLimiter();
        const { granted, ask } = asker(limiter);
        limiter.observe(head({ 'x-ratelimit-remaining-requests': '2', 'x-ratelimit-reset-requests': '9s' }));
        for (const name of ['a', 'b', 'c', 'd']) ask(name);
        flush();
        expect(granted.map(([, time]) => time)).toEqual([0, 0, 9_000, 9_000]);
      }),
    );

    it(
      'grants the requests for which enough tokens remain',
      marbles(({ flush }) => {
        const limiter = createRateLimiter();
        const { granted, ask } = asker(limiter);
        limiter.observe(head({ 'x-ratelimit-remaining-tokens': '100', 'x-ratelimit-reset-tokens': '9s' }));
        ask('a', 60);
        ask('b', 60);
        flush();
        expect(granted).toEqual([
          ['a', 0],
          ['b', 9_000],
        ]);
      }),
    );

    it(
      'reads the newest response, in whichever order they arrive',
      marbles(({ flush }) => {
        const limiter = createRateLimiter();
        const { granted, ask } = asker(limiter);
        const respond = (remaining: number, reset: string): void =>
          limiter.observe(head({ 'x-ratelimit-remaining-requests': String(remaining), 'x-ratelimit-reset-requests': reset }));
        // Three requests to a bucket of three: the responses arrive in the wrong order.
        respond(0, '60s');
        respond(2, '20s');
        respond(1, '40s');
        ask('a');
        // The bucket was partly refilled, and another request was counted.
        at(30_000, () => respond(1, '40s'));
        flush();
        expect(granted).toEqual([['a', 30_000]]);
      }),
    );

    it(
      'reads the lower remainder of two responses with the same reset',
      marbles(({ flush }) => {
        const limiter = createRateLimiter();
        const { granted, ask } = asker(limiter);
        const respond = (remaining: string): void =>
          limiter.observe(head({ 'x-ratelimit-remaining-requests': remaining, 'x-ratelimit-reset-requests': '10s' }));
        respond('3');
        respond('1');
        // It is older and was delayed.
        at(100, () => {
          respond('2');
          ask('a');
          ask('b');
        });
        flush();
        expect(granted).toEqual([
          ['a', 100],
          ['b', 10_000],
        ]);
      }),
    );

    it(
      'waits for the Retry-After of a response 429',
      marbles(({ flush }) => {
        const limiter = createRateLimiter();
        const { granted, ask } = asker(limiter);
        limiter.observe(head({ 'retry-after': '7' }, 429));
        limiter.observe(head({ 'retry-after': '3' }, 429));
        limiter.observe(head({ 'retry-after': '30' }, 200));
        ask('a');
        flush();
        expect(granted).toEqual([['a', 7_000]]);
      }),
    );

    it('works detached from the limiter, and without known headers', () => {
      const { observe } = createRateLimiter();
      expect(() => observe(head({ 'content-type': 'text/event-stream' }))).not.toThrow();
    });
  });

  describe('after a response 429', () => {
    it(
      'grants one probe, and the others when it is answered',
      marbles(({ flush }) => {
        const limiter = createRateLimiter();
        const { granted, ask } = asker(limiter);
        limiter.pause(1_000);
        const { turn } = ask('a');
        ask('b');
        ask('c');
        at(1_300, () => turn.answered());
        flush();
        expect(granted).toEqual([
          ['a', 1_000],
          ['b', 1_300],
          ['c', 1_300],
        ]);
      }),
    );

    it(
      'makes the others wait again when the probe gets a 429 too',
      marbles(({ flush }) => {
        const limiter = createRateLimiter();
        const { granted, ask } = asker(limiter);
        limiter.pause(1_000);
        const first = ask('a');
        const second = ask('b');
        ask('c');
        at(1_100, () => {
          limiter.pause(200);
          first.turn.settle(0);
        });
        at(1_400, () => second.turn.answered());
        flush();
        expect(granted).toEqual([
          ['a', 1_000],
          ['b', 1_300],
          ['c', 1_400],
        ]);
      }),
    );

    it(
      'needs no probe once the same time has passed again',
      marbles(({ flush }) => {
        const limiter = createRateLimiter();
        const { granted, ask } = asker(limiter);
        limiter.pause(1_000);
        at(2_000, () => {
          ask('a');
          ask('b');
        });
        flush();
        expect(granted).toEqual([
          ['a', 2_000],
          ['b', 2_000],
        ]);
      }),
    );

    it(
      'grants another probe when the first one is unsubscribed or not answered',
      marbles(({ flush }) => {
        const limiter = createRateLimiter();
        const { granted, ask } = asker(limiter);
        limiter.pause(1_000);
        const first = ask('a');
        ask('b');
        const third = ask('c');
        ask('d');
        at(1_100, () => first.turn.settle(0));
        // b is not answered for as long as the Retry-After.
        at(2_200, () => third.turn.answered());
        flush();
        expect(granted).toEqual([
          ['a', 1_000],
          ['b', 1_100],
          ['c', 2_100],
          ['d', 2_200],
        ]);
      }),
    );
  });

  it(
    'runs one timer while streams wait, and none otherwise',
    marbles(({ flush }) => {
      const schedule = jest.spyOn(asyncScheduler, 'schedule');
      const open = (): Subscription[] =>
        schedule.mock.results.map(({ value }) => value as Subscription).filter(({ closed }) => !closed);
      const limiter = createRateLimiter({ requestsPerMinute: 1 });
      const { ask } = asker(limiter);
      ask('a');
      expect(open()).toHaveLength(0);
      const waiting = Array.from({ length: 100 }, (_, index) => ask(`b${index}`));
      expect(open()).toHaveLength(1);
      expect(schedule).toHaveBeenCalledTimes(1);
      for (const { subscription } of waiting) subscription.unsubscribe();
      expect(open()).toHaveLength(0);
      ask('c');
      expect(open()).toHaveLength(1);
      flush();
      expect(open()).toHaveLength(0);
      jest.restoreAllMocks();
    }),
  );

  it('errors when too many streams wait', () => {
    const limiter = createRateLimiter({ requestsPerMinute: 1, maxQueue: 1 });
    const { ask } = asker(limiter);
    const waiting = [ask('a'), ask('b')];
    let failure: unknown;
    limiter.request(0).granted$.subscribe({ error: (error: unknown) => (failure = error) });
    expect(failure).toBeInstanceOf(LimitError);
    expect(failure).toMatchObject({ limit: 'maxQueue', retryable: true });
    expect(limiter.waiting).toBe(1);
    for (const { subscription } of waiting) subscription.unsubscribe();
  });

  it('rejects unknown options and values out of range', () => {
    expect(() => createRateLimiter({ requestsPerMinute: 0 })).toThrow(RangeError);
    expect(() => createRateLimiter({ tokensPerMinute: 1.5 })).toThrow(RangeError);
    expect(() => createRateLimiter({ maxQueue: -1 })).toThrow(RangeError);
    // @ts-expect-error: a wrong type
    expect(() => createRateLimiter({ requestsPerMinute: '5' })).toThrow(TypeError);
    // @ts-expect-error: a wrong name
    expect(() => createRateLimiter({ requestPerMinute: 5 })).toThrow(/did you mean "requestsPerMinute"/);
  });
});
