import { longestTimerMs } from '../kernel/alarm.js';
import { checkFunction, checkNotNegative, checkPositive } from '../kernel/options.js';

export interface BackoffOptions {
  /** The wait before the first repeat, in milliseconds. @defaultValue 1,000 */
  readonly initialDelayMs?: number;
  /** How many times longer each further wait is. @defaultValue 2 */
  readonly factor?: number;
  /** The longest wait, in milliseconds; a provider that asks for more is not asked again. @defaultValue 30,000 */
  readonly maxDelayMs?: number;
  /** The part of each wait that chance may take away, from 0 to 1, so that clients do not return all at once. @defaultValue 0.5 */
  readonly jitter?: number;
  /** Where chance comes from: a number from 0 to 1. @defaultValue Math.random */
  readonly random?: () => number;
}

/** The names of {@link BackoffOptions}, for `checkOptions`. */
export const backoffOptionNames: readonly string[] = ['initialDelayMs', 'factor', 'maxDelayMs', 'jitter', 'random'];

/** What jitter may add to the wait that a provider asks for, in milliseconds: it never takes any away. */
const retryAfterSpreadMs = 250;

export function checkBackoff({ initialDelayMs, factor, maxDelayMs, jitter, random }: BackoffOptions): void {
  checkNotNegative('initialDelayMs', initialDelayMs);
  checkPositive('factor', factor);
  checkNotNegative('maxDelayMs', maxDelayMs);
  checkNotNegative('jitter', jitter);
  if (jitter !== undefined && jitter > 1) throw new RangeError(`jitter must be <= 1, got ${jitter}`);
  checkFunction('random', random);
}

/**
 * How long to wait before a repeat, in milliseconds; `undefined` when the provider asks for more than `maxDelayMs`.
 *
 * @param retry The repeats made before this one.
 * @param retryAfterMs The wait that the provider asks for.
 */
export function backoffMs(options: BackoffOptions, retry: number, retryAfterMs?: number): number | undefined {
  const { initialDelayMs = 1_000, factor = 2, maxDelayMs = 30_000, jitter = 0.5, random = Math.random } = options;
  const longestMs = Math.min(maxDelayMs, longestTimerMs);
  if (retryAfterMs === undefined) {
    // A power that overflows would make NaN of a first wait of 0.
    const growth = Math.min(factor ** retry, Number.MAX_VALUE);
    return Math.min(initialDelayMs * growth, longestMs) * (1 - jitter * random());
  }
  return retryAfterMs > longestMs ? undefined : Math.min(retryAfterMs + retryAfterSpreadMs * jitter * random(), longestMs);
}
