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
import { type ContinueWith, checkContinueWith, createContinuation } from '../attempts/continuation.js';
import { checkRetryPolicy, createRetryPolicy, type RetryPolicyOptions, retryPolicyOptionNames } from '../attempts/retryPolicy.js';
import type { DeltaEvent } from '../events.js';
import { abortOf, carrySignal, checkSignal, signalOf } from '../kernel/callerAbort.js';
import { checkOneOf, checkOptions } from '../kernel/options.js';

export type { ContinueWith } from '../attempts/continuation.js';
export type { RetryContext } from '../attempts/retryPolicy.js';

export interface RetryStreamOptions extends RetryPolicyOptions {
  /**
   * After content was delivered: take it back and repeat (`'reset'`), pass the error on (`'fail'`), or keep it and go on from there.
   * @defaultValue 'reset'
   */
  readonly onPartial?: 'reset' | 'fail' | ContinueWith;
  /**
   * Ends a wait between two attempts when it aborts.
   * @defaultValue the `signal` that the source was given
   */
  readonly signal?: AbortSignal;
}

/**
 * Repeats the request when it fails for a passing reason.
 *
 *     source          s-a-#
 *     source again           s-b-f|
 *     initialDelayMs = 3
 *     result          s-a-R--s-b-f|     R: reset
 *
 * Each repeat emits one `reset` before its wait begins, so requests = resets + 1. A provider's Retry-After is never undercut; one longer
 * than `maxDelayMs` passes the error on at once. A later `usage` includes what the failed attempts used. After `finish` nothing is repeated.
 *
 * With `continueWith` the `reset` names a step that has not begun, so it takes nothing back, and the continuation's deltas follow the text so
 * far. What they repeat of its last 4,096 characters is dropped, from 3 characters on; while more may be a repetition, it is held. A tool call
 * that broke off in its arguments cannot be continued: then the request is repeated as with `'reset'`.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError for a number out of range.
 * Emits error: {@link RetryExhaustedError} when the last repeat fails too; an error that is not repeated is passed on, the very object.
 * {@link StreamAbortedError}, at once, when the `signal` of the source that failed aborts in a wait. On unsubscribe: aborts the request, or
 * clears the wait.
 * @example events$.pipe(retryStream({ maxRetries: 5, onPartial: 'fail' }))
 */
export function retryStream(options: RetryStreamOptions = {}): MonoTypeOperatorFunction<DeltaEvent> {
  checkOptions('retryStream', options, [...retryPolicyOptionNames, 'onPartial', 'signal']);
  checkRetryPolicy(options);
  const { onPartial, signal } = options;
  if (typeof onPartial === 'object') checkContinueWith(onPartial);
  else checkOneOf('onPartial', onPartial, ['reset', 'fail']);
  checkSignal('signal', signal);
  return (source) => {
    const result = defer(() => {
      const attempts = createAttempts();
      const continuation = typeof onPartial === 'object' ? createContinuation(onPartial, attempts) : undefined;
      const delayAfter = createRetryPolicy(options, attempts);
      let next = source;
      let repeating: { readonly delayMs: number; readonly continues: boolean } | undefined;

      function recover(error: unknown): DeltaEvent {
        if (onPartial === 'fail' && attempts.delivered) throw error;
        const delayMs = delayAfter(error);
        const continues = continuation?.possible() ?? false;
        repeating = { delayMs, continues };
        return attempts.repeat({ step: continues ? attempts.step + 1 : 0, cause: 'retry', delayMs }, error);
      }

      function take(event: DeltaEvent): DeltaEvent {
        const leaving = attempts.take(event);
        continuation?.note(leaving);
        return leaving;
      }

      function begin(): void {
        next = repeating?.continues && continuation ? continuation.begin() : source;
        repeating = undefined;
      }

      function wait(): Observable<unknown> {
        if (!repeating) return EMPTY;
        const timer$ = timer(repeating.delayMs).pipe(tap(begin));
        const caller = signal ?? signalOf(next) ?? signalOf(source);
        return caller ? merge(timer$, abortOf(caller, attempts.partial)) : timer$;
      }

      return defer(() => next).pipe(
        catchError((error: unknown) => of(recover(error))),
        map(take),
        repeat({ delay: wait }),
      );
    });
    return carrySignal(source, result);
  };
}
