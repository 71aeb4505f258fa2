import type { Observable } from 'rxjs';
import { checkCount, checkOptions, checkPositiveCount } from '../kernel/options.js';
import { createAdmissionQueue } from '../limits/admissionQueue.js';

export interface ConcurrencyLimiterOptions {
  /** How many streams may run at once. */
  readonly maxConcurrent: number;
  /** How many streams may wait; one more errors with a {@link LimitError}. @defaultValue no limit */
  readonly maxQueue?: number;
}

/** A place among the streams that run. */
export interface ConcurrencySlot {
  /** Emits and completes as soon as the slot is granted. Unsubscribing before that removes the stream from the queue. */
  readonly granted$: Observable<void>;
  /** Frees the slot. The next waiting stream is subscribed before this returns. */
  release(): void;
}

/** Shared by streams that must not all run at once. Made by {@link createConcurrencyLimiter}. */
export interface ConcurrencyLimiter {
  /** How many streams run. */
  readonly active: number;
  /** How many streams wait. */
  readonly waiting: number;
  /** Requests a slot for one subscription. */
  request(): ConcurrencySlot;
}

/**
 * Creates the handle that {@link limitConcurrency} shares between streams: at most `maxConcurrent` run at once, the others wait in the
 * order in which they were subscribed.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError if `maxConcurrent` is not a whole number > 0 or
 * `maxQueue` not one ≥ 0.
 * @cost Holds the queue; no timer.
 * @example const limiter = createConcurrencyLimiter({ maxConcurrent: 8, maxQueue: 100 })
 */
export function createConcurrencyLimiter(options: ConcurrencyLimiterOptions): ConcurrencyLimiter {
  checkOptions('createConcurrencyLimiter', options, ['maxConcurrent', 'maxQueue']);
  const { maxConcurrent, maxQueue = Infinity } = options;
  if (maxConcurrent === undefined) throw new TypeError('createConcurrencyLimiter: give maxConcurrent');
  checkPositiveCount('maxConcurrent', maxConcurrent);
  checkCount('maxQueue', maxQueue);
  let active = 0;
  const queue = createAdmissionQueue<{ granted: boolean }>({
    maxQueue,
    admit(slot) {
      if (active >= maxConcurrent) return false;
      active++;
      slot.granted = true;
      return true;
    },
  });
  return {
    get active() {
      return active;
    },
    get waiting() {
      return queue.waiting;
    },
    request() {
      const slot = { granted: false };
      return {
        granted$: queue.request(slot),
        release() {
          if (!slot.granted) return;
          slot.granted = false;
          active--;
          queue.admitWaiting();
        },
      };
    },
  };
}
