import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  defer,
  type MonoTypeOperatorFunction,
  map,
  NEVER,
  type Observable,
  of,
  type Subscription,
  takeWhile,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  CircuitOpenError,
  ConnectionError,
  HttpError,
  RetryExhaustedError,
  StreamAbortedError,
  StreamTimeoutError,
  toFault,
} from '../../src/errors.js';
import type { DeltaEvent, PartialMessage, ResetEvent } from '../../src/events.js';
import { createConcurrencyLimiter } from '../../src/handles/createConcurrencyLimiter.js';
import { attachSignal } from '../../src/kernel/callerAbort.js';
import { limitConcurrency } from '../../src/operators/limitConcurrency.js';
import { type RetryContext, type RetryStreamOptions, retryStream } from '../../src/operators/retryStream.js';
import { timeoutBetweenChunks } from '../../src/operators/timeoutBetweenChunks.js';
import {
  blockEnd,
  finish,
  marbles,
  ping,
  reasoning,
  reset,
  start,
  step,
  text,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  usage,
  usageOf,
} from '../../src/testing/index.js';
import { anyChunking, anyText, cut } from '../support/chunks.js';
import { operatorContract } from '../support/operatorContract.js';
import { broken, fault, inTurn, messageOf, outcomeOf, resetsOf, textOf } from '../support/outcomes.js';

const rateLimit = (retryAfterMs: number): HttpError =>
  new HttpError('Slow down', { kind: 'rate-limit', status: 429, retryAfterMs });
const logprobs = (token: string): DeltaEvent => ({ type: 'logprobs', block: 0, choice: 0, tokens: [token] });
const refused = new HttpError('No', { kind: 'authentication', status: 401 });

/** Delays of 3 ms, 6 ms, 12 ms and so on. */
const short: RetryStreamOptions = { initialDelayMs: 3, random: () => 0 };

function resetAfter(error: unknown, fields: Partial<ResetEvent> = {}): ResetEvent {
  return reset({ delayMs: 3, error: toFault(error), ...fields });
}

