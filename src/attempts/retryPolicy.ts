import { asyncScheduler } from 'rxjs';
import { isStreamError } from '../errors.js';
import type { PartialMessage } from '../events.js';
import { checkCount, checkFunction, checkPositive } from '../kernel/options.js';
import type { Attempts } from './attempts.js';
import { type BackoffOptions, backoffMs, backoffOptionNames, checkBackoff } from './backoff.js';
import { exhausted } from './exhausted.js';
import { ranTool } from './ranTool.js';

/** What `shouldRetry` judges by. */
export interface RetryContext {
  readonly error: unknown;
  /** The number of the attempt that failed; the first is 1. */
  readonly attempt: number;
  /** How many repeats this operator has made. */
  readonly retries: number;
  /** Whether content was delivered that still stands. */
  readonly delivered: boolean;
  /** What the stream has said. */
  readonly partial: PartialMessage;
}

export interface RetryPolicyOptions extends BackoffOptions {
  /** The most repeats; 0 passes every error on. @defaultValue 3 */
  readonly maxRetries?: number;
  /** No attempt starts later than this after subscribe, in milliseconds. @defaultValue no limit */
  readonly maxTotalMs?: number;
  /** Whether an error is worth a repeat. @defaultValue `error.retryable`, and no tool of the provider has begun to run */
  readonly shouldRetry?: (context: RetryContext) => boolean;
}

/** The names of {@link RetryPolicyOptions}, for `checkOptions`. */
export const retryPolicyOptionNames: readonly string[] = [...backoffOptionNames, 'maxRetries', 'maxTotalMs', 'shouldRetry'];

export function checkRetryPolicy(options: RetryPolicyOptions): void {
  checkBackoff(options);
  checkCount('maxRetries', options.maxRetries);
  checkPositive('maxTotalMs', options.maxTotalMs);
  checkFunction('shouldRetry', options.shouldRetry);
}

/** Gives the wait before the next attempt, or throws what leaves instead. */
export function createRetryPolicy(options: RetryPolicyOptions, attempts: Attempts): (error: unknown) => number {
  const { maxRetries = 3, maxTotalMs = Infinity, shouldRetry = isPassing } = options;
  const latestStart = asyncScheduler.now() + maxTotalMs;
  const errors: unknown[] = [];
  let retries = 0;

  function mayRepeat(error: unknown): boolean {
    const { number: attempt, delivered, finished } = attempts;
    if (maxRetries === 0 || finished) return false;
    return shouldRetry({
      error,
      attempt,
      retries,
      delivered,
      get partial() {
        return attempts.partial();
      },
    });
  }

  return (error) => {
    if (!mayRepeat(error)) throw error;
    // Without a limit nobody will ask for them.
    if (maxRetries !== Infinity) errors.push(error);
    if (retries === maxRetries) throw exhausted(errors, attempts.partial);
    const delayMs = backoffMs(options, retries, isStreamError(error) ? error.retryAfterMs : undefined);
    if (delayMs === undefined || asyncScheduler.now() + delayMs > latestStart) throw error;
    retries++;
    return delayMs;
  };
}

function isPassing({ error, partial }: RetryContext): boolean {
  return isStreamError(error) && error.retryable && !ranTool(partial);
}
