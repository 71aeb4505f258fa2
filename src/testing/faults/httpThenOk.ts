import { defer } from 'rxjs';
import { checkCount, checkNotNegative, checkOptions } from '../../kernel/options.js';
import { httpError } from '../../providers/http/responseErrors.js';
import { createFault, type Fault } from './fault.js';

export interface HttpThenOkOptions {
  /** The wait that the error response asks for (`retry-after-ms`), in milliseconds. @defaultValue none */
  readonly retryAfterMs?: number;
  /** Number of requests that get the error status, ≥ 0. @defaultValue 1 */
  readonly times?: number;
}

/**
 * Responds to the first requests with an HTTP error status and lets the later ones pass.
 *
 *     source                               s-a-f|
 *     httpThenOk(429), first subscription  #            HttpError, kind rate-limit
 *     second subscription                  s-a-f|
 *
 * As an operator it counts the subscriptions to the piped stream, on a fetch the requests of the wrapped fetch. Apply it once, not anew for every
 * attempt.
 *
 * @param status The HTTP status, 400 to 599.
 * @returns A {@link Fault}: an operator on events, and a wrapper of `fetch`.
 * @throws TypeError or RangeError at call time for a bad status or bad options.
 * @emitsError The {@link HttpError} of that status, as a source does.
 * @unsubscribe Unsubscribes from the source.
 * @example events$.pipe(httpThenOk(429, { retryAfterMs: 2_000 }), retryStream())
 */
export function httpThenOk(status: number, options: HttpThenOkOptions = {}): Fault {
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw new RangeError(`httpThenOk: status must be from 400 to 599, got ${status}`);
  }
  checkOptions('httpThenOk', options, ['retryAfterMs', 'times']);
  const { retryAfterMs, times = 1 } = options;
  checkNotNegative('httpThenOk: retryAfterMs', retryAfterMs);
  checkCount('httpThenOk: times', times);
  return createFault(
    (fetch) => {
      let requests = 0;
      return (input, init) =>
        requests++ < times ? Promise.resolve(errorResponse(status, headersOf(retryAfterMs))) : fetch(input, init);
    },
    (events$) => {
      let subscriptions = 0;
      return defer(() => {
        if (subscriptions++ < times) throw httpError({ status, headers: headersOf(retryAfterMs), body: undefined });
        return events$;
      });
    },
  );
}

function headersOf(retryAfterMs: number | undefined): Headers {
  return new Headers(retryAfterMs === undefined ? {} : { 'retry-after-ms': String(retryAfterMs) });
}

function errorResponse(status: number, headers: Headers): Response {
  headers.set('content-type', 'application/json');
  return new Response('{}', { status, headers });
}
