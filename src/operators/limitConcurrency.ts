import { concatMap, defer, type MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import { checkHandle } from '../handles/checkHandle.js';
import type { ConcurrencyLimiter } from '../handles/createConcurrencyLimiter.js';
import { carrySignal } from '../kernel/callerAbort.js';
import { operate } from '../kernel/operate.js';

/**
 * Limits how many streams run at once: the request is sent as soon as a slot of the limiter is free.
 *
 *     maxConcurrent = 1
 *     source            s-a-f|
 *     another source    s-b-f|
 *     result            s-a-f|
 *     another result    -----s-b-f|      subscribed when the first has ended
 *
 * Streams that share a limiter wait in the order in which they were subscribed. The slot is released when the stream completes, errors or
 * is unsubscribed: after its request has ended, and before the notification is emitted. Place it before `retryStream`, so that no slot is
 * held during the delay of a retry, and after `rateLimit`, because a granted turn that then waits for a slot would exceed the rate. Time
 * limits downstream of it include the wait.
 *
 * @param limiter Made by {@link createConcurrencyLimiter}, once, for all streams that share it.
 * @throws TypeError at call time if `limiter` is not a limiter.
 * @emitsError {@link LimitError} of `maxQueue`, retryable, if too many streams wait.
 * @unsubscribe Removes the stream from the queue, or aborts its request and releases the slot.
 * @reset Forwards it; the slot stays taken.
 * @cost Holds a slot, or a place in the queue; no timer.
 * @example events$.pipe(limitConcurrency(limiter))
 */
export function limitConcurrency<E extends DeltaEvent>(limiter: ConcurrencyLimiter): MonoTypeOperatorFunction<E> {
  checkHandle('limitConcurrency: limiter', limiter, 'createConcurrencyLimiter', ['request']);
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
