import { concat, defer, isObservable, type MonoTypeOperatorFunction, map, type Observable, of, retry } from 'rxjs';
import { createAttempts } from '../attempts/attempts.js';
import { checkOnPartial, createContinuation, type OnPartial } from '../attempts/continuation.js';
import { type FailureContext, failureContext, retryExhaustedError } from '../attempts/failures.js';
import { toolStarted } from '../attempts/retryPolicy.js';
import { isStreamError } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import { carrySignal } from '../kernel/callerAbort.js';
import { checkEach, checkFunction } from '../kernel/options.js';

/** The argument of `shouldFallback`. */
export interface FallbackContext extends FailureContext {
  /** How many providers failed before this one. */
  readonly fallbacks: number;
}

export interface FallbackToOptions {
  /**
   * What to do after content was emitted: void it and ask the next provider (`'reset'`), pass the error on (`'fail'`), or keep it and continue
   * it: then the stream of `continueWith` takes the place of the next provider.
   * @defaultValue 'reset'
   */
  readonly onPartial?: OnPartial;
  /**
   * Whether to ask the next provider.
   * @defaultValue true, unless the caller's own signal aborted the request, a tool of the provider has started, or one of the caller has run
   */
  readonly shouldFallback?: (context: FallbackContext) => boolean;
}

/**
 * Asks the next provider when one fails, whatever the error: a wrong key or an exhausted quota is a fault of one provider only.
 *
 *     source   s-a-#
 *     other        -s-b-f|
 *     result   s-a-Rs-b-f|     R: reset, cause 'fallback'
 *
 * Each fallback emits one `reset`, and the next provider is asked at once. With a `retryStream` in the pipe of each provider, attempts =
 * resets + 1, and attempt numbers grow over all of them. Later `usage` events include what the failed providers used. After `finish` there is
 * no fallback. Two of these operators in a row may have different conditions.
 *
 * @param others The streams of the other providers, in order, cold; options may follow as the last argument. Without others, errors are
 * passed on.
 * @throws TypeError at call time for an other that is no Observable, an unknown option or a wrong type.
 * @emitsError {@link RetryExhaustedError}, with the error of each provider, if the last one fails too; an error without a fallback is
 * passed on, the same object.
 * @unsubscribe Aborts the request.
 * @reset Emits one for each fallback, and forwards those of the providers with attempt numbers that continue.
 * @cost Holds the message so far and the errors of the providers that failed. One more request for each fallback.
 * @example events$.pipe(retryStream(), fallbackTo(claude$.pipe(retryStream()), local$, { onPartial: 'fail' }))
 */
export function fallbackTo(
  ...others: readonly Observable<DeltaEvent>[] | readonly [...others: Observable<DeltaEvent>[], options: FallbackToOptions]
): MonoTypeOperatorFunction<DeltaEvent> {
  const { providers, options } = checkArguments(others);
  const { onPartial, shouldFallback = isWorthwhile } = options;
  return (source) => {
    const result = defer(() => {
      const attempts = createAttempts();
      const continuation = createContinuation(onPartial, attempts);
      const errors: unknown[] = [];

      function mayFallBack(error: unknown): boolean {
        const { delivered, finished } = attempts;
        if (providers.length === 0 || finished || (onPartial === 'fail' && delivered)) return false;
        return shouldFallback(failureContext(attempts, error, { fallbacks: errors.length }));
      }

      let current$: Observable<DeltaEvent> = source;

      /** Not by `catchError`: that would add to the call stack for each provider that fails at once. */
      function fallBack(error: unknown): Observable<boolean> {
        if (!mayFallBack(error)) throw error;
        const provider$ = providers[errors.length];
        errors.push(error);
        if (!provider$) throw retryExhaustedError(errors, attempts.partial);
        const rest = continuation?.isPossible() ? continuation : undefined;
        const reset = attempts.endFailed({ step: rest ? attempts.step + 1 : 0, cause: 'fallback', delayMs: 0 }, error);
        const next$ = defer(() => rest?.continued() ?? provider$);
        current$ = concat(of(reset), next$);
        return of(true);
      }

      function restate(event: DeltaEvent): DeltaEvent {
        const restated = attempts.restate(event);
        continuation?.push(restated);
        return restated;
      }

      return defer(() => current$).pipe(retry({ delay: fallBack }), map(restate));
    });
    return carrySignal(source, result);
  };
}

interface CheckedArguments {
  readonly providers: readonly Observable<DeltaEvent>[];
  readonly options: FallbackToOptions;
}

function checkArguments(all: readonly (Observable<DeltaEvent> | FallbackToOptions)[]): CheckedArguments {
  const last = all.at(-1);
  const options = isPlainObject(last) ? (last as FallbackToOptions) : {};
  checkEach('fallbackTo', options, { onPartial: checkOnPartial, shouldFallback: checkFunction });
  const providers = options === last ? all.slice(0, -1) : all;
  return { providers: providers.map(checkProvider), options };
}

/** Options are a plain object, so that a promise, for instance, is not mistaken for options. */
function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

function checkProvider(other: unknown): Observable<DeltaEvent> {
  if (!isObservable(other)) throw new TypeError('fallbackTo: each other must be an Observable');
  return other as Observable<DeltaEvent>;
}

/** A caller who aborted does not want a second provider. */
function isWorthwhile(context: FallbackContext): boolean {
  return !isStreamError(context.error, 'aborted') && !toolStarted(context);
}
