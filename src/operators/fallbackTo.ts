import { catchError, concat, defer, isObservable, type MonoTypeOperatorFunction, map, type Observable, of } from 'rxjs';
import { createAttempts } from '../attempts/attempts.js';
import { type ContinueWith, checkContinueWith, createContinuation } from '../attempts/continuation.js';
import { exhausted } from '../attempts/exhausted.js';
import { ranTool } from '../attempts/ranTool.js';
import { isStreamError } from '../errors.js';
import type { DeltaEvent, PartialMessage } from '../events.js';
import { carrySignal } from '../kernel/callerAbort.js';
import { checkFunction, checkOneOf, checkOptions } from '../kernel/options.js';

/** What `shouldFallback` judges by. */
export interface FallbackContext {
  readonly error: unknown;
  /** The number of the attempt that failed; the first is 1, and repeats within a provider count too. */
  readonly attempt: number;
  /** How many providers failed before this one. */
  readonly fallbacks: number;
  /** Whether content was delivered that still stands. */
  readonly delivered: boolean;
  /** What the stream has said. */
  readonly partial: PartialMessage;
}

export interface FallbackToOptions {
  /**
   * After content was delivered: take it back and ask the next provider (`'reset'`), pass the error on (`'fail'`), or keep it and go on from
   * there: then the stream that `continueWith` makes takes the turn of the next provider.
   * @defaultValue 'reset'
   */
  readonly onPartial?: 'reset' | 'fail' | ContinueWith;
  /**
   * Whether the next provider is worth a try.
   * @defaultValue true, unless the caller's own signal aborted the request, or a tool of the provider has begun to run
   */
  readonly shouldFallback?: (context: FallbackContext) => boolean;
}

/**
 * Asks the next provider when one fails, for whatever reason: a wrong key or an empty quota of one is no fault of another.
 *
 *     source   s-a-#
 *     other        -s-b-f|
 *     result   s-a-Rs-b-f|     R: reset, cause 'fallback'
 *
 * Each fallback emits one `reset` before the next provider is asked, at once; with the resets of a `retryStream` in each provider's own pipe,
 * requests = resets + 1, and their attempt numbers are counted on. A later `usage` includes what the failed providers used. After `finish`
 * there is no fallback. Two of these operators in a row may have different conditions.
 *
 * @param others The other providers' streams, in order, cold; options may follow as the last argument. Without others, errors are passed on.
 * @throws TypeError at call time for an other that is no Observable, an unknown option or a wrong type.
 * Emits error: {@link RetryExhaustedError}, with the error of each provider, when the last one fails too; an error that is not worth a
 * fallback is passed on, the very object. On unsubscribe: aborts the request.
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
      const continuation = typeof onPartial === 'object' ? createContinuation(onPartial, attempts) : undefined;
      const errors: unknown[] = [];

      function mayFallBack(error: unknown): boolean {
        const { number: attempt, delivered, finished } = attempts;
        if (providers.length === 0 || finished || (onPartial === 'fail' && delivered)) return false;
        return shouldFallback({
          error,
          attempt,
          fallbacks: errors.length,
          delivered,
          get partial() {
            return attempts.partial();
          },
        });
      }

      function fallBack(error: unknown): Observable<DeltaEvent> {
        if (!mayFallBack(error)) throw error;
        const provider$ = providers[errors.length];
        errors.push(error);
        if (!provider$) throw exhausted(errors, attempts.partial);
        const rest = continuation?.possible() ? continuation : undefined;
        const reset = attempts.repeat({ step: rest ? attempts.step + 1 : 0, cause: 'fallback', delayMs: 0 }, error);
        const next$ = defer(() => rest?.begin() ?? provider$).pipe(catchError(fallBack));
        return concat(of(reset), next$);
      }

      function take(event: DeltaEvent): DeltaEvent {
        const leaving = attempts.take(event);
        continuation?.note(leaving);
        return leaving;
      }

      return source.pipe(catchError(fallBack), map(take));
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
  const options = isPlain(last) ? (last as FallbackToOptions) : {};
  checkOptions('fallbackTo', options, ['onPartial', 'shouldFallback']);
  const { onPartial, shouldFallback } = options;
  if (typeof onPartial === 'object') checkContinueWith(onPartial);
  else checkOneOf('onPartial', onPartial, ['reset', 'fail']);
  checkFunction('shouldFallback', shouldFallback);
  const providers = options === last ? all.slice(0, -1) : all;
  return { providers: providers.map(checkProvider), options };
}

/** Else a promise, say, would pass for options without any. */
function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

function checkProvider(other: unknown): Observable<DeltaEvent> {
  if (!isObservable(other)) throw new TypeError('fallbackTo: each other must be an Observable');
  return other as Observable<DeltaEvent>;
}

/** Whose signal aborted the request wants no answer. */
function isWorthwhile({ error, partial }: FallbackContext): boolean {
  return !isStreamError(error, 'aborted') && !ranTool(partial);
}
