import type { Observable } from 'rxjs';
import { checkCount, checkOptions, checkPositiveCount } from '../kernel/options.js';
import { createTurnstile } from '../limits/admissionQueue.js';

export interface ConcurrencyLimiterOptions {
  /** The most streams that run at once. */
  readonly maxConcurrent: number;
  /** The most streams that wait; one more errors with a {@link LimitError}. @defaultValue no limit */
  readonly maxQueue?: number;
}

/** A place among the streams that run. */
export interface ConcurrencySlot {
  /** Subscribe to wait for the slot: it emits and completes once the slot is yours. Unsubscribing before that gives up the wait. */
  readonly granted$: Observable<void>;
  /** Gives the slot back; the next stream begins before it returns. */
  release(): void;
}

/** What streams share that must not run all at once. Made by {@link createConcurrencyLimiter}. */
export interface ConcurrencyLimiter {
  /** How many streams run. */
  readonly active: number;
  /** How many streams wait. */
  readonly waiting: number;
  /** Asks for a slot. */
  request(): ConcurrencySlot;
}

/**
 * Makes what {@link limitConcurrency} shares: at most so many streams run at once, the others wait in the order in which they came.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError if `maxConcurrent` is not a whole number > 0 or `maxQueue`
 * not one ≥ 0.
 * @example const limiter = createConcurrencyLimiter({ maxConcurrent: 8, maxQueue: 100 })
 */
export function createConcurrencyLimiter(options: ConcurrencyLimiterOptions): ConcurrencyLimiter {
  checkOptions('createConcurrencyLimiter', options, ['maxConcurrent', 'maxQueue']);
  const { maxConcurrent, maxQueue = Infinity } = options;
  if (maxConcurrent === undefined) throw new TypeError('createConcurrencyLimiter: give maxConcurrent');
  checkPositiveCount('maxConcurrent', maxConcurrent);
  checkCount('maxQueue', maxQueue);
  let active = 0;
  const turnstile = createTurnstile<{ held: boolean }>({
    maxQueue,
    admit(slot) {
      if (active >= maxConcurrent) return false;
      active++;
      slot.held = true;
      return true;
    },
  });
  return {
    get active() {
      return active;
    },
    get waiting() {
      return turnstile.waiting;
    },
    request() {
      const slot = { held: false };
      return {
        granted$: turnstile.enter(slot),
        release() {
          if (!slot.held) return;
          slot.held = false;
          active--;
          turnstile.serve();
        },
      };
    },
  };
}
