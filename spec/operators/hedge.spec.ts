import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  asyncScheduler,
  concat,
  concatMap,
  defer,
  delay,
  EMPTY,
  finalize,
  from,
  NEVER,
  type Observable,
  of,
  Subject,
  take,
  tap,
  throwError,
} from 'rxjs';
import { ConnectionError, HttpError, RetryExhaustedError, StreamAbortedError } from '../../src/errors.js';
import { type DeltaEvent, isContent, type Usage } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { aggregateUsage } from '../../src/operators/aggregateUsage.js';
import { hedge } from '../../src/operators/hedge.js';
import { measureStream } from '../../src/operators/measureStream.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { finish, marbles, ping, raw, reset, start, text, usage, usageOf } from '../../src/testing/index.js';
import { expectGrammar } from '../support/grammar.js';
import { operatorContract } from '../support/operatorContract.js';
import { broken, fault, outcomeOf, textOf } from '../support/outcomes.js';

const second = new HttpError('No', { kind: 'authentication', status: 401, requestId: 'req-2' });

const s = start({ id: 'first' });
const S = start({ id: 'other' });

// race.ts and lostUsage.ts are tested through the operator.
describe('hedge', () => {
  operatorContract(() => hedge(NEVER, { afterMs: 1_000 }), { kind: 'mirror', errors: 'own' });

  it(
    'asks a second provider when the first is slow, and aborts the one that is slower',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s-------a-b-f|');
      const other = stream('     s-c---d-f|');
      const result = '       ------(sc)d-f|';
      expectStream(source.pipe(hedge(other, { afterMs: 4 }))).toBe(result);
      expectSubscriptions(source.subscriptions).toBe('^-----!');
      expectSubscriptions(other.subscriptions).toBe(' ----^--------!');
    }),
  );

  it(
    'aborts the second one if the first has content before it',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s-----a---b-f|', { s });
      const other = stream('     S---c-d-f|', { S });
      const result = '       ------(sa)b-f|';
      expectStream(source.pipe(hedge(other, { afterMs: 4 }))).toBe(result, { s });
      expectSubscriptions(source.subscriptions).toBe('^------------!');
      expectSubscriptions(other.subscriptions).toBe(' ----^-!');
    }),
  );

  it(
    'does not ask the second if the first is quick',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s---a-------f|');
      const other = stream('s-f|');
      expectStream(source.pipe(hedge(other, { afterMs: 4 }))).toBe('----(sa)----f|');
      expectSubscriptions(other.subscriptions).toBe([]);
    }),
  );

  it(
    'emits only pings before content',
    marbles(({ stream, expectStream }) => {
      const values = { s, S, r: raw('in_progress'), v: usage({ inputTokens: 3 }) };
      const source = stream('p-s-r-----------', values);
      const other = stream('     Srpvp-c-----f|', values);
      const result = '       p-----p-p-(Srvc)f|';
      expectStream(source.pipe(hedge(other, { afterMs: 4 }))).toBe(result, values);
    }),
  );

  it(
    'aborts both on unsubscribe',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s-----------');
      const other = stream('     s-------');
      const unsubscription = '------!';
      expectStream(source.pipe(hedge(other, { afterMs: 4 })), unsubscription).toBe('-------');
      expectSubscriptions(source.subscriptions).toBe('^-----!');
      expectSubscriptions(other.subscriptions).toBe(' ----^-!');
    }),
  );

  it(
    'does not ask the second after unsubscribe',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const other = stream('s-f|');
      expectStream(stream('s----').pipe(hedge(other, { afterMs: 4 })), '--!').toBe('---');
      expectSubscriptions(other.subscriptions).toBe([]);
    }),
  );

  it('has no timer after unsubscribe', () => {
    marbles(({ flush }) => {
      NEVER.pipe(hedge(NEVER, { afterMs: 1_000 }))
        .subscribe()
        .unsubscribe();
      flush();
      // Virtual time advances only as long as a timer is scheduled.
      expect(asyncScheduler.now()).toBeLessThan(1_000);
    })();
  });

  it('aborts the loser before it emits an event of the winner', () => {
    const log: string[] = [];
    const first$ = new Subject<DeltaEvent>();
    const other$ = new Subject<DeltaEvent>();
    const watched = (name: string, stream: Observable<DeltaEvent>): Observable<DeltaEvent> =>
      stream.pipe(finalize(() => log.push(`${name} ends`)));
    const hedged$ = watched('first', first$).pipe(hedge(watched('other', other$), { afterMs: 0 }));
    marbles(({ flush }) => {
      hedged$.subscribe({ next: ({ type }) => log.push(type), error: () => undefined });
      flush();
    })();
    first$.next(start());
    other$.next(start());
    other$.next(text('a'));
    first$.next(text('b'));
    other$.next(text('c'));
    expect(log).toEqual(['first ends', 'start', 'text-delta', 'text-delta']);
  });

  it('stops both when downstream has enough', () => {
    const first$ = new Subject<DeltaEvent>();
    const other$ = new Subject<DeltaEvent>();
    marbles(({ flush }) => {
      first$.pipe(hedge(other$, { afterMs: 0 }), take(1)).subscribe();
      flush();
    })();
    expect([first$.observed, other$.observed]).toEqual([true, true]);
    first$.next(ping());
    expect([first$.observed, other$.observed]).toEqual([false, false]);
  });

  describe('afterMs', () => {
    it(
      'asks both at once at 0',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const source = stream('s---a-f|');
        const other = stream(' s-b---f|');
        expectStream(source.pipe(hedge(other, { afterMs: 0 }))).toBe('--(sb)f|');
        expectSubscriptions(source.subscriptions).toBe('^-!');
        expectSubscriptions(other.subscriptions).toBe(' ^------!');
      }),
    );

    it('needs no second request at 0 when the first answers while it is being asked', () => {
      let requests = 0;
      const other = defer(() => {
        requests++;
        return NEVER;
      });
      const outcome = outcomeOf(of(s, text('a'), finish()).pipe(hedge(other, { afterMs: 0 })));
      expect(outcome).toEqual({ events: [s, text('a'), finish()], error: undefined, completed: true });
      expect(requests).toBe(0);
    });

    it(
      'does not ask the second if the first has content exactly then',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const other = stream('s-f|');
        expectStream(stream('----a-f|').pipe(hedge(other, { afterMs: 4 }))).toBe('----a-f|');
        expectSubscriptions(other.subscriptions).toBe([]);
      }),
    );

    it('asks the second only on failure at Infinity', () => {
      const other = of(S, text('b'), finish());
      expect(textOf(outcomeOf(of(s, text('a'), finish()).pipe(delay(2 ** 40), hedge(other, { afterMs: Infinity }))))).toBe('a');
      expect(textOf(outcomeOf(broken([s]).pipe(hedge(other, { afterMs: Infinity }))))).toBe('b');
    });
  });

  describe('when one fails before its content', () => {
    it(
      'asks the second at once, whatever the error of the first',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        for (const error of [fault, second, new TypeError('foreign')]) {
          const source = stream('s-#', { s }, error);
          const other = stream('  S---a---f|', { S });
          const result = '       ------(Sa)f|';
          expectStream(source.pipe(hedge(other, { afterMs: 9 }))).toBe(result, { S });
          expectSubscriptions(other.subscriptions).toBe('--^--------!');
        }
      }),
    );

    it(
      'goes on with the other one alone',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const first = stream('s-------a---f|', { s });
        const quick = stream('     S-#', { S }, fault);
        expectStream(first.pipe(hedge(quick, { afterMs: 4 }))).toBe('--------(sa)f|', { s });
        expectSubscriptions(quick.subscriptions).toBe('----^-!');
        const dying = stream('s----#', { s }, fault);
        const other = stream('     S---b---f|', { S });
        expectStream(dying.pipe(hedge(other, { afterMs: 4 }))).toBe('--------(Sb)f|', { S });
      }),
    );

    it('does not ask the second if downstream unsubscribes on the error', () => {
      let requests = 0;
      const other = defer(() => {
        requests++;
        return NEVER;
      });
      const first$ = new Subject<DeltaEvent>();
      const subscription = first$
        .pipe(
          finalize(() => subscription.unsubscribe()),
          hedge(other, { afterMs: 1_000 }),
        )
        .subscribe();
      first$.error(fault);
      expect(requests).toBe(0);
    });
  });

  describe('when both fail before their content', () => {
    it('errors with both errors in the order in which they occurred, and emits nothing', () => {
      marbles(({ stream, expectStream, flush }) => {
        const errors: unknown[] = [];
        const hedged$ = stream('s-----#', {}, fault).pipe(hedge(stream('s-#', {}, second), { afterMs: 2 }));
        expectStream(hedged$).toBe(
          '------#',
          {},
          new RetryExhaustedError([second, fault], { partial: createMessageFold().partial() }),
        );
        hedged$.subscribe({ error: (error: unknown) => errors.push(error) });
        flush();
        expect(errors).toMatchObject([{ kind: 'retry-exhausted', retryable: false, errors: [second, fault], cause: fault }]);
      })();
    });

    it('has the details of the last error, and the usage of both', () => {
      const first = broken([s, usage({ inputTokens: 10 })]);
      const other = broken([S, usage({ inputTokens: 3 })], second);
      const { events, error } = outcomeOf(first.pipe(hedge(other, { afterMs: 5 })));
      expect(events).toEqual([]);
      expect(error).toMatchObject({
        status: 401,
        requestId: 'req-2',
        partial: { text: '', usage: usageOf({ inputTokens: 13 }) },
      });
    });
  });

  it("ends at once with the caller's own abort, and aborts the other", () => {
    const aborted = new StreamAbortedError();
    const first$ = new Subject<DeltaEvent>();
    const other$ = new Subject<DeltaEvent>();
    let error: unknown;
    let observed: boolean | undefined;
    marbles(({ flush }) => {
      first$.pipe(hedge(other$, { afterMs: 0 })).subscribe({
        error: (thrown: unknown) => {
          error = thrown;
          observed = other$.observed;
        },
      });
      flush();
    })();
    first$.error(aborted);
    expect(error).toBe(aborted);
    expect(observed).toBe(false);
    expect(outcomeOf(broken([], aborted).pipe(hedge(of(S, text('b'), finish()), { afterMs: 5 }))).error).toBe(aborted);
  });

  describe('the winner', () => {
    it('is the stream from then on: its error is passed on, the same object', () => {
      const outcome = outcomeOf(broken([s, text('a')]).pipe(hedge(of(S, text('b'), finish()), { afterMs: 5 })));
      expect(outcome.events).toEqual([s, text('a')]);
      expect(outcome.error).toBe(fault);
    });

    it('may be one that finished without content', () => {
      const outcome = outcomeOf(of(s, finish('length')).pipe(hedge(NEVER, { afterMs: 5 })));
      expect(outcome).toEqual({ events: [s, finish('length')], error: undefined, completed: true });
    });

    it('keeps the resets of its own, before content and after', () => {
      let requests = 0;
      const attempts = [broken([s, usage({ inputTokens: 1 })]), broken([s, text('x')]), of(s, text('a'), finish())];
      const first = defer(() => attempts[requests++] ?? NEVER).pipe(retryStream({ initialDelayMs: 1 }));
      const outcome = outcomeOf(first.pipe(hedge(NEVER, { afterMs: 1_000 })));
      expectGrammar(outcome.events, true);
      expect(outcome.events.map(({ type }) => type)).toEqual([
        'start',
        'usage',
        'reset',
        'start',
        'text-delta',
        'reset',
        'start',
        'text-delta',
        'finish',
      ]);
      expect(textOf(outcome)).toBe('a');
    });

    it(
      'stays the winner when it is reset',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const other = stream('s-b-f|');
        const source = stream('   --a-R----------s-c-f|');
        expectStream(source.pipe(hedge(other, { afterMs: 4 }))).toBe('--a-R----------s-c-f|');
        expectSubscriptions(other.subscriptions).toBe([]);
      }),
    );
  });

  describe('a completion without content and finish', () => {
    it('is no answer while another runs', () => {
      const other = of(S, text('b'), finish()).pipe(delay(5));
      expect(textOf(outcomeOf(NEVER.pipe(hedge(EMPTY, { afterMs: 1 }))))).toBe('');
      expect(outcomeOf(NEVER.pipe(hedge(EMPTY, { afterMs: 1 }))).completed).toBe(false);
      const left = concat(of(s).pipe(delay(2)), EMPTY);
      expect(textOf(outcomeOf(left.pipe(hedge(other, { afterMs: 1 }))))).toBe('b');
    });

    it('ends the stream when no other runs', () => {
      expect(outcomeOf(of(s).pipe(hedge(NEVER, { afterMs: 1 })))).toEqual({ events: [s], error: undefined, completed: true });
      expect(outcomeOf(of(s).pipe(delay(5), hedge(EMPTY, { afterMs: 1 })))).toMatchObject({ events: [s], completed: true });
      expect(outcomeOf(broken([s]).pipe(hedge(of(S), { afterMs: 1 }))).error).toBe(fault);
    });
  });

  describe('usage', () => {
    const usages = (events: readonly DeltaEvent[]): unknown[] =>
      events.flatMap((event) => (event.type === 'usage' ? [event.usage.inputTokens] : []));
    const slow = concat(of(s, usage({ inputTokens: 10 }), usage({ inputTokens: 11 })), NEVER);

    it('of the loser is in every later one of the winner', () => {
      const other = of(S, usage({ inputTokens: 20 }), text('b'), usage({ inputTokens: 25 }), finish());
      expect(usages(outcomeOf(slow.pipe(hedge(other, { afterMs: 1 }))).events)).toEqual([31, 36]);
    });

    it('of the loser is emitted by itself while the winner has reported none', () => {
      const other = of(S, text('b'), usage({ inputTokens: 25 }), finish());
      const { events } = outcomeOf(slow.pipe(hedge(other, { afterMs: 1 })));
      expect(events.map(({ type }) => type)).toEqual(['start', 'usage', 'text-delta', 'usage', 'finish']);
      expect(usages(events)).toEqual([11, 36]);
      expect(usages(outcomeOf(slow.pipe(hedge(of(S, text('b'), finish()), { afterMs: 1 }))).events)).toEqual([11]);
    });

    it('of one that failed is included', () => {
      const dying = broken([s, usage({ inputTokens: 10 })]);
      const other = of(S, text('b'), usage({ inputTokens: 25 }), finish());
      expect(usages(outcomeOf(dying.pipe(hedge(other, { afterMs: 1 }))).events)).toEqual([10, 35]);
    });

    it('of the loser is excluded from the timing of the winner', () => {
      const spent = concat(of(s, usage({ outputTokens: 100 })), NEVER);
      const other = of(S, text('b'), usage({ outputTokens: 10 }), finish());
      const { events } = outcomeOf(spent.pipe(hedge(other, { afterMs: 1_000 }), measureStream()));
      expect(events.at(-1)).toMatchObject({ type: 'finish', timing: { totalMs: 1_000, tokensPerSecond: 10 } });
    });

    it('is aggregated', () => {
      const other = of(S, text('b'), usage({ inputTokens: 25, outputTokens: 1 }), finish());
      const { events } = outcomeOf(slow.pipe(hedge(other, { afterMs: 1 }), aggregateUsage()));
      expect(usages(events)).toEqual([36]);
    });

    describe("of the loser is not mistaken for the winner's", () => {
      const usedBy = (other: Observable<DeltaEvent>): Usage | undefined => {
        const told = concat(of(s, usage({ inputTokens: 10, outputTokens: 1 })), NEVER);
        const { events } = outcomeOf(told.pipe(hedge(other, { afterMs: 1 }), aggregateUsage({ prompt: 'Hello there' })));
        return events.flatMap((event) => (event.type === 'usage' ? [event.usage] : [])).at(-1);
      };
      const answer = text('A sentence of twelve words, which no provider counts for its client.');

      it('without figures, which are then estimated', () => {
        const used = usedBy(of(S, answer, finish()));
        expect(used).toMatchObject({ estimated: true, confidence: 'low' });
        expect(used?.inputTokens).toBeGreaterThan(10);
        expect(used?.outputTokens).toBeGreaterThan(10);
      });

      it('with some figures, so that the others are estimated', () => {
        const used = usedBy(of(S, answer, usage({ inputTokens: 20 }), finish()));
        expect(used).toMatchObject({ inputTokens: 30, estimated: true });
        expect(used?.outputTokens).toBeGreaterThan(10);
      });

      it('with all figures, so that only the end of the loser is estimated', () => {
        const used = usedBy(of(S, usage({ inputTokens: 20 }), answer, usage({ inputTokens: 20, outputTokens: 14 }), finish()));
        expect(used).toMatchObject({ inputTokens: 30, outputTokens: 15, totalTokens: 45, estimated: true });
      });

      it('nor when the winner is repeated', () => {
        const broken$ = concat(
          of(S, text('b'), usage({ inputTokens: 20, outputTokens: 2 })),
          throwError(() => new ConnectionError()),
        );
        let attempts = 0;
        const other = defer(() =>
          attempts++ === 0 ? broken$ : of(S, answer, usage({ inputTokens: 20, outputTokens: 14 }), finish()),
        );
        const used = usedBy(other.pipe(retryStream({ initialDelayMs: 1, jitter: 0 })));
        expect(used).toMatchObject({ inputTokens: 50, outputTokens: 17, totalTokens: 67 });
      });
    });

    it('of two that failed is settled, though no event of it was emitted', () => {
      const settlements: unknown[] = [];
      const dying = (tokens: number): Observable<DeltaEvent> => broken([s, usage({ inputTokens: tokens, outputTokens: 1 })]);
      const onSettled = (settlement: unknown): unknown => settlements.push(settlement);
      outcomeOf(dying(10).pipe(hedge(dying(20), { afterMs: 1 }), aggregateUsage({ onSettled })));
      expect(settlements).toMatchObject([{ outcome: 'error', usage: { inputTokens: 30, outputTokens: 2, estimated: true } }]);
    });
  });

  it('keeps the grammar and emits the answer of the first provider with content, whatever both emit', () => {
    const anyStep = fc.oneof(
      fc.constant(ping()),
      fc.constant(raw('progress')),
      fc.integer({ min: 1, max: 9 }).map((inputTokens) => usage({ inputTokens })),
      fc.string({ minLength: 1, maxLength: 3 }).map((value) => text(value)),
    );
    const anyRequest = fc.record({
      steps: fc.array(fc.tuple(anyStep, fc.nat(5)), { maxLength: 5 }),
      end: fc.constantFrom('finish', 'error', 'silence'),
    });
    // Each lane repeats its request while there is another.
    const anyLane = fc.array(anyRequest, { minLength: 1, maxLength: 3 });
    type Lane = readonly { readonly steps: readonly (readonly [DeltaEvent, number])[]; readonly end: string }[];

    const requestOf = ({ steps, end }: Lane[number], id: string): Observable<DeltaEvent> => {
      const events = ofOneRequest(steps.map(([event]) => event));
      const timed = [[start({ id }), 1] as const, ...events.map((event, at) => [event, steps[at]?.[1] ?? 0] as const)];
      const last = end === 'finish' ? of(finish()).pipe(delay(1)) : end === 'error' ? throwError(() => fault) : NEVER;
      return concat(from(timed).pipe(concatMap(([event, ms]) => of(event).pipe(delay(ms)))), last);
    };
    const laneOf = (requests: Lane, id: string, said: DeltaEvent[]): Observable<DeltaEvent> => {
      let subscriptions = 0;
      return defer(() => requestOf(requests[subscriptions++] ?? { steps: [], end: 'silence' }, id)).pipe(
        retryStream({ maxRetries: requests.length - 1, initialDelayMs: 1 }),
        // As long as it is subscribed.
        tap((event) => said.push(event)),
      );
    };
    const lastUsage = (events: readonly DeltaEvent[]): number => {
      const last = events.findLast((event) => event.type === 'usage');
      return (last?.type === 'usage' && last.usage.inputTokens) || 0;
    };
    const typesOf = (events: readonly DeltaEvent[]): readonly string[] =>
      events.map(({ type }) => type).filter((type) => type !== 'ping' && type !== 'usage');

    fc.assert(
      fc.property(anyLane, anyLane, fc.nat(8), (one, two, afterMs) => {
        const [first, other]: [DeltaEvent[], DeltaEvent[]] = [[], []];
        const outcome = outcomeOf(laneOf(one, 'first', first).pipe(hedge(laneOf(two, 'other', other), { afterMs })));
        expectGrammar(outcome.events, outcome.completed);
        const winners = [first, other].filter((said) => said.some((event) => isContent(event) || event.type === 'finish'));
        expect(winners.length).toBeLessThanOrEqual(1);
        const [winner] = winners;
        if (winner) {
          expect(typesOf(outcome.events)).toEqual(typesOf(winner));
          expect(textOf(outcome)).toBe(textOf({ events: winner }));
          expect(lastUsage(outcome.events)).toBe(lastUsage(first) + lastUsage(other));
        } else {
          expect(outcome.events.every(({ type }) => type === 'ping')).toBe(true);
          const failed = [one, two].every((lane) => lane.every(({ end }) => end === 'error'));
          expect(outcome.error !== undefined).toBe(failed);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('has fresh state for every subscription', () => {
    const hedged$ = broken([s, usage({ inputTokens: 10 })]).pipe(
      hedge(of(S, text('b'), usage({ inputTokens: 1 }), reset(), start(), finish()), { afterMs: 1 }),
    );
    expect(outcomeOf(hedged$)).toEqual(outcomeOf(hedged$));
  });

  it('rejects an other that is no Observable, unknown options and values out of range', () => {
    expect(() => hedge(Promise.resolve() as never, { afterMs: 1 })).toThrow(TypeError);
    expect(() => hedge(NEVER, undefined as never)).toThrow(TypeError);
    expect(() => hedge(NEVER, {} as never)).toThrow('give afterMs');
    expect(() => hedge(NEVER, { after: 1 } as never)).toThrow('did you mean "afterMs"?');
    expect(() => hedge(NEVER, { afterMs: '1' as never })).toThrow(TypeError);
    expect(() => hedge(NEVER, { afterMs: -1 })).toThrow(RangeError);
    expect(() => hedge(NEVER, { afterMs: Number.NaN })).toThrow(RangeError);
  });
});

/** Usage of one request is cumulative. */
function ofOneRequest(events: readonly DeltaEvent[]): DeltaEvent[] {
  let inputTokens = 0;
  return events.map((event) => {
    if (event.type !== 'usage') return event;
    inputTokens += event.usage.inputTokens ?? 0;
    return usage({ inputTokens });
  });
}
