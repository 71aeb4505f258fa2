import { mapBody } from '../fakes/responseBody.js';
import { checkGivenCount, createFault, type Fault } from './fault.js';
import { endAfter, inBytes, inEvents } from './units.js';

/**
 * Cuts a stream as if all was well: it ends in the middle, without an error.
 *
 *     source         s-a-b-c-f|
 *     cutAfter(3)    s-a-(b|)
 *
 * As an operator it ends after `count` events; on a fetch after `count` bytes of the body, where the source must tell that the answer is cut.
 *
 * @param count How many events, or bytes, still come, ≥ 0.
 * @returns A {@link Fault}: an operator on events, and a wrapper of `fetch`.
 * @throws TypeError or RangeError at call time if it is not a whole number ≥ 0.
 * Emits error: none of its own. On unsubscribe: unsubscribes the source.
 * @example new OpenAI({ fetch: cutAfter(500)(fetch) })
 */
export function cutAfter(count: number): Fault {
  checkGivenCount('cutAfter: count', count);
  return createFault(
    (fetch) =>
      mapBody(
        fetch,
        endAfter(count, inBytes, (destination) => destination.complete()),
      ),
    endAfter(count, inEvents, (destination) => destination.complete()),
  );
}
