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
    'lets an event pass that comes just at the limit',
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
      'ends with start, and says nothing about the rest',
      marbles(({ stream, expectStream }) => {
        const source = stream('---s---------a-------f|');
        expectStream(source.pipe(timeoutBetweenChunks({ firstMs: 5 }))).toBe('---s---------a-------f|');
      }),
    );

    it(
      'is not touched by pings',
      marbles(({ stream, expectStream }) => {
        const source = stream('-p-p--p-p-s|');
        expectStream(source.pipe(timeoutBetweenChunks({ firstMs: 5 }))).toBe('-p-p-#', {}, late('first', 5));
      }),
    );
  });

  describe('betweenMs', () => {
    it(
      'waits for the first event as long as that takes',
      marbles(({ stream, expectStream }) => {
        const source = stream('----------s--a------b|');
        expectStream(source.pipe(timeoutBetweenChunks({ betweenMs: 5 }))).toBe('----------s--a----#', {}, late('between', 5));
      }),
    );

    it(
      'falls due earlier than a long firstMs that ran before',
      marbles(({ stream, expectStream }) => {
        const source = stream('--s----------f|');
        const limits = { firstMs: 60_000, betweenMs: 5 };
        expectStream(source.pipe(timeoutBetweenChunks(limits))).toBe('--s----#', {}, late('between', 5));
      }),
    );

    it(
      'is not touched by pings: a stall that says "alive" is a stall',
      marbles(({ stream, expectStream }) => {
        const source = stream('s-p-p-p-p-p-a|');
        expectStream(source.pipe(timeoutBetweenChunks({ betweenMs: 5 }))).toBe('s-p-p#', {}, late('between', 5));
      }),
    );

    it(
      'is touched by progress, but not by the payload copies of includeRaw',
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
      'runs from subscribe to the end, however lively the stream is',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const source = stream('s-a-b-c-d-e-f|');
        expectStream(source.pipe(timeoutBetweenChunks({ totalMs: 7 }))).toBe('s-a-b-c#', {}, late('total', 7));
        expectSubscriptions(source.subscriptions).toBe('^------!');
      }),
    );

    it(
      'also limits an end that does not come',
      marbles(({ stream, expectStream }) => {
        const source = stream('s-f');
        expectStream(source.pipe(timeoutBetweenChunks({ totalMs: 5 }))).toBe('s-f--#', {}, late('total', 5));
      }),
    );
  });

  it(
    'counts pings where it is told to',
    marbles(({ stream, expectStream }) => {
      const source = stream('---p---p---s---p---p------a|');
      const limits = { firstMs: 5, betweenMs: 5, countPings: true };
      expectStream(source.pipe(timeoutBetweenChunks(limits))).toBe('---p---p---s---p---p----#', {}, late('between', 5));
    }),
  );

  it(
    'takes a number for both the first event and the silences after it',
    marbles(({ stream, expectStream }) => {
      expectStream(stream('------s|').pipe(timeoutBetweenChunks(5))).toBe('-----#', {}, late('first', 5));
      expectStream(stream('-s------a|').pipe(timeoutBetweenChunks(5))).toBe('-s----#', {}, late('between', 5));
    }),
  );

  it(
    'prefers the limit that says more when two fall due at once',
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
    'names the limit that fell due first',
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
      'pauses the clocks for its delay, and waits for a first event again',
      marbles(({ stream, expectStream }) => {
        const limits = { firstMs: 6, betweenMs: 3 };
        const inTime = stream('s-a-R--------------s-a-f|', values);
        expectStream(inTime.pipe(timeoutBetweenChunks(limits))).toBe('s-a-R--------------s-a-f|', values);
        const stalled = stream('s-a-R------------------s|', values);
        expectStream(stalled.pipe(timeoutBetweenChunks(limits))).toBe('s-a-R---------------#', values, late('first', 6));
      }),
    );

    it(
      'goes back to a firstMs that is shorter than betweenMs',
      marbles(({ stream, expectStream }) => {
        const source = stream('s-a-R----------------s|', values);
        const limits = { firstMs: 2, betweenMs: 60_000 };
        expectStream(source.pipe(timeoutBetweenChunks(limits))).toBe('s-a-R-----------#', values, late('first', 2));
      }),
    );

    it(
      'does not stop the total',
      marbles(({ stream, expectStream }) => {
        const source = stream('s-a-R------------s-a-f|', values);
        expectStream(source.pipe(timeoutBetweenChunks({ totalMs: 8 }))).toBe('s-a-R---#', values, late('total', 8));
      }),
    );

    it(
      'waits without limit where only the silences are limited',
      marbles(({ stream, expectStream }) => {
        const source = stream('s-a-R 1m s-a-f|', values);
        expectStream(source.pipe(timeoutBetweenChunks({ betweenMs: 5 }))).toBe('s-a-R 1m s-a-f|', values);
      }),
    );
  });

  describe('a demand that is paused', () => {
    /** `p` pauses and `r` resumes, as it says in the marbles. */
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
      'stops the clocks of silence: a slow consumer is no silent provider',
      marbles((helpers) => {
        const source = helpers.stream('s-a-----------b--f|');
        const demand = '               ---p-------r-|';
        helpers.expectStream(source.pipe(paused(demand, { firstMs: 5, betweenMs: 5 })(helpers))).toBe('s-a-----------b--f|');
      }),
    );

    it(
      'lets them run anew from the end of the pause',
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
      'does not shorten the wait of a reset',
      marbles((helpers) => {
        const values = { R: reset({ delayMs: 10 }) };
        const source = helpers.stream('s-R--------------s-f|', values);
        const demand = '               ---pr|';
        helpers.expectStream(source.pipe(paused(demand, { firstMs: 6 })(helpers))).toBe('s-R--------------s-f|', values);
      }),
    );

    it(
      'does not stop the total',
      marbles((helpers) => {
        const source = helpers.stream('s-a---------------b|');
        const demand = '               ---p|';
        const limited = paused(demand, { betweenMs: 5, totalMs: 8 })(helpers);
        helpers.expectStream(source.pipe(limited)).toBe('s-a-----#', {}, late('total', 8));
      }),
    );

    it(
      'is left alone once the stream is over',
      marbles(({ stream, expectStream, cold, expectSubscriptions }) => {
        const states = cold('a', { a: false });
        const demand = { ...createDemand(), paused$: states };
        expectStream(stream('s-a-f|').pipe(timeoutBetweenChunks({ betweenMs: 5, demand }))).toBe('s-a-f|');
        expectSubscriptions(states.subscriptions).toBe('^----!');
      }),
    );
  });

  it(
    'takes Infinity, and more milliseconds than a timer holds, for what they say',
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

  it('tells what was said before', () => {
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

  it('has unsubscribed its source when the error leaves', () => {
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
    /** How many timers were armed while the body ran, in virtual time, and how many it left. */
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

    it('is one for the whole stream, never one an event', () => {
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
    // What is sent at the very moment of the limit, by a timer that starts at that moment, may come too late.
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

  it('rejects options that limit nothing, or that it does not know', () => {
    expect(() => timeoutBetweenChunks({})).toThrow(TypeError);
    expect(() => timeoutBetweenChunks({ countPings: true })).toThrow(TypeError);
    expect(() => timeoutBetweenChunks({ betweenMS: 5 } as object)).toThrow('did you mean "betweenMs"?');
    expect(() => timeoutBetweenChunks('5' as never)).toThrow(TypeError);
    expect(() => timeoutBetweenChunks({ demand: createDemand() })).toThrow(TypeError);
    expect(() => timeoutBetweenChunks({ betweenMs: 5, demand: true as never })).toThrow('demand must come from createDemand()');
  });
});
