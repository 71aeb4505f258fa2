import { asyncScheduler } from 'rxjs';
import { isStreamError } from '../errors.js';
import { checkCount, checkFunction, checkPositive, type OptionChecks } from '../kernel/options.js';
import type { Attempts } from './attempts.js';
import { type BackoffOptions, backoffChecks, backoffMs } from './backoff.js';
import { type FailureContext, failureContext, retryExhaustedError } from './failures.js';

/** The argument of `shouldRetry`. */
export interface RetryContext extends FailureContext {
  /** How many retries this operator has made. */
  readonly retries: number;
}

export interface RetryPolicyOptions extends BackoffOptions {
  /** The maximum of retries; 0 passes every error on. @defaultValue 3 */
  readonly maxRetries?: number;
  /** No attempt starts later than this after subscribe, in milliseconds. @defaultValue no limit */
  readonly maxTotalMs?: number;
  /** Whether to retry after an error. @defaultValue `error.retryable`, and no tool of the provider has started, and none of the caller has run */
  readonly shouldRetry?: (context: RetryContext) => boolean;
}

export const retryPolicyChecks: OptionChecks<RetryPolicyOptions> = {
  ...backoffChecks,
  maxRetries: checkCount,
  maxTotalMs: checkPositive,
  shouldRetry: checkFunction,
};

/** Returns a function that returns the delay before the next attempt, or throws the error to emit instead. */
export function createRetryPolicy(options: RetryPolicyOptions, attempts: Attempts): (error: unknown) => number {
  const { maxRetries = 3, maxTotalMs = Infinity, shouldRetry = isTransient } = options;
  const latestStart = asyncScheduler.now() + maxTotalMs;
  const errors: unknown[] = [];
  let retries = 0;

  function mayRetry(error: unknown): boolean {
    if (maxRetries === 0 || attempts.finished) return false;
    return shouldRetry(failureContext(attempts, error, { retries }));
  }

  return (error) => {
    if (!mayRetry(error)) throw error;
    // With `maxRetries: Infinity` no RetryExhaustedError lists them, and the list would grow for ever.
    if (maxRetries !== Infinity) errors.push(error);
    if (retries === maxRetries) throw retryExhaustedError(errors, attempts.partial);
    const delayMs = backoffMs(options, retries, isStreamError(error) ? error.retryAfterMs : undefined);
    if (delayMs === undefined || asyncScheduler.now() + delayMs > latestStart) throw error;
    retries++;
    return delayMs;
  };
}

function isTransient(context: RetryContext): boolean {
  return isStreamError(context.error) && context.error.retryable && !toolStarted(context);
}

/** Whether the provider started to run a tool, or the caller has run one. Only the caller can know whether that tool may run twice. */
export function toolStarted({ toolRan, partial }: FailureContext): boolean {
  return toolRan || partial.toolCalls.some(({ executor }) => executor === 'provider');
}
