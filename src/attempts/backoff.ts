import { longestTimerMs } from '../kernel/alarm.js';
import { checkEach, checkFunction, checkNotNegative, checkPositive, type OptionChecks } from '../kernel/options.js';

export interface BackoffOptions {
  /** The delay before the first retry, in milliseconds. @defaultValue 1,000 */
  readonly initialDelayMs?: number;
  /** The factor by which each further delay is longer. @defaultValue 2 */
  readonly factor?: number;
  /** The longest delay, in milliseconds; if the provider asks for a longer one, the error is passed on. @defaultValue 30,000 */
  readonly maxDelayMs?: number;
  /** The part of each delay that is random, from 0 to 1, so that many clients do not retry at the same time. @defaultValue 0.5 */
  readonly jitter?: number;
  /** Returns a random number from 0 to 1. @defaultValue Math.random */
  readonly random?: () => number;
}

export const backoffChecks: OptionChecks<BackoffOptions> = {
  initialDelayMs: checkNotNegative,
  factor: checkPositive,
  maxDelayMs: checkNotNegative,
  jitter: checkJitter,
  random: checkFunction,
};

/** The most that jitter adds to a delay that the provider asks for, in milliseconds. It never shortens it. */
const retryAfterSpreadMs = 250;

export function checkBackoff(options: BackoffOptions): void {
  checkEach('backoff', options, backoffChecks);
}

function checkJitter(name: string, value: number | undefined): void {
  checkNotNegative(name, value);
  if (value !== undefined && value > 1) throw new RangeError(`${name} must be <= 1, got ${value}`);
}

/**
 * Returns the delay before a retry, in milliseconds; `undefined` if the provider asks for more than `maxDelayMs`.
 *
 * @param retry The number of retries before this one.
 * @param retryAfterMs The delay that the provider asks for.
 */
export function backoffMs(options: BackoffOptions, retry: number, retryAfterMs?: number): number | undefined {
  const { initialDelayMs = 1_000, factor = 2, maxDelayMs = 30_000, jitter = 0.5, random = Math.random } = options;
  const longestMs = Math.min(maxDelayMs, longestTimerMs);
  if (retryAfterMs === undefined) {
    // An infinite power times an initial delay of 0 would be NaN.
    const growth = Math.min(factor ** retry, Number.MAX_VALUE);
    return Math.min(initialDelayMs * growth, longestMs) * (1 - jitter * random());
  }
  return retryAfterMs > longestMs ? undefined : Math.min(retryAfterMs + retryAfterSpreadMs * jitter * random(), longestMs);
}
