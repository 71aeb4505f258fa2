import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import {
  asyncScheduler,
  concat,
  defer,
  ignoreElements,
  map,
  merge,
  NEVER,
  Observable,
  type OperatorFunction,
  of,
  Subscription,
  take,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { StreamTimeoutError, type TimeoutPhase } from '../../src/errors.js';
import type { DeltaEvent } from '../../src/events.js';
import { createDemand } from '../../src/handles/createDemand.js';
import { type TimeoutLimits, timeoutBetweenChunks } from '../../src/operators/timeoutBetweenChunks.js';
import { finish, type MarbleHelpers, marbles, ping, raw, reset, start, text } from '../../src/testing/index.js';
import { operatorContract } from '../support/operatorContract.js';

const late = (phase: TimeoutPhase, limitMs: number): StreamTimeoutError => new StreamTimeoutError(phase, limitMs);

// deadlines.ts is tested through the operator.
describe('timeoutBetweenChunks', () => {
  operatorContract(() => timeoutBetweenChunks({ firstMs: 1_000, betweenMs: 1_000, totalMs: 1_000 }));

  it(
    'errors after a silence that is too long',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('a--b-------c|');
      const result = '       a--b----#';
      expectStream(source.pipe(timeoutBetweenChunks({ betweenMs: 5 }))).toBe(result, {}, late('between', 5));
      expectSubscriptions(source.subscriptions).toBe('^-------!');
    }),
  );

  it(
    'forwards an event that arrives exactly at the limit',
    marbles(({ stream, expectStream }) => {
      const source = stream('-----s----a----f|');
      expectStream(source.pipe(timeoutBetweenChunks(5))).toBe('-----s----a----f|');
    }),
  );

  describe('firstMs', () => {
    it(
      'runs from subscribe',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const source = stream('--------s|');
        expectStream(source.pipe(timeoutBetweenChunks({ firstMs: 5 }))).toBe('-----#', {}, late('first', 5));
        expectSubscriptions(source.subscriptions).toBe('^----!');
      }),
    );

    it(
      'ends with start, and does not limit the rest',
      marbles(({ stream, expectStream }) => {
        const source = stream('---s---------a-------f|');
        expectStream(source.pipe(timeoutBetweenChunks({ firstMs: 5 }))).toBe('---s---------a-------f|');
      }),
    );

    it(
      'is not restarted by pings',
      marbles(({ stream, expectStream }) => {
        const source = stream('-p-p--p-p-s|');
        expectStream(source.pipe(timeoutBetweenChunks({ firstMs: 5 }))).toBe('-p-p-#', {}, late('first', 5));
      }),
    );
  });

  describe('betweenMs', () => {
    it(
      'does not limit the first event',
      marbles(({ stream, expectStream }) => {
        const source = stream('----------s--a------b|');
        expectStream(source.pipe(timeoutBetweenChunks({ betweenMs: 5 }))).toBe('----------s--a----#', {}, late('between', 5));
      }),
    );

    it(
      'is due earlier than a long firstMs that ran before',
      marbles(({ stream, expectStream }) => {
        const source = stream('--s----------f|');
        const limits = { firstMs: 60_000, betweenMs: 5 };
        expectStream(source.pipe(timeoutBetweenChunks(limits))).toBe('--s----#', {}, late('between', 5));
      }),
    );

    it(
      'is not restarted by pings: a provider that only sends pings times out',
      marbles(({ stream, expectStream }) => {
        const source = stream('s-p-p-p-p-p-a|');
        expectStream(source.pipe(timeoutBetweenChunks({ betweenMs: 5 }))).toBe('s-p-p#', {}, late('between', 5));
      }),
    );

    it(
      'is restarted by progress, but not by the payload copies of includeRaw',
      marbles(({ stream, expectStream }) => {
        const values = { w: raw('response.web_search_call.searching'), y: raw('payload') };
        const progress = stream('s---w---a---f|', values);
        expectStream(progress.pipe(timeoutBetweenChunks({ betweenMs: 5 }))).toBe('s---w---a---f|', values);
        const payloads = stream('s---y---y---y|', values);
        expectStream(payloads.pipe(timeoutBetweenChunks({ betweenMs: 5 }))).toBe('s---y#', values, late('between', 5));
      }),
    );
  });

  describe('totalMs', () => {
    it(
      'runs from subscribe to the end, however many events arrive',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const source = stream('s-a-b-c-d-e-f|');
        expectStream(source.pipe(timeoutBetweenChunks({ totalMs: 7 }))).toBe('s-a-b-c#', {}, late('total', 7));
        expectSubscriptions(source.subscriptions).toBe('^------!');
      }),
    );

    it(
      'also limits the time until the completion',
      marbles(({ stream, expectStream }) => {
        const source = stream('s-f');
        expectStream(source.pipe(timeoutBetweenChunks({ totalMs: 5 }))).toBe('s-f--#', {}, late('total', 5));
      }),
    );
  });

  it(
    'counts pings with countPings',
    marbles(({ stream, expectStream }) => {
      const source = stream('---p---p---s---p---p------a|');
      const limits = { firstMs: 5, betweenMs: 5, countPings: true };
      expectStream(source.pipe(timeoutBetweenChunks(limits))).toBe('---p---p---s---p---p----#', {}, late('between', 5));
    }),
  );

  it(
    'accepts a number for both firstMs and betweenMs',
    marbles(({ stream, expectStream }) => {
      expectStream(stream('------s|').pipe(timeoutBetweenChunks(5))).toBe('-----#', {}, late('first', 5));
      expectStream(stream('-s------a|').pipe(timeoutBetweenChunks(5))).toBe('-s----#', {}, late('between', 5));
    }),
  );

  it(
    'prefers the more specific limit if two are due at once',
    marbles(({ expectStream }) => {
      const limits = { firstMs: 5, totalMs: 5 };
      expectStream(new Observable<DeltaEvent>(() => undefined).pipe(timeoutBetweenChunks(limits))).toBe(
        '-----#',
        {},
        late('first', 5),
      );
    }),
  );

  it(
    'names the limit that was due first',
    marbles(({ stream, expectStream }) => {
      const source = stream('--s--------|');
      const limits = { betweenMs: 4, totalMs: 7 };
      expectStream(source.pipe(timeoutBetweenChunks(limits))).toBe('--s---#', {}, late('between', 4));
      const shorterTotal = { betweenMs: 4, totalMs: 5 };
      expectStream(source.pipe(timeoutBetweenChunks(shorterTotal))).toBe('--s--#', {}, late('total', 5));
    }),
  );

  describe('a reset', () => {
    const values = { R: reset({ delayMs: 10 }) };

    it(
      'pauses the limits for its delay, and firstMs runs again',
      marbles(({ stream, expectStream }) => {
        const limits = { firstMs: 6, betweenMs: 3 };
        const inTime = stream('s-a-R--------------s-a-f|', values);
        expectStream(inTime.pipe(timeoutBetweenChunks(limits))).toBe('s-a-R--------------s-a-f|', values);
        const stalled = stream('s-a-R------------------s|', values);
        expectStream(stalled.pipe(timeoutBetweenChunks(limits))).toBe('s-a-R---------------#', values, late('first', 6));
      }),
    );

    it(
      'returns to a firstMs that is shorter than betweenMs',
      marbles(({ stream, expectStream }) => {
        const source = stream('s-a-R----------------s|', values);
        const limits = { firstMs: 2, betweenMs: 60_000 };
        expectStream(source.pipe(timeoutBetweenChunks(limits))).toBe('s-a-R-----------#', values, late('first', 2));
      }),
    );

    it(
      'does not pause totalMs',
      marbles(({ stream, expectStream }) => {
        const source = stream('s-a-R------------s-a-f|', values);
        expectStream(source.pipe(timeoutBetweenChunks({ totalMs: 8 }))).toBe('s-a-R---#', values, late('total', 8));
      }),
    );

    it(
      'does not limit the first event if only betweenMs is given',
      marbles(({ stream, expectStream }) => {
        const source = stream('s-a-R 1m s-a-f|', values);
        expectStream(source.pipe(timeoutBetweenChunks({ betweenMs: 5 }))).toBe('s-a-R 1m s-a-f|', values);
      }),
    );
  });

  describe('a demand that is paused', () => {
    /** `p` pauses and `r` resumes, at the times of the marbles. */
    const paused =
      (diagram: string, limits: TimeoutLimits): ((helpers: MarbleHelpers) => OperatorFunction<DeltaEvent, DeltaEvent>) =>
      ({ cold }) =>
      (source) =>
        defer(() => {
          const demand = createDemand();
          const changes$ = cold(diagram).pipe(
            tap((change) => (change === 'p' ? demand.pause() : demand.resume())),
            ignoreElements(),
          );
          return merge(changes$, source.pipe(timeoutBetweenChunks({ ...limits, demand })));
        });

    it(
      'pauses firstMs and betweenMs',
      marbles((helpers) => {
        const source = helpers.stream('s-a-----------b--f|');
        const demand = '               ---p-------r-|';
        helpers.expectStream(source.pipe(paused(demand, { firstMs: 5, betweenMs: 5 })(helpers))).toBe('s-a-----------b--f|');
      }),
    );

    it(
      'starts them again at the end of the pause',
      marbles((helpers) => {
        const source = helpers.stream('s-a---------------b|');
        const demand = '               ---p-----r-|';
        const result = '               s-a-----------#';
        const limited = paused(demand, { betweenMs: 5 })(helpers);
        helpers.expectStream(source.pipe(limited)).toBe(result, {}, late('between', 5));
      }),
    );

    it(
      'also before the first event',
      marbles((helpers) => {
        const demand = '               (p|)';
        const silent = helpers.stream('--------------');
        helpers.expectStream(silent.pipe(paused(demand, { firstMs: 5 })(helpers)), '---------------!').toBe('---------------');
        const resumed = '              p--r|';
        const limited = paused(resumed, { firstMs: 5 })(helpers);
        helpers.expectStream(silent.pipe(limited)).toBe('--------#', {}, late('first', 5));
      }),
    );

    it(
      'does not shorten the delay of a reset',
      marbles((helpers) => {
        const values = { R: reset({ delayMs: 10 }) };
        const source = helpers.stream('s-R--------------s-f|', values);
        const demand = '               ---pr|';
        helpers.expectStream(source.pipe(paused(demand, { firstMs: 6 })(helpers))).toBe('s-R--------------s-f|', values);
      }),
    );

    it(
      'does not pause totalMs',
      marbles((helpers) => {
        const source = helpers.stream('s-a---------------b|');
        const demand = '               ---p|';
        const limited = paused(demand, { betweenMs: 5, totalMs: 8 })(helpers);
        helpers.expectStream(source.pipe(limited)).toBe('s-a-----#', {}, late('total', 8));
      }),
    );

    it(
      'is unsubscribed once the stream has ended',
      marbles(({ stream, expectStream, cold, expectSubscriptions }) => {
        const states = cold('a', { a: false });
        const demand = { ...createDemand(), paused$: states };
        expectStream(stream('s-a-f|').pipe(timeoutBetweenChunks({ betweenMs: 5, demand }))).toBe('s-a-f|');
        expectSubscriptions(states.subscriptions).toBe('^----!');
      }),
    );
  });

  it(
    'accepts Infinity, and more milliseconds than a timer can hold',
    marbles(({ stream, expectStream }) => {
      const source = stream('s 60m f|');
      const limits = { firstMs: Infinity, betweenMs: 2 ** 33, totalMs: Infinity };
      expectStream(source.pipe(timeoutBetweenChunks(limits))).toBe('s 60m f|');
    }),
  );

  it(
    'waits longer than the longest timer',
    marbles(({ expectObservable }) => {
      const silent = NEVER.pipe(timeoutBetweenChunks<DeltaEvent>({ firstMs: 2 ** 32 }));
      expectObservable(silent).toBe(`${2 ** 32}ms #`, {}, late('first', 2 ** 32));
    }),
  );

  it('has the partial message', () => {
    let error: unknown;
    marbles(({ expectObservable, cold }) => {
      const source = cold<DeltaEvent>('sab', { s: start({ id: 'x' }), a: text('Hel'), b: text('lo') });
      expectObservable(
        new Observable((subscriber) =>
          source.pipe(timeoutBetweenChunks(5)).subscribe({
            error: (thrown: unknown) => {
              error = thrown;
              subscriber.complete();
            },
          }),
        ),
      ).toBe('-------|');
    })();
    expect(error).toMatchObject({
      kind: 'timeout',
      retryable: true,
      phase: 'between',
      limitMs: 5,
      partial: { id: 'x', text: 'Hello' },
    });
  });

  it('unsubscribes its source before it emits the error', () => {
    const log: string[] = [];
    marbles(({ flush }) => {
      const source = new Observable<DeltaEvent>((subscriber) => {
        subscriber.next(start());
        return () => log.push('unsubscribed');
      });
      source.pipe(timeoutBetweenChunks(5)).subscribe({ error: () => log.push('error') });
      flush();
    })();
    expect(log).toEqual(['unsubscribed', 'error']);
  });

  describe('its timer', () => {
    /** How many timers were armed while the body ran, in virtual time, and how many remained. */
    function timersOf(body: (flush: () => void) => void): { armed: number; left: number } {
      const schedule = jest.spyOn(asyncScheduler, 'schedule');
      let left = 0;
      marbles(({ flush }) => {
        body(flush);
        left = schedule.mock.results.filter(({ value }) => value instanceof Subscription && !value.closed).length;
      })();
      const armed = schedule.mock.calls.length;
      schedule.mockRestore();
      return { armed, left };
    }
    const limited = timeoutBetweenChunks<DeltaEvent>({ firstMs: 500, betweenMs: 500, totalMs: 10_000 });

    it('is one for the whole stream, not one per event', () => {
      const { armed, left } = timersOf((flush) => {
        timer(0, 1)
          .pipe(
            take(1_200),
            map((): DeltaEvent => text('a')),
            limited,
          )
          .subscribe();
        flush();
      });
      const sources = 1;
      // Once at subscribe, then for the remainder each time it fires.
      expect(armed - sources).toBeLessThanOrEqual(1 + 3 * 2);
      expect(left).toBe(0);
    });

    it('is cleared by the end, by an error and by unsubscribe', () => {
      const ended = of(start(), finish()).pipe(limited);
      expect(timersOf(() => ended.subscribe())).toEqual({ armed: 1, left: 0 });
      const broken = throwError(() => new Error('broken')).pipe(limited);
      expect(timersOf(() => broken.subscribe({ error: () => undefined }))).toEqual({ armed: 1, left: 0 });
      const silent = NEVER.pipe(limited);
      expect(timersOf(() => silent.subscribe().unsubscribe())).toEqual({ armed: 1, left: 0 });
      const late = timersOf((flush) => {
        silent.subscribe({ error: () => undefined });
        flush();
      });
      expect(late.left).toBe(0);
    });
  });

  it('errors exactly when some silence is longer than allowed', () => {
    // An event that a timer emits exactly at the limit may be too late if that timer was scheduled at that moment.
    const anyGaps = fc.array(fc.record({ ms: fc.integer({ min: 1, max: 20 }), isPing: fc.boolean() }), { maxLength: 20 });
    fc.assert(
      fc.property(anyGaps, fc.integer({ min: 1, max: 20 }), (gaps, limitMs) => {
        const seen: unknown[] = [];
        marbles(({ flush }) => {
          const pieces = gaps.map(({ ms, isPing }) => timer(ms).pipe(map((): DeltaEvent => (isPing ? ping() : text('a')))));
          concat(...pieces)
            .pipe(timeoutBetweenChunks(limitMs))
            .subscribe({
              next: (event) => seen.push([asyncScheduler.now(), event.type]),
              error: (error: unknown) => seen.push([asyncScheduler.now(), (error as StreamTimeoutError).phase]),
              complete: () => seen.push([asyncScheduler.now(), 'complete']),
            });
          flush();
        })();
        expect(seen).toEqual(expected(gaps, limitMs));
      }),
    );

    function expected(gaps: readonly { ms: number; isPing: boolean }[], limitMs: number): unknown[] {
      const seen: unknown[] = [];
      let at = 0;
      let since = 0;
      let phase: TimeoutPhase = 'first';
      for (const { ms, isPing } of gaps) {
        at += ms;
        if (at > since + limitMs) return [...seen, [since + limitMs, phase]];
        seen.push([at, isPing ? 'ping' : 'text-delta']);
        if (isPing) continue;
        since = at;
        phase = 'between';
      }
      return [...seen, [at, 'complete']];
    }
  });

  it('rejects limits that are not > 0', () => {
    for (const limit of [0, -1, Number.NaN]) {
      expect(() => timeoutBetweenChunks(limit)).toThrow(RangeError);
      expect(() => timeoutBetweenChunks({ firstMs: limit })).toThrow(RangeError);
      expect(() => timeoutBetweenChunks({ betweenMs: limit })).toThrow(RangeError);
      expect(() => timeoutBetweenChunks({ totalMs: limit })).toThrow(RangeError);
    }
  });

  it('rejects options without a limit, and unknown ones', () => {
    expect(() => timeoutBetweenChunks({})).toThrow(TypeError);
    expect(() => timeoutBetweenChunks({ countPings: true })).toThrow(TypeError);
    expect(() => timeoutBetweenChunks({ betweenMS: 5 } as object)).toThrow('did you mean "betweenMs"?');
    expect(() => timeoutBetweenChunks('5' as never)).toThrow(TypeError);
    expect(() => timeoutBetweenChunks({ demand: createDemand() })).toThrow(TypeError);
    expect(() => timeoutBetweenChunks({ betweenMs: 5, demand: true as never })).toThrow('demand must come from createDemand()');
  });
});
