import { concatMap, defer, type MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import type { ConcurrencyLimiter } from '../handles/createConcurrencyLimiter.js';
import { carrySignal } from '../kernel/callerAbort.js';
import { operate } from '../kernel/operate.js';

/**
 * Lets only so many streams run at once: the request is sent when one of the limiter's slots is free.
 *
 *     maxConcurrent = 1
 *     source            s-a-f|
 *     another source    s-b-f|
 *     result            s-a-f|
 *     another result    -----s-b-f|      it waited for the end of the first
 *
 * Streams that share a limiter wait in the order in which they came. The slot is given back when the stream completes, errors or is
 * unsubscribed, as soon as its request is over and before anybody is told. Put it before `retryStream`, so that a wait between two attempts
 * holds no slot, and after `rateLimit`: a turn that has come and then waits for a slot would break the rate. A time limit that comes after it
 * runs while the stream waits.
 *
 * @param limiter Made by {@link createConcurrencyLimiter}, once, for all the streams that share it.
 * @throws TypeError at call time if it is not a limiter.
 * Emits error: {@link LimitError} of `maxQueue`, retryable, when too many wait. On unsubscribe: leaves the line, or aborts the request and gives
 * the slot back.
 * @example events$.pipe(limitConcurrency(limiter))
 */
export function limitConcurrency<E extends DeltaEvent>(limiter: ConcurrencyLimiter): MonoTypeOperatorFunction<E> {
  if (typeof Object(limiter).request !== 'function')
    throw new TypeError('limitConcurrency: give a limiter of createConcurrencyLimiter()');
  return (source) => {
    const result = defer(() => {
      const slot = limiter.request();
      return slot.granted$.pipe(
        concatMap(() => source),
        operate<E, E>((destination, upstream) => ({
          next: (event) => destination.next(event),
          settle() {
            upstream.unsubscribe();
            slot.release();
          },
        })),
      );
    });
    return carrySignal(source, result);
  };
}
