import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defer, NEVER, type Observable, of, takeWhile } from 'rxjs';
import {
  CircuitOpenError,
  HttpError,
  RetryExhaustedError,
  type ServiceErrorKind,
  StreamAbortedError,
  toFault,
} from '../../src/errors.js';
import type { DeltaEvent, ResetEvent } from '../../src/events.js';
import { type FallbackContext, type FallbackToOptions, fallbackTo } from '../../src/operators/fallbackTo.js';
import { retryStream } from '../../src/operators/retryStream.js';
import {
  finish,
  marbles,
  ping,
  reset,
  start,
  text,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  usage,
  usageOf,
} from '../../src/testing/index.js';
import { anyText } from '../support/chunks.js';
import { expectGrammar } from '../support/grammar.js';
import { operatorContract } from '../support/operatorContract.js';
import { broken, fault, messageOf, outcomeOf, resetsOf } from '../support/outcomes.js';

const second = new HttpError('Try again', { kind: 'overloaded', status: 529, requestId: 'req-2' });

function fallbackAfter(error: unknown, fields: Partial<ResetEvent> = {}): ResetEvent {
  return reset({ cause: 'fallback', error: toFault(error), ...fields });
}

const whole = of(start({ id: 'other' }), text('a'), finish());

describe('fallbackTo', () => {
  operatorContract(() => fallbackTo(), { kind: 'mirror' });
  operatorContract(() => fallbackTo(NEVER), { kind: 'mirror', errors: 'own' });

  it(
    'asks the next provider when one fails',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s-a-#', {}, fault);
      const other = stream('     -s-b-f|');
      const result = '           s-a-Rs-b-f|';
      expectStream(source.pipe(fallbackTo(other))).toBe(result, { R: fallbackAfter(fault) });
      expectSubscriptions(source.subscriptions).toBe('^---!');
      expectSubscriptions(other.subscriptions).toBe(' ----^-----!');
    }),
  );

  it(
    'asks them in order, and none after the first answer',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('-#', {}, fault);
      const others = [stream(' -s-#', {}, second), stream('    -s-a-f|'), stream('s-b-f|')] as const;
      const result = '       -xs-ys-a-f|';
      const values = { x: fallbackAfter(fault), y: fallbackAfter(second, { attempt: 3 }) };
      expectStream(source.pipe(fallbackTo(...others))).toBe(result, values);
      expectSubscriptions(others[0].subscriptions).toBe('-^--!');
      expectSubscriptions(others[1].subscriptions).toBe('----^-----!');
      expectSubscriptions(others[2].subscriptions).toBe([]);
    }),
  );

  it(
    'voids a tool call that broke off',
    marbles(({ stream, expectStream }) => {
      const values = {
        t: toolCallStart('call-1', 'weather'),
        x: toolCallDelta('call-1', '{"city":"Pa'),
        y: toolCallDelta('call-1', '{"city":"Paris"}'),
        e: toolCallEnd('call-1', 'weather', '{"city":"Paris"}'),
        f: finish('tool-calls'),
        R: fallbackAfter(fault),
      };
      const other = stream('-st-y-e-f|', values);
      expectStream(stream('st-x#', values, fault).pipe(fallbackTo(other))).toBe('st-xRst-y-e-f|', values);
    }),
  );

  it(
    'aborts the request of the running provider on unsubscribe',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('-#', {}, fault);
      const other = stream('  -s-a-b');
      const unsubscription = '-----!';
      expectStream(source.pipe(fallbackTo(other)), unsubscription).toBe('-Rs-a', { R: fallbackAfter(fault) });
      expectSubscriptions(other.subscriptions).toBe('                -^---!');
    }),
  );

  it('asks no provider if downstream unsubscribes at the reset', () => {
    let requests = 0;
    const other = defer(() => {
      requests++;
      return whole;
    });
    const untilReset = broken([start(), text('a')]).pipe(
      fallbackTo(other),
      takeWhile(({ type }) => type !== 'reset', true),
    );
    expect(outcomeOf(untilReset).events.map(({ type }) => type)).toEqual(['start', 'text-delta', 'reset']);
    expect(requests).toBe(0);
  });

  it('does not fall back after finish', () => {
    const outcome = outcomeOf(broken([start(), text('a'), finish()]).pipe(fallbackTo(whole)));
    expect(outcome.events).toEqual([start(), text('a'), finish()]);
    expect(outcome.error).toBe(fault);
  });

  it('completes when its source completes, with or without finish', () => {
    expect(outcomeOf(whole.pipe(fallbackTo(NEVER))).events).toHaveLength(3);
    expect(outcomeOf(of(start(), text('a')).pipe(fallbackTo(NEVER)))).toMatchObject({
      events: [start(), text('a')],
      completed: true,
    });
  });

  it('accepts a list of others, with options or without', () => {
    const others: Observable<DeltaEvent>[] = [broken([], second), whole];
    const source = broken([start(), text('x')]);
    expect(messageOf(outcomeOf(source.pipe(fallbackTo(...others)))).text).toBe('a');
    expect(outcomeOf(source.pipe(fallbackTo(...others, { onPartial: 'fail' }))).error).toBe(fault);
  });

  it('passes errors on without others', () => {
    const none: Observable<DeltaEvent>[] = [];
    expect(outcomeOf(broken([start()]).pipe(fallbackTo(...none)))).toMatchObject({ events: [start()], error: fault });
    expect(outcomeOf(broken([start()]).pipe(fallbackTo()))).toMatchObject({ events: [start()], error: fault });
    expect(outcomeOf(broken([start()]).pipe(fallbackTo({ onPartial: 'reset' }))).error).toBe(fault);
  });

  describe('when all fail', () => {
    it('errors with the error of each provider and the details of the last one', () => {
      const last = broken([start({ id: 'two' }), text('Hel')], second);
      const { error, events } = outcomeOf(broken([start()]).pipe(fallbackTo(last)));
      expect(events.map(({ type }) => type)).toEqual(['start', 'reset', 'start', 'text-delta']);
      expect(error).toBeInstanceOf(RetryExhaustedError);
      expect(error).toMatchObject({
        kind: 'retry-exhausted',
        retryable: false,
        status: 529,
        requestId: 'req-2',
        partial: { id: 'two', text: 'Hel' },
      });
      if (!(error instanceof RetryExhaustedError)) return;
      expect(error.errors).toEqual([fault, second]);
      expect(error.cause).toBe(second);
    });

    it('has one error for a provider with retries', () => {
      const twice = retryStream({ maxRetries: 1 });
      const { error } = outcomeOf(broken([]).pipe(twice, fallbackTo(broken([], second))));
      expect(error).toMatchObject({ errors: [{ kind: 'retry-exhausted', errors: [fault, fault] }, second] });
    });
  });

  describe('falls back', () => {
    it.each<ServiceErrorKind>(['authentication', 'permission', 'quota', 'not-found', 'invalid-request', 'too-large', 'server'])(
      'from a provider that rejects the request: %s',
      (kind) => {
        const outcome = outcomeOf(broken([], new HttpError('No', { kind })).pipe(fallbackTo(whole)));
        expect(resetsOf(outcome)).toMatchObject([{ error: { kind } }]);
        expect(messageOf(outcome).text).toBe('a');
      },
    );

    it('from one with an open circuit, from one with exhausted retries, and from a foreign error', () => {
      for (const error of [new CircuitOpenError(), new RetryExhaustedError([fault]), new TypeError('foreign')]) {
        expect(messageOf(outcomeOf(broken([], error).pipe(fallbackTo(whole)))).text).toBe('a');
      }
    });

    it("but not from the caller's own abort", () => {
      const aborted = new StreamAbortedError();
      const outcome = outcomeOf(broken([start()], aborted).pipe(fallbackTo(whole)));
      expect(outcome).toMatchObject({ events: [start()], error: aborted });
      expect(outcome.error).toBe(aborted);
      expect(outcomeOf(broken([]).pipe(fallbackTo(broken([], aborted), whole))).error).toBe(aborted);
    });

    it('but not once a tool of the provider has started', () => {
      const search = toolCallStart('call-1', 'web_search', { executor: 'provider' });
      expect(outcomeOf(broken([start(), search]).pipe(fallbackTo(whole))).error).toBe(fault);
      const own = toolCallStart('call-1', 'weather');
      expect(resetsOf(outcomeOf(broken([start(), own]).pipe(fallbackTo(whole))))).toHaveLength(1);
    });
  });

  describe('shouldFallback', () => {
    it('is called with the error, the attempt and the partial message', () => {
      const contexts: FallbackContext[] = [];
      const shouldFallback = (context: FallbackContext): boolean => {
        contexts.push({ ...context });
        return context.fallbacks < 1;
      };
      const source = broken([]).pipe(retryStream({ maxRetries: 2 }));
      const outcome = outcomeOf(source.pipe(fallbackTo(broken([start(), text('Hel')], second), whole, { shouldFallback })));
      expect(outcome.error).toBe(second);
      expect(contexts).toMatchObject([
        { error: { kind: 'retry-exhausted' }, attempt: 3, fallbacks: 0, delivered: false, partial: { text: '' } },
        { error: second, attempt: 4, fallbacks: 1, delivered: true, partial: { text: 'Hel' } },
      ]);
    });

    it('may differ between two operators in a row', () => {
      const tooLarge = new HttpError('Too large', { kind: 'too-large' });
      const large = of(start(), text('large'), finish());
      const pipeline = (error: Error): Observable<DeltaEvent> =>
        broken([], error).pipe(fallbackTo(large, { shouldFallback: (context) => context.error === tooLarge }), fallbackTo(whole));
      expect(messageOf(outcomeOf(pipeline(tooLarge))).text).toBe('large');
      expect(messageOf(outcomeOf(pipeline(fault))).text).toBe('a');
    });

    it('emits what it or continueWith throws as the error', () => {
      const error = new Error('from the callback');
      const throwing = (): never => {
        throw error;
      };
      const source = broken([start(), text('a')]);
      expect(outcomeOf(source.pipe(fallbackTo(whole, { shouldFallback: throwing }))).error).toBe(error);
      const options = {
        onPartial: { continueWith: throwing },
        shouldFallback: ({ error: seen }: FallbackContext) => seen !== error,
      };
      expect(outcomeOf(source.pipe(fallbackTo(whole, options))).error).toBe(error);
    });
  });

  describe("onPartial: 'fail'", () => {
    it('passes the error on once content was emitted, the same object', () => {
      const outcome = outcomeOf(broken([start(), text('a')]).pipe(fallbackTo(whole, { onPartial: 'fail' })));
      expect(outcome.events).toEqual([start(), text('a')]);
      expect(outcome.error).toBe(fault);
    });

    it('falls back before that', () => {
      const early = broken([ping(), start(), usage({ inputTokens: 3 })]);
      const outcome = outcomeOf(early.pipe(fallbackTo(early, whole, { onPartial: 'fail' })));
      expect(resetsOf(outcome)).toHaveLength(2);
      expect(messageOf(outcome).text).toBe('a');
    });
  });

  describe('onPartial: continueWith', () => {
    const continuing = (...rests: Observable<DeltaEvent>[]): FallbackToOptions => ({
      onPartial: { continueWith: () => rests.shift() ?? NEVER },
    });

    it(
      'keeps the text and emits the rest after it',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const source = stream('s-a-b-#', {}, fault);
        const rest = stream('        -s-c-f|');
        const other = stream('s-d-f|');
        const values = { R: fallbackAfter(fault, { step: 1 }) };
        expectStream(source.pipe(fallbackTo(other, continuing(rest)))).toBe('s-a-b-Rs-c-f|', values);
        expectSubscriptions(rest.subscriptions).toBe('------^-----!');
        expectSubscriptions(other.subscriptions).toBe([]);
      }),
    );

    it('numbers blocks on, renames callIds in use and drops the overlap', () => {
      const call = (callId: string, block: number): DeltaEvent[] => [
        toolCallStart(callId, 'weather', { block }),
        toolCallEnd(callId, 'weather', '{}', { block }),
      ];
      const source = broken([start(), ...call('call-0', 0), text('Hello wor', { block: 1 })]);
      const rest = of(start(), text('Hello world'), ...call('call-0', 1), finish('tool-calls'));
      const outcome = outcomeOf(source.pipe(fallbackTo(NEVER, continuing(rest))));
      expectGrammar(outcome.events, true);
      expect(messageOf(outcome)).toMatchObject({
        text: 'Hello world',
        toolCalls: [{ callId: 'call-0' }, { callId: 'call-0-2' }],
      });
    });

    it('asks the next provider if no content was emitted, or if a tool call broke off', () => {
      expect(messageOf(outcomeOf(broken([start()]).pipe(fallbackTo(whole, continuing(NEVER))))).text).toBe('a');
      const call = [toolCallStart('call-1', 'weather', { block: 1 }), toolCallDelta('call-1', '{"ci', { block: 1 })];
      const outcome = outcomeOf(broken([start(), text('Let'), ...call]).pipe(fallbackTo(whole, continuing(NEVER))));
      expect(messageOf(outcome)).toMatchObject({ text: 'a', toolCalls: [] });
    });

    it('takes the place of a provider', () => {
      const rest = broken([start(), text('lo')], second);
      const { error } = outcomeOf(broken([start(), text('Hel')]).pipe(fallbackTo(whole, continuing(rest))));
      expect(error).toMatchObject({ kind: 'retry-exhausted', errors: [fault, second], partial: { text: 'Hello' } });
    });
  });

  describe('usage', () => {
    it('includes that of failed providers, in every later event', () => {
      const used = (inputTokens: number, outputTokens: number): DeltaEvent => usage({ inputTokens, outputTokens });
      const source = broken([start(), used(10, 1), used(10, 5)]);
      const outcome = outcomeOf(source.pipe(fallbackTo(broken([start()]), of(start(), used(20, 1), used(20, 7), finish()))));
      expect(outcome.events.flatMap((event) => (event.type === 'usage' ? [event.usage] : []))).toEqual(
        [usageOf({ inputTokens: 10, outputTokens: 1 }), usageOf({ inputTokens: 10, outputTokens: 5 })].concat([
          usageOf({ inputTokens: 30, outputTokens: 6, totalTokens: 36 }),
          usageOf({ inputTokens: 30, outputTokens: 12, totalTokens: 42 }),
        ]),
      );
    });

    it('is added once over the retries of each provider', () => {
      const used = broken([start(), usage({ inputTokens: 10 })]);
      const once = retryStream({ maxRetries: 1 });
      const outcome = outcomeOf(used.pipe(once, fallbackTo(used.pipe(once), of(start(), usage({ inputTokens: 1 }), finish()))));
      expect(messageOf(outcome).usage).toEqual(usageOf({ inputTokens: 41 }));
    });
  });

  describe('with a retryStream in the pipe of each provider', () => {
    it('increases attempt numbers over all of them, so that attempts = resets + 1', () => {
      let requests = 0;
      const counted = (stream: Observable<DeltaEvent>): Observable<DeltaEvent> =>
        defer(() => {
          requests++;
          return stream;
        });
      const failing = counted(broken([start(), text('x')])).pipe(retryStream({ maxRetries: 2 }));
      const outcome = outcomeOf(failing.pipe(fallbackTo(failing, counted(whole))));
      expect(requests).toBe(7);
      expect(resetsOf(outcome).map(({ attempt, cause }) => [attempt, cause])).toEqual([
        [2, 'retry'],
        [3, 'retry'],
        [4, 'fallback'],
        [5, 'retry'],
        [6, 'retry'],
        [7, 'fallback'],
      ]);
      expect(messageOf(outcome).text).toBe('a');
    });

    it('keeps the grammar whatever the providers emit', () => {
      const anyEvent = fc.oneof(
        anyText.map((value) => text(value)),
        fc.constant(ping()),
        fc.nat(9).map((inputTokens) => usage({ inputTokens: inputTokens + 10 })),
      );
      const anyAttempt = fc.tuple(
        fc.array(anyEvent, { maxLength: 4 }).map((events) => ofOneRequest([start(), ...events])),
        fc.constantFrom<Error>(fault, second, new HttpError('No', { kind: 'authentication' })),
      );
      // Each provider is a list of failing requests; the last one may finish after them.
      const anyLanes = fc.array(fc.array(anyAttempt, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });
      fc.assert(
        fc.property(anyLanes, fc.option(anyText), (lanes, answer) => {
          let requests = 0;
          let spent = 0;
          const laneOf = (
            failures: readonly (readonly [readonly DeltaEvent[], Error])[],
            last: boolean,
          ): Observable<DeltaEvent> => {
            let subscriptions = 0;
            return defer(() => {
              requests++;
              const failure = failures[subscriptions++];
              if (!failure && last && answer !== null) {
                spent += 1;
                return of(start(), text(answer), usage({ inputTokens: 1 }), finish());
              }
              const [events, error] = failure ?? [[], fault];
              spent += lastUsage(events);
              return broken(events, error);
            }).pipe(
              retryStream({ maxRetries: failures.length, initialDelayMs: 1, shouldRetry: ({ error }) => error instanceof Error }),
            );
          };
          const [first = NEVER, ...others] = lanes.map((failures, index) => laneOf(failures, index === lanes.length - 1));
          const outcome = outcomeOf(first.pipe(fallbackTo(...others)));
          const answered = answer !== null;
          expectGrammar(outcome.events, answered);
          expect(resetsOf(outcome)).toHaveLength(requests - 1);
          expect(outcome.events.filter(({ type }) => type === 'finish')).toHaveLength(answered ? 1 : 0);
          if (answered) expect(messageOf(outcome).text).toBe(answer);
          else expect(outcome.error).toMatchObject({ kind: 'retry-exhausted' });
          expect(messageOf(outcome).usage?.inputTokens ?? 0).toBe(spent);
        }),
        { numRuns: 1_000 },
      );
    });
  });

  it('starts with the first provider for every subscription', () => {
    let requests = 0;
    const source = defer(() => {
      requests++;
      return broken([start()]);
    });
    const piped = source.pipe(fallbackTo(whole));
    expect(outcomeOf(piped)).toEqual(outcomeOf(piped));
    expect(requests).toBe(2);
  });

  it('rejects others that are no Observable, unknown options and wrong types', () => {
    expect(() => fallbackTo(Promise.resolve() as never)).toThrow(TypeError);
    expect(() => fallbackTo((() => NEVER) as never)).toThrow(TypeError);
    expect(() => fallbackTo([NEVER] as never)).toThrow(TypeError);
    expect(() => fallbackTo({} as never, NEVER)).toThrow(TypeError);
    expect(() => fallbackTo(NEVER, undefined as never)).toThrow(TypeError);
    expect(() => fallbackTo(NEVER, { onpartial: 'fail' } as object)).toThrow('did you mean "onPartial"?');
    expect(() => fallbackTo(NEVER, { onPartial: 'restart' as never })).toThrow(TypeError);
    expect(() => fallbackTo(NEVER, { onPartial: {} as never })).toThrow(TypeError);
    expect(() => fallbackTo(NEVER, { shouldFallback: true as never })).toThrow(TypeError);
  });
});

/** Usage of one request is cumulative. */
function ofOneRequest(events: readonly DeltaEvent[]): DeltaEvent[] {
  let inputTokens = 0;
  return events.map((event) => {
    if (event.type !== 'usage') return event;
    inputTokens = Math.max(inputTokens, event.usage.inputTokens ?? 0);
    return usage({ inputTokens });
  });
}

function lastUsage(events: readonly DeltaEvent[]): number {
  const last = events.findLast((event) => event.type === 'usage');
  return (last?.type === 'usage' && last.usage.inputTokens) || 0;
}
