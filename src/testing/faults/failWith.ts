import { checkCount, checkOptions } from '../../kernel/options.js';
import { mapBody } from '../fakes/responseBody.js';
import { createFault, type Fault } from './fault.js';
import { endAfter, inBytes, inEvents } from './units.js';

export interface FailWithOptions {
  /** Number of events, or of body bytes on a fetch, before the error, ≥ 0. @defaultValue 0 events; on a fetch the request itself fails */
  readonly after?: number;
}

/**
 * Errors in the middle of a stream.
 *
 *     source                     s-a-b-c-f|
 *     failWith(e, { after: 3 })  s-a-(b#)
 *
 * A stream that is shorter completes or errors by itself.
 *
 * @param error The error to emit, unchanged. For a broken connection use a `TypeError`, as the `fetch` of Node does.
 * @returns A {@link Fault}: an operator on events, and a wrapper of `fetch`.
 * @throws TypeError or RangeError at call time for bad options.
 * @emitsError `error`.
 * @unsubscribe Unsubscribes from the source.
 * @example events$.pipe(failWith(new ConnectionError(), { after: 3 }), retryStream())
 */
export function failWith(error: unknown, options: FailWithOptions = {}): Fault {
  checkOptions('failWith', options, ['after']);
  const { after } = options;
  checkCount('failWith: after', after);
  return createFault(
    (fetch) =>
      after === undefined
        ? () => Promise.reject(error)
        : mapBody(
            fetch,
            endAfter(after, inBytes, (destination) => destination.error(error)),
          ),
    endAfter(after ?? 0, inEvents, (destination) => destination.error(error)),
  );
}