// retryPolicy.ts, failures.ts, continuation.ts and deliveredBlocks.ts are tested through the operator.
describe('retryStream', () => {
  operatorContract(() => retryStream(), {});
  operatorContract(() => retryStream({ onPartial: { continueWith: () => NEVER } }));

  it(
    'resubscribes when the source errors for a transient reason',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const first = stream('s-a-#', {}, fault);
      const again = stream('       s-b-f|');
      const result = '      s-a-R--s-b-f|';
      expectStream(inTurn(first, again).pipe(retryStream(short))).toBe(result, { R: resetAfter(fault) });
      expectSubscriptions(first.subscriptions).toBe('^---!');
      expectSubscriptions(again.subscriptions).toBe('-------^----!');
    }),
  );

  it(
    'emits a reset even if nothing was emitted before',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const first = stream('-#', {}, fault);
      const second = stream('s-f|');
      expectStream(inTurn(first, second).pipe(retryStream(short))).toBe('-R--s-f|', { R: resetAfter(fault) });
      expectSubscriptions(first.subscriptions).toBe('^!');
      expectSubscriptions(second.subscriptions).toBe('----^--!');
    }),
  );

  it(
    'retries a stream that broke in the middle of a tool call',
    marbles(({ stream, expectStream }) => {
      const values = {
        t: toolCallStart('call-1', 'weather'),
        x: toolCallDelta('call-1', '{"city":"Pa'),
        y: toolCallDelta('call-1', '{"city":"Paris"}'),
        e: toolCallEnd('call-1', 'weather', '{"city":"Paris"}'),
        f: finish('tool-calls'),
        R: resetAfter(fault),
      };
      const source = inTurn(stream('st-x#', values, fault), stream('st-y-e-f|', values));
      expectStream(source.pipe(retryStream(short))).toBe('st-xR--st-y-e-f|', values);
    }),
  );

  it(
    'waits longer before each further retry',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('#', {}, fault);
      const values = {
        x: resetAfter(fault, { attempt: 2, delayMs: 2 }),
        y: resetAfter(fault, { attempt: 3, delayMs: 4 }),
        z: resetAfter(fault, { attempt: 4, delayMs: 8 }),
      };
      const options = { initialDelayMs: 2, random: () => 0 };
      const exhausted = new RetryExhaustedError([fault, fault, fault, fault]);
      expectStream(source.pipe(retryStream(options))).toBe('x-y---z-------#', values, exhausted);
      expectSubscriptions(source.subscriptions).toBe(['(^!)', '--(^!)', '------(^!)', '--------------(^!)']);
    }),
  );

  it('shortens the delays at random', () => {
    const chances = [0, 0.5, 1];
    const random = (): number => chances.shift() ?? 0;
    const outcome = outcomeOf(broken([]).pipe(retryStream({ random })));
    expect(resetsOf(outcome).map(({ delayMs }) => delayMs)).toEqual([1_000, 1_500, 2_000]);
  });

  it(
    'passes on an error that is not transient, the same object',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream('s-#', {}, refused);
      expectObservable(source.pipe(retryStream(short))).toBe('s-#', { s: start() }, refused);
      expectSubscriptions(source.subscriptions).toBe('^-!');
      const foreign = new TypeError('foreign');
      expect(outcomeOf(broken([start()], foreign).pipe(retryStream())).error).toBe(foreign);
      expect(outcomeOf(inTurn(broken([]), broken([], refused)).pipe(retryStream())).error).toBe(refused);
    }),
  );

  it(
    'completes when its source completes, with or without finish',
    marbles(({ stream, expectStream }) => {
      expectStream(stream('s-a-f|').pipe(retryStream())).toBe('s-a-f|');
      expectStream(stream('s-a-|').pipe(retryStream())).toBe('s-a-|');
    }),
  );

  it('does not retry after finish', () => {
    const outcome = outcomeOf(broken([start(), text('a'), finish()]).pipe(retryStream()));
    expect(outcome).toMatchObject({ events: [start(), text('a'), finish()], error: fault });
    expect(outcome.error).toBe(fault);
  });

  it(
    'emits nothing and sends no request after unsubscribe in the delay',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('         s-#', {}, fault);
      const unsubscription = '         ---!';
      const result = '                 s-R-';
      expectStream(source.pipe(retryStream(short)), unsubscription).toBe(result, { R: resetAfter(fault) });
      expectSubscriptions(source.subscriptions).toBe('^-!');
    }),
  );

  it('sends no request if downstream unsubscribes at the reset', () => {
    let requests = 0;
    const source = defer(() => {
      requests++;
      return broken([start(), text('a')]);
    });
    const untilReset = source.pipe(
      retryStream(short),
      takeWhile(({ type }) => type !== 'reset', true),
    );
    expect(outcomeOf(untilReset).events.map(({ type }) => type)).toEqual(['start', 'text-delta', 'reset']);
    expect(requests).toBe(1);
  });

  it('retries a source that errors synchronously, a thousand times', () => {
    let requests = 0;
    const source = defer(() => (++requests > 1_000 ? of(start(), text('a'), finish()) : broken([start(), text('x')])));
    const outcome = outcomeOf(source.pipe(retryStream({ maxRetries: Infinity, initialDelayMs: 0 })));
    expect(requests).toBe(1_001);
    expect(resetsOf(outcome)).toHaveLength(1_000);
    expect(textOf(outcome)).toBe('a');
  });

  describe('maxRetries', () => {
    it('errors with all errors and the details of the last one', () => {
      const last = rateLimit(100);
      const { error } = outcomeOf(
        inTurn(broken([start()]), broken([start({ id: 'two' }), text('Hel')], last)).pipe(retryStream({ maxRetries: 1 })),
      );
      expect(error).toBeInstanceOf(RetryExhaustedError);
      expect(error).toMatchObject({
        kind: 'retry-exhausted',
        retryable: false,
        status: 429,
        retryAfterMs: 100,
        partial: { id: 'two', text: 'Hel' },
      });
      if (!(error instanceof RetryExhaustedError)) return;
      expect(error.errors).toEqual([fault, last]);
      expect(error.cause).toBe(last);
    });

    it('passes every error on at 0, the same object', () => {
      expect(outcomeOf(broken([start()]).pipe(retryStream({ maxRetries: 0 })))).toMatchObject({
        events: [start()],
        error: fault,
      });
    });

    it('is not started again by deltas', () => {
      const outcome = outcomeOf(broken([start(), text('a'), text('b')]).pipe(retryStream({ maxRetries: 20 })));
      expect(resetsOf(outcome)).toHaveLength(20);
      expect(resetsOf(outcome).map(({ attempt }) => attempt)).toEqual(Array.from({ length: 20 }, (_, index) => index + 2));
    });
  });

  describe('Retry-After', () => {
    it(
      'is the shortest delay, whatever the backoff',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const limited = rateLimit(9);
        const first = stream('-#', {}, limited);
        const second = stream('s-f|');
        const values = { R: resetAfter(limited, { delayMs: 9 }) };
        expectStream(inTurn(first, second).pipe(retryStream(short))).toBe('-R--------s-f|', values);
        expectSubscriptions(second.subscriptions).toBe('----------^--!');
      }),
    );

    it(
      'passes the error on at once if it is longer than maxDelayMs',
      marbles(({ stream, expectObservable, expectSubscriptions }) => {
        const limited = rateLimit(30_001);
        const source = stream('-#', {}, limited);
        expectObservable(source.pipe(retryStream())).toBe('-#', {}, limited);
        expectSubscriptions(source.subscriptions).toBe('^!');
      }),
    );
  });

  describe('maxTotalMs', () => {
    it(
      'starts no attempt later',
      marbles(({ stream, expectObservable, expectSubscriptions }) => {
        const source = stream('-#', {}, fault);
        const options = { initialDelayMs: 3, factor: 1, random: () => 0, maxTotalMs: 8 };
        const values = { x: resetAfter(fault), y: resetAfter(fault, { attempt: 3 }) };
        expectObservable(source.pipe(retryStream(options))).toBe('-x---y---#', values, fault);
        expectSubscriptions(source.subscriptions).toBe(['^!', '----^!', '--------^!']);
      }),
    );
  });

  describe('shouldRetry', () => {
    it('is called with the error, the attempt and the partial message', () => {
      const contexts: unknown[] = [];
      const shouldRetry = (context: RetryContext): boolean => {
        contexts.push({ ...context });
        return context.retries < 2;
      };
      const source = inTurn(broken([]), broken([start(), text('Hel')]));
      expect(outcomeOf(source.pipe(retryStream({ shouldRetry }))).error).toBe(fault);
      expect(contexts).toMatchObject([
        { error: fault, attempt: 1, retries: 0, delivered: false, partial: { text: '' } },
        { error: fault, attempt: 2, retries: 1, delivered: true, partial: { text: 'Hel' } },
        { error: fault, attempt: 3, retries: 2, delivered: true, partial: { text: 'Hel' } },
      ]);
    });

    it('may retry after a foreign error', () => {
      const foreign = new TypeError('foreign');
      const source = inTurn(broken([], foreign), of(start(), finish()));
      const outcome = outcomeOf(source.pipe(retryStream({ shouldRetry: () => true })));
      expect(outcome.events.map(({ type }) => type)).toEqual(['reset', 'start', 'finish']);
    });

    it('is false by default once a tool of the provider has started', () => {
      const search = toolCallStart('call-1', 'web_search', { executor: 'provider' });
      expect(outcomeOf(broken([start(), search]).pipe(retryStream())).error).toBe(fault);
      const own = toolCallStart('call-1', 'weather');
      expect(resetsOf(outcomeOf(broken([start(), own]).pipe(retryStream())))).toHaveLength(3);
    });

    it('emits what a callback throws as the error', () => {
      const error = new Error('from the callback');
      const throwing = (): never => {
        throw error;
      };
      const source = broken([start(), text('a')]);
      expect(outcomeOf(source.pipe(retryStream({ shouldRetry: throwing }))).error).toBe(error);
      expect(outcomeOf(source.pipe(retryStream({ random: throwing }))).error).toBe(error);
      const continueWith = outcomeOf(
        source.pipe(retryStream({ onPartial: { continueWith: throwing }, shouldRetry: () => true })),
      );
      expect(continueWith.error).toBe(error);
    });
  });

  describe("onPartial: 'fail'", () => {
    it('passes the error on once content was emitted, the same object', () => {
      const outcome = outcomeOf(broken([start(), text('a')]).pipe(retryStream({ onPartial: 'fail' })));
      expect(outcome.events).toEqual([start(), text('a')]);
      expect(outcome.error).toBe(fault);
    });

    it('retries before that', () => {
      const early = broken([ping(), start(), usage({ inputTokens: 3 })]);
      const outcome = outcomeOf(inTurn(early, early, of(start(), text('a'), finish())).pipe(retryStream({ onPartial: 'fail' })));
      expect(resetsOf(outcome)).toHaveLength(2);
      expect(textOf(outcome)).toBe('a');
    });
  });

  describe('usage', () => {
    it('includes that of failed attempts, in every later event', () => {
      const attempt = (inputTokens: number, ...outputs: number[]): DeltaEvent[] => [
        start(),
        ...outputs.map((outputTokens) => usage({ inputTokens, outputTokens })),
      ];
      const source = inTurn(
        broken(attempt(10, 1, 5)),
        broken(attempt(20)),
        broken(attempt(30, 2)),
        of(...attempt(40, 1, 7), finish()),
      );
      const { events } = outcomeOf(source.pipe(retryStream()));
      expect(events.flatMap((event) => (event.type === 'usage' ? [event.usage] : []))).toEqual([
        usageOf({ inputTokens: 10, outputTokens: 1 }),
        usageOf({ inputTokens: 10, outputTokens: 5 }),
        usageOf({ inputTokens: 40, outputTokens: 7, totalTokens: 47 }),
        usageOf({ inputTokens: 80, outputTokens: 8, totalTokens: 88 }),
        usageOf({ inputTokens: 80, outputTokens: 14, totalTokens: 94 }),
      ]);
    });

    it('is added once by two nested operators', () => {
      const used = broken([start(), usage({ inputTokens: 10 })]);
      const once = retryStream({ maxRetries: 1 });
      const source = inTurn(used, used, used, of(start(), usage({ inputTokens: 10 }), finish()));
      const outcome = outcomeOf(source.pipe(once, retryStream({ shouldRetry: () => true })));
      expect(messageOf(outcome).usage).toEqual(usageOf({ inputTokens: 40 }));
    });
  });

  describe('with time limits', () => {
    const limits = timeoutBetweenChunks<DeltaEvent>({ firstMs: 4, betweenMs: 4 });

    it(
      'retries an attempt that timed out, if they are upstream',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const stalled = stream('s-a-----', {});
        const second = stream('         s-b-f|');
        const values = { R: resetAfter(new StreamTimeoutError('between', 4)) };
        expectStream(inTurn(stalled, second).pipe(limits, retryStream(short))).toBe('s-a---R--s-b-f|', values);
        expectSubscriptions(stalled.subscriptions).toBe('^-----!');
      }),
    );

    it(
      'exclude the delay, if they are downstream',
      marbles(({ stream, expectStream }) => {
        const source = inTurn(stream('s-a-#', {}, fault), stream('---s-b-f|'));
        const options = { ...short, initialDelayMs: 50 };
        const result = source.pipe(retryStream(options), limits);
        expectStream(result).toBe('s-a-R 49ms ---s-b-f|', { R: resetAfter(fault, { delayMs: 50 }) });
      }),
    );

    it(
      'limit the whole stream, retries and delays included',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const source = stream('s-#', {}, fault);
        const result = source.pipe(retryStream({ ...short, factor: 1 }), timeoutBetweenChunks({ totalMs: 11 }));
        const values = { x: resetAfter(fault), y: resetAfter(fault, { attempt: 3 }) };
        expectStream(result).toBe('s-x--s-y--s#', values, new StreamTimeoutError('total', 11));
        expectSubscriptions(source.subscriptions).toBe(['^-!', '-----^-!', '----------^!']);
      }),
    );
  });

  describe("the caller's abort in a delay", () => {
    /** A source that was given this signal. */
    const asked = (source: Observable<DeltaEvent>, signal: AbortSignal): Observable<DeltaEvent> =>
      attachSignal(
        defer(() => source),
        signal,
      );
    const abortAfter = (ms: number, controller: AbortController): Subscription =>
      timer(ms).subscribe({
        next: () => controller.abort('enough'),
        error: (error: unknown) => {
          throw error;
        },
      });
    const aborted = new StreamAbortedError(undefined, { cause: 'enough' });
    const long: RetryStreamOptions = { initialDelayMs: 20_000, random: () => 0 };

    it(
      'errors at once, and no request is sent',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const controller = new AbortController();
        const first = stream('s-a-#', {}, new ConnectionError());
        const again = stream('s-b-f|');
        abortAfter(7, controller);
        const values = { R: resetAfter(fault, { delayMs: 20_000 }) };
        expectStream(asked(inTurn(first, again), controller.signal).pipe(retryStream(long))).toBe('s-a-R--#', values, aborted);
        expectSubscriptions(again.subscriptions).toBe([]);
      }),
    );

    it(
      'is noticed after a timeout too, which is not an error of the source',
      marbles(({ stream, expectStream }) => {
        const controller = new AbortController();
        const silent = asked(stream('s-a-----'), controller.signal);
        abortAfter(9, controller);
        const values = { R: resetAfter(new StreamTimeoutError('between', 4), { delayMs: 20_000 }) };
        expectStream(silent.pipe(timeoutBetweenChunks({ betweenMs: 4 }), retryStream(long))).toBe('s-a---R--#', values, aborted);
      }),
    );

    it(
      'is not that of another stream, which takes the slot of the one that timed out',
      marbles(({ stream, expectStream }) => {
        const [ours, theirs] = [new AbortController(), new AbortController()];
        const limiter = createConcurrencyLimiter({ maxConcurrent: 1 });
        const place = <E extends DeltaEvent>(): MonoTypeOperatorFunction<E> => limitConcurrency(limiter);
        const limits = timeoutBetweenChunks<DeltaEvent>({ firstMs: 4 });
        const silent = asked(inTurn(stream('---------'), stream('s-a-f|')), ours.signal);
        const values = { R: resetAfter(new StreamTimeoutError('first', 4)) };
        expectStream(silent.pipe(place(), limits, retryStream(short))).toBe('----R--s-a-f|', values);
        theirs.abort('theirs');
        expectStream(
          asked(
            throwError(() => aborted),
            theirs.signal,
          ).pipe(place()),
        ).toBe('----#', {}, aborted);
      }),
    );

    it(
      'is noticed after a breaker has rejected the request',
      marbles(({ stream, expectStream }) => {
        const controller = new AbortController();
        const open = new CircuitOpenError();
        const source = asked(inTurn(stream('#', {}, new ConnectionError()), stream('#', {}, open)), controller.signal);
        abortAfter(8, controller);
        const values = { x: resetAfter(fault), y: resetAfter(open, { attempt: 3, delayMs: 6 }) };
        expectStream(source.pipe(retryStream(short))).toBe('x--y----#', values, aborted);
      }),
    );

    it('is noticed if it occurs at the reset; no listener remains, whatever ends the delay', () => {
      for (const end of ['reset', 'abort', 'repeat']) {
        const controller = new AbortController();
        const { signal } = controller;
        const failing = broken([start(), text('a'), usage({ outputTokens: 3 })], new ConnectionError());
        let error: unknown;
        new TestScheduler(() => undefined).run(() => {
          if (end === 'abort') abortAfter(2, controller);
          asked(inTurn(failing, of(start(), finish())), signal)
            .pipe(retryStream(short))
            .subscribe({
              next({ type }) {
                if (end === 'reset' && type === 'reset') controller.abort('enough');
              },
              error: (thrown: unknown) => {
                error = thrown;
              },
            });
        });
        const ended = { kind: 'aborted', cause: 'enough', retryable: false, partial: { text: '', usage: { outputTokens: 3 } } };
        if (end === 'repeat') expect(error).toBeUndefined();
        else expect(error).toMatchObject(ended);
        expect(getEventListeners(signal, 'abort')).toEqual([]);
      }
    });

    it(
      'is noticed through operators of RxJS',
      marbles(({ stream, expectStream }) => {
        const controller = new AbortController();
        const source = asked(stream('s-a-#', {}, fault), controller.signal).pipe(
          map((event) => event),
          tap(),
        );
        abortAfter(7, controller);
        const values = { R: resetAfter(fault, { delayMs: 20_000 }) };
        expectStream(source.pipe(retryStream(long))).toBe('s-a-R--#', values, aborted);
      }),
    );

    it(
      'is that of the continuation in the delay after it',
      marbles(({ stream, expectStream }) => {
        const [first, second] = [new AbortController(), new AbortController()];
        const source = asked(stream('s-a-#', {}, fault), first.signal);
        const rest = asked(stream('s-b-#', {}, fault), second.signal);
        abortAfter(14, second);
        timer(9).subscribe({ next: () => first.abort('not this'), error: () => undefined });
        const values = { R: resetAfter(fault, { step: 1 }), S: resetAfter(fault, { step: 1, attempt: 3, delayMs: 6 }) };
        const continued = source.pipe(retryStream({ ...short, onPartial: { continueWith: () => rest } }));
        expectStream(continued).toBe('s-a-R--s-b-S--#', values, aborted);
      }),
    );

    describe('by the option signal', () => {
      it(
        'errors at once, whatever the source',
        marbles(({ stream, expectStream }) => {
          const controller = new AbortController();
          abortAfter(7, controller);
          const values = { R: resetAfter(fault, { delayMs: 20_000 }) };
          const source = inTurn(stream('s-a-#', {}, fault), stream('s-b-f|'));
          expectStream(source.pipe(retryStream({ ...long, signal: controller.signal }))).toBe('s-a-R--#', values, aborted);
        }),
      );

      it(
        "wins over the source's own",
        marbles(({ stream, expectStream }) => {
          const [own, given] = [new AbortController(), new AbortController()];
          timer(5).subscribe({ next: () => own.abort('not this'), error: () => undefined });
          abortAfter(7, given);
          const values = { R: resetAfter(fault, { delayMs: 20_000 }) };
          const source = asked(stream('s-a-#', {}, fault), own.signal);
          expectStream(source.pipe(retryStream({ ...long, signal: given.signal }))).toBe('s-a-R--#', values, aborted);
        }),
      );

      it('has a listener in delays only', () => {
        const { signal } = new AbortController();
        const subscription = NEVER.pipe(retryStream({ ...long, signal })).subscribe({ error: () => undefined });
        expect(getEventListeners(signal, 'abort')).toEqual([]);
        subscription.unsubscribe();
        const failing = broken([])
          .pipe(retryStream({ ...long, signal }))
          .subscribe({ error: () => undefined });
        expect(getEventListeners(signal, 'abort')).toHaveLength(1);
        failing.unsubscribe();
        expect(getEventListeners(signal, 'abort')).toEqual([]);
      });

      it('must be an AbortSignal', () => {
        // @ts-expect-error: a controller
        expect(() => retryStream({ signal: new AbortController() })).toThrow(new TypeError('signal must be an AbortSignal'));
        expect(() => retryStream({ signal: Object(null) })).toThrow(TypeError);
        expect(() => retryStream(Object({ signal: null }))).toThrow(TypeError);
        expect(() => retryStream(Object({ signal: undefined }))).not.toThrow();
      });
    });

    it('has no listener after unsubscribe', () => {
      const { signal } = new AbortController();
      const failing = asked(broken([], new ConnectionError()), signal);
      const subscription = failing.pipe(retryStream(long)).subscribe({ error: () => undefined });
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
      subscription.unsubscribe();
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    });
  });

  describe('nested', () => {
    it('increases attempt numbers over both, so that attempts = resets + 1', () => {
      let requests = 0;
      const source = defer(() => (++requests === 7 ? of(start(), text('a'), finish()) : broken([start(), text('x')])));
      const inner = retryStream({ maxRetries: 2 });
      const outcome = outcomeOf(source.pipe(inner, retryStream({ shouldRetry: () => true })));
      expect(requests).toBe(7);
      expect(resetsOf(outcome).map(({ attempt }) => attempt)).toEqual([2, 3, 4, 5, 6, 7]);
      expect(textOf(outcome)).toBe('a');
    });

    it('does not count content that a reset of the inner one voided', () => {
      const source = inTurn(broken([start(), text('x')]), broken([start()], rateLimit(40_000)), of(start(), text('a'), finish()));
      const outer = retryStream({ onPartial: 'fail', maxDelayMs: 60_000 });
      const outcome = outcomeOf(source.pipe(retryStream(), outer));
      expect(textOf(outcome)).toBe('a');
      expect(resetsOf(outcome)).toHaveLength(2);
    });
  });

  describe('however often it fails', () => {
    const anyAttempt = fc.array(
      fc.oneof(
        anyText.map((value) => text(value)),
        fc.constant(ping()),
      ),
      { maxLength: 5 },
    );

    it('sends one request more than there were errors, and repeats no text', () => {
      fc.assert(
        fc.property(fc.array(anyAttempt, { maxLength: 6 }), anyText, anyChunking, (failing, whole, sizes) => {
          const good = cut(whole, sizes).map((piece) => text(piece));
          let subscriptions = 0;
          const source = defer(() => {
            const events = failing[subscriptions++];
            return events ? broken([start(), ...events]) : of(start(), ...good, finish());
          });
          const outcome = outcomeOf(source.pipe(retryStream({ maxRetries: 6 })));
          expect(subscriptions).toBe(failing.length + 1);
          expect(resetsOf(outcome)).toHaveLength(failing.length);
          expect(outcome.events.filter(({ type }) => type === 'finish')).toHaveLength(1);
          expect(textOf(outcome)).toBe(whole);
        }),
        { numRuns: 1_000 },
      );
    });
  });

  describe('onPartial: continueWith', () => {
    const continuing = (...rests: readonly Observable<DeltaEvent>[]): RetryStreamOptions => ({
      ...short,
      onPartial: { continueWith: () => inTurn(...rests) },
    });

    it(
      'keeps the text and emits the rest after it',
      marbles(({ stream, expectStream, expectSubscriptions }) => {
        const source = stream('s-a-b-#', {}, fault);
        const rest = stream('         s-c-f|');
        const values = { R: resetAfter(fault, { step: 1 }) };
        expectStream(source.pipe(retryStream(continuing(rest)))).toBe('s-a-b-R--s-c-f|', values);
        expectSubscriptions(source.subscriptions).toBe('^-----!');
        expectSubscriptions(rest.subscriptions).toBe('---------^----!');
      }),
    );

    it('is called with the partial message', () => {
      const partials: PartialMessage[] = [];
      const rests = [broken([start(), text('lo wor')]), of(start(), text('ld'), finish())];
      const continueWith = (partial: PartialMessage): Observable<DeltaEvent> => {
        partials.push(partial);
        return rests.shift() ?? NEVER;
      };
      const outcome = outcomeOf(broken([start(), text('Hel')]).pipe(retryStream({ onPartial: { continueWith } })));
      expect(partials.map((partial) => partial.text)).toEqual(['Hel', 'Hello wor']);
      expect(textOf(outcome)).toBe('Hello world');
      expect(resetsOf(outcome).map(({ attempt, step: from }) => [attempt, from])).toEqual([
        [2, 1],
        [3, 1],
      ]);
    });

    it('repeats the request unchanged if no content was emitted', () => {
      const source = inTurn(broken([start()]), of(start(), text('a'), finish()));
      const outcome = outcomeOf(source.pipe(retryStream(continuing(NEVER))));
      expect(textOf(outcome)).toBe('a');
      expect(resetsOf(outcome)).toMatchObject([{ step: 0 }]);
    });

    it('repeats the request unchanged if a tool call broke off', () => {
      const call = [toolCallStart('call-1', 'weather', { block: 1 }), toolCallDelta('call-1', '{"ci', { block: 1 })];
      const source = inTurn(broken([start(), text('Let me see'), ...call]), of(start(), text('a'), finish()));
      const outcome = outcomeOf(source.pipe(retryStream(continuing(NEVER))));
      expect(resetsOf(outcome)).toMatchObject([{ step: 0 }]);
      expect(messageOf(outcome)).toMatchObject({ text: 'a', toolCalls: [] });
    });

    it('errors with the whole partial message in the end', () => {
      const rest = broken([start(), text('lo')]);
      const { error } = outcomeOf(broken([start(), text('Hel')]).pipe(retryStream({ ...continuing(rest), maxRetries: 1 })));
      expect(error).toMatchObject({ kind: 'retry-exhausted', partial: { text: 'Hello' } });
    });

    describe('drops an overlap', () => {
      const joined = (before: string, after: readonly string[]): string =>
        textOf(
          outcomeOf(
            broken([start(), text(before)]).pipe(
              retryStream(continuing(of(start(), ...after.map((piece) => text(piece)), finish()))),
            ),
          ),
        );

      it('of the end of the text', () => {
        expect(joined('Hello wor', ['world!'])).toBe('Hello world!');
        expect(joined('The quick brown fox', ['quick bro', 'wn fox jumps'])).toBe('The quick brown fox jumps');
      });

      it('of all the text', () => {
        expect(joined('Hello wor', ['Hel', 'lo', ' world!'])).toBe('Hello world!');
        expect(joined('a', ['ab'])).toBe('ab');
      });

      it('that is all of the rest', () => {
        expect(joined('Hello world. Hello', ['Hello'])).toBe('Hello world. Hello');
      });

      it('but not one that may be coincidence', () => {
        expect(joined('hel', ['lo'])).toBe('hello');
        expect(joined('Hello ', ['world'])).toBe('Hello world');
      });

      it('but not if the rest is exact', () => {
        const onPartial = { continueWith: () => of(start(), text('0,0,1'), finish()), exact: true };
        expect(textOf(outcomeOf(broken([start(), text('0,0,')]).pipe(retryStream({ onPartial }))))).toBe('0,0,0,0,1');
      });

      it(
        'and holds text back only while it may be one',
        marbles(({ stream, expectStream }) => {
          const values = {
            s: start(),
            a: text('one two three'),
            b: text('two'),
            c: text(' th'),
            d: text('ings'),
            R: resetAfter(fault, { step: 1 }),
          };
          const rest = stream('s-b-c-d----f|', values);
          const source = stream('(sa)-#', values, fault);
          expectStream(source.pipe(retryStream(continuing(rest)))).toBe('(sa)-R--s-----(bcd)f|', values);
        }),
      );

      it('and one that broke off itself', () => {
        const rests = [broken([start(), text('Hello')]), of(start(), text('wor'), text('ld'), finish())];
        const onPartial = { continueWith: () => rests.shift() ?? NEVER };
        const outcome = outcomeOf(broken([start(), text('Hello wor')]).pipe(retryStream({ onPartial })));
        expect(textOf(outcome)).toBe('Hello world');
      });

      it('and keeps the order of the events that belong to the text', () => {
        const rest = of(start(), text('wor'), logprobs('wor'), text('ld'), logprobs('ld'), finish());
        const { events } = outcomeOf(broken([start(), text('Hello wor')]).pipe(retryStream(continuing(rest))));
        expect(events.slice(3).map(({ type }) => type)).toEqual(['start', 'logprobs', 'text-delta', 'logprobs', 'finish']);
      });

      it('whatever the text, its break and the length of the overlap', () => {
        // Distinct characters, so that no longer overlap exists than the intended one.
        const anyDistinct = fc
          .uniqueArray(fc.integer({ min: 0x4e00, max: 0x9fff }), { maxLength: 60 })
          .map((units) => String.fromCharCode(...units));
        fc.assert(
          fc.property(anyDistinct, fc.nat(), fc.nat(), anyChunking, (whole, at, back, sizes) => {
            const brokenOff = at % (whole.length + 1);
            const repeated = back % (brokenOff + 1);
            fc.pre(brokenOff > 0 && (repeated === 0 || repeated >= 3 || repeated === brokenOff));
            expect(joined(whole.slice(0, brokenOff), cut(whole.slice(brokenOff - repeated), sizes))).toBe(whole);
          }),
          { numRuns: 1_000 },
        );
      });

      it('and never anything else', () => {
        fc.assert(
          fc.property(anyText, anyText, anyChunking, (before, after, sizes) => {
            fc.pre(before !== '');
            let length = Math.min(before.length, after.length);
            while (length > 0 && !before.endsWith(after.slice(0, length))) length--;
            const dropped = length >= Math.min(3, before.length) ? length : 0;
            expect(joined(before, cut(after, sizes))).toBe(before + after.slice(dropped));
          }),
          { numRuns: 1_000 },
        );
      });
    });

    describe('keeps blocks and calls apart', () => {
      const call = (callId: string, block: number): DeltaEvent[] => [
        toolCallStart(callId, 'weather', { block }),
        toolCallEnd(callId, 'weather', '{}', { block }),
      ];

      it('numbers blocks on, and extends the open text with the first text', () => {
        const source = broken([start(), reasoning('Hm'), text('Hel', { block: 1 })]);
        const rest = of(start(), reasoning('So'), text('lo', { block: 1 }), ...call('call-1', 2), finish());
        const outcome = outcomeOf(source.pipe(retryStream(continuing(rest))));
        const blocks = outcome.events.flatMap((event) => ('block' in event ? [[event.type, event.block]] : []));
        expect(blocks).toEqual([
          ['reasoning-delta', 0],
          ['text-delta', 1],
          ['reasoning-delta', 2],
          ['text-delta', 1],
          ['tool-call-start', 3],
          ['tool-call-end', 3],
        ]);
        expect(messageOf(outcome).parts.map(({ type }) => type)).toEqual(['reasoning', 'text', 'reasoning', 'tool-call']);
      });

      it('omits the native form of a block that was extended', () => {
        const rest = of(
          start(),
          text('lo'),
          blockEnd({ text: 'lo' }),
          text('!', { block: 1 }),
          blockEnd({ text: '!' }, { block: 1 }),
          finish(),
        );
        const outcome = outcomeOf(broken([start(), text('Hel')]).pipe(retryStream(continuing(rest))));
        expect(messageOf(outcome).parts).toEqual([
          { type: 'text', text: 'Hello', phase: 'answer', step: 0, native: undefined, nativeFormat: undefined },
          { type: 'text', text: '!', phase: 'answer', step: 0, native: { text: '!' }, nativeFormat: undefined },
        ]);
      });

      it('starts a new block after text that has ended, and after text of another phase', () => {
        const ended = broken([start(), text('Hello.'), blockEnd({ text: 'Hello.' })]);
        const rest = of(start(), text(' Bye.'), finish());
        expect(messageOf(outcomeOf(ended.pipe(retryStream(continuing(rest))))).parts).toHaveLength(2);
        const commentary = broken([start(), text('Looking', { phase: 'commentary' })]);
        expect(messageOf(outcomeOf(commentary.pipe(retryStream(continuing(rest))))).parts).toMatchObject([
          { phase: 'commentary', text: 'Looking' },
          { phase: 'answer', text: ' Bye.' },
        ]);
      });

      it('renames a callId in use', () => {
        const source = broken([start(), ...call('call-0', 0), ...call('call-0-2', 1)]);
        const rest = of(start(), ...call('call-0', 0), ...call('call-1', 1), finish());
        const outcome = outcomeOf(source.pipe(retryStream(continuing(rest))));
        expect(messageOf(outcome).toolCalls.map(({ callId }) => callId)).toEqual(['call-0', 'call-0-2', 'call-0-3', 'call-1']);
      });
    });

    describe('when the rest has a retryStream of its own', () => {
      it('keeps the text before it, if the rest had no content', () => {
        const rest = inTurn(broken([start()]), of(start(), text('lo'), finish())).pipe(retryStream());
        const outcome = outcomeOf(broken([start(), text('Hel')]).pipe(retryStream(continuing(rest))));
        expect(textOf(outcome)).toBe('Hello');
        expect(resetsOf(outcome).map(({ attempt, step: from }) => [attempt, from])).toEqual([
          [2, 1],
          [3, 1],
        ]);
      });

      it('is called again with the whole partial message, otherwise', () => {
        const partials: string[] = [];
        const rests = [inTurn(broken([start(), text('lo ')]), NEVER).pipe(retryStream()), of(start(), text('world'), finish())];
        const continueWith = ({ text: said }: PartialMessage): Observable<DeltaEvent> => {
          partials.push(said);
          return rests.shift() ?? NEVER;
        };
        const outcome = outcomeOf(broken([start(), text('Hel')]).pipe(retryStream({ onPartial: { continueWith } })));
        expect(partials).toEqual(['Hel', 'Hello ']);
        expect(textOf(outcome)).toBe('Hello world');
        expect(resetsOf(outcome).map(({ error }) => error.kind)).toEqual(['connection', 'connection']);
      });
    });

    it('numbers steps on', () => {
      const source = broken([start(), text('a'), step(1), text('b', { block: 1 })]);
      const rest = of(start(), text('c'), step(1), text('d', { block: 1 }), finish());
      const outcome = outcomeOf(source.pipe(retryStream(continuing(rest))));
      expect(resetsOf(outcome)).toMatchObject([{ step: 2 }]);
      expect(outcome.events.flatMap((event) => (event.type === 'step' ? [event.step] : []))).toEqual([1, 2]);
      expect(textOf(outcome)).toBe('abcd');
    });
  });

  it('rejects unknown options and values out of range', () => {
    expect(() => retryStream({ maxRetry: 3 } as object)).toThrow('did you mean "maxRetries"?');
    expect(() => retryStream({ maxRetries: -1 })).toThrow(RangeError);
    expect(() => retryStream({ maxRetries: 1.5 })).toThrow(RangeError);
    expect(() => retryStream({ maxTotalMs: 0 })).toThrow(RangeError);
    expect(() => retryStream({ jitter: 2 })).toThrow(RangeError);
    expect(() => retryStream({ shouldRetry: true as never })).toThrow(TypeError);
    expect(() => retryStream({ onPartial: 'restart' as never })).toThrow(TypeError);
    expect(() => retryStream({ onPartial: {} as never })).toThrow(TypeError);
    expect(() => retryStream({ onPartial: null as never })).toThrow(TypeError);
    expect(() => retryStream(3 as never)).toThrow(TypeError);
  });
});
