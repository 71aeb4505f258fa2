import { checkCount, checkOptions } from '../../kernel/options.js';
import { mapBody } from '../fakes/responseBody.js';
import { createFault, type Fault } from './fault.js';
import { endAfter, inBytes, inEvents } from './units.js';

export interface FailWithOptions {
  /** How many events, or on a fetch bytes of the body, come before the error. @defaultValue none: on a fetch, the request itself fails */
  readonly after?: number;
}

/**
 * Ends a stream with an error.
 *
 *     source                     s-a-b-c-f|
 *     failWith(e, { after: 3 })  s-a-(b#)
 *
 * A stream that is over before, ends as it does.
 *
 * @param error What to fail with, the very object; a connection that breaks off gives the `fetch` of Node a `TypeError`.
 * @returns A {@link Fault}: an operator on events, and a wrapper of `fetch`.
 * @throws TypeError or RangeError at call time for bad options.
 * Emits error: `error`. On unsubscribe: unsubscribes the source.
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
