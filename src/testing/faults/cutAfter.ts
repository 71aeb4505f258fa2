import { mapBody } from '../fakes/responseBody.js';
import { checkRequiredCount, createFault, type Fault } from './fault.js';
import { endAfter, inBytes, inEvents } from './units.js';

/**
 * Cuts a stream without an error: it completes in the middle, as if it were whole.
 *
 *     source         s-a-b-c-f|
 *     cutAfter(3)    s-a-(b|)
 *
 * As an operator it completes after `count` events; on a fetch the body ends after `count` bytes, and the source must detect the cut.
 *
 * @param count Number of events, or of bytes on a fetch, that still arrive, ≥ 0.
 * @returns A {@link Fault}: an operator on events, and a wrapper of `fetch`.
 * @throws TypeError or RangeError at call time if `count` is not a whole number ≥ 0.
 * @emitsError None of its own.
 * @unsubscribe Unsubscribes from the source.
 * @example new OpenAI({ fetch: cutAfter(500)(fetch) })
 */
export function cutAfter(count: number): Fault {
  checkRequiredCount('cutAfter: count', count);
  return createFault(
    (fetch) =>
      mapBody(
        fetch,
        endAfter(count, inBytes, (destination) => destination.complete()),
      ),
    endAfter(count, inEvents, (destination) => destination.complete()),
  );
}
