import {
  catchError,
  defer,
  EMPTY,
  type MonoTypeOperatorFunction,
  map,
  merge,
  type Observable,
  of,
  repeat,
  tap,
  timer,
} from 'rxjs';
import { createAttempts } from '../attempts/attempts.js';
import { checkOnPartial, createContinuation, type OnPartial } from '../attempts/continuation.js';
import { createRetryPolicy, type RetryPolicyOptions, retryPolicyChecks } from '../attempts/retryPolicy.js';
import type { DeltaEvent } from '../events.js';
import { abortOf, carrySignal, checkSignal, signalOf } from '../kernel/callerAbort.js';
import { checkEach } from '../kernel/options.js';

export type { ContinueWith } from '../attempts/continuation.js';
export type { RetryContext } from '../attempts/retryPolicy.js';

export interface RetryStreamOptions extends RetryPolicyOptions {
  /**
   * What to do after content was emitted: void it and retry (`'reset'`), pass the error on (`'fail'`), or keep it and continue it.
   * @defaultValue 'reset'
   */
  readonly onPartial?: OnPartial;
  /**
   * The caller's signal: ends the delay before a retry when it aborts. Needed where the signal of the source is not found, which is behind
   * RxJS functions that create an Observable, such as `defer` and `merge`.
   * @defaultValue the `signal` of the source
   */
  readonly signal?: AbortSignal;
}

/**
 * Resubscribes to the source when it errors for a transient reason.
 *
 *     source          s-a-#
 *     source again           s-b-f|
 *     initialDelayMs = 3, jitter = 0
 *     result          s-a-R--s-b-f|     R: reset
 *
 * Each retry emits one `reset` before its delay, so attempts = resets + 1. The delay is never shorter than the provider's Retry-After; if
 * that is longer than `maxDelayMs`, the error is passed on at once. Later `usage` events include what the failed attempts used. After `finish`
 * there is no retry.
 *
 * With `continueWith` the rest takes the place of a repeat:
 *
 *     source          s-a-b-#
 *     continueWith             s-c-f|
 *     initialDelayMs = 3, jitter = 0
 *     result          s-a-b-R--s-c-f|     R: reset of step 1, which has not begun; the text is 'abc'
 *
 * That `reset` voids nothing, and the deltas of the rest extend the text so far. If they repeat at least 3 of its last 4,096 characters, the
 * overlap is dropped; text is held back while it may be a part of it. A tool call that broke off in its arguments cannot be continued: then the
 * request is repeated as with `'reset'`.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError for a number out of range.
 * @emitsError {@link RetryExhaustedError} if the last retry fails too; an error without a retry is passed on, the same object.
 * {@link StreamAbortedError} as soon as the caller's `signal` aborts in a delay.
 * @unsubscribe Aborts the request, or clears the delay.
 * @reset Emits one for each repeat, and forwards those of its source with attempt numbers that continue.
 * @cost Holds the message so far and the errors of the attempts; one timer during a wait. One more request for each repeat.
 * @example events$.pipe(retryStream({ maxRetries: 5, onPartial: 'fail' }))
 */
export function retryStream(options: RetryStreamOptions = {}): MonoTypeOperatorFunction<DeltaEvent> {
  checkEach('retryStream', options, { ...retryPolicyChecks, onPartial: checkOnPartial, signal: checkSignal });
  const { onPartial, signal } = options;
  return (source) => {
    const result = defer(() => {
      const attempts = createAttempts();
      const continuation = createContinuation(onPartial, attempts);
      const delayAfter = createRetryPolicy(options, attempts);
      let current = source;
      let retry: { readonly delayMs: number; readonly continues: boolean } | undefined;

      function toReset(error: unknown): DeltaEvent {
        if (onPartial === 'fail' && attempts.delivered) throw error;
        const delayMs = delayAfter(error);
        const continues = continuation?.isPossible() ?? false;
        retry = { delayMs, continues };
        return attempts.endFailed({ step: continues ? attempts.step + 1 : 0, cause: 'retry', delayMs }, error);
      }

      function restate(event: DeltaEvent): DeltaEvent {
        const restated = attempts.restate(event);
        continuation?.push(restated);
        return restated;
      }

      function startNext(): void {
        current = retry?.continues && continuation ? continuation.continued() : source;
        retry = undefined;
      }

      function delay(): Observable<unknown> {
        if (!retry) return EMPTY;
        const timer$ = timer(retry.delayMs).pipe(tap(startNext));
        const caller = signal ?? signalOf(current) ?? signalOf(source);
        return caller ? merge(timer$, abortOf(caller, attempts.partial)) : timer$;
      }

      return defer(() => current).pipe(
        catchError((error: unknown) => of(toReset(error))),
        map(restate),
        repeat({ delay }),
      );
    });
    return carrySignal(source, result);
  };
}
