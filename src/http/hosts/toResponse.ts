import type { Observable } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { fetchResponse } from './fetchResponse.js';
import { frameEvents } from './framing.js';
import { checkHostOptions, type HostOptions } from './hostOptions.js';

/**
 * Sends a stream as a Fetch `Response`, for Hono, Next, Bun, Deno and workers.
 *
 *     events     --ping--start--a--b--c--finish|
 *     promise              200: resolved
 *     body                 (start)--a-(b,c)--finish|     what came while the client did not read is one chunk
 *
 * Subscribes at once; the promise resolves at the first event other than `ping`, `raw` and `reset`, or after `keepAliveMs`. An error before
 * that is the status of the response, and its body is the error as JSON (`ErrorInfo`), of which `fromWire` makes one of the same class and
 * kind: 429 for `rate-limit` and 503 for `circuit-open` with Retry-After; 400, 404, 409 and 413 for what is wrong with the request; 504 for
 * `timeout`; 502 for anything else, so that a provider which does not accept this server's key logs no user out. A later error is reported by the
 * wire. Neither has words, headers or a payload of the provider.
 *
 * The body is pulled: with `demand`, the handle that the source was given too, a client that reads slowly holds the provider back. Without it,
 * at most `maxBufferedBytes` are held. A client that leaves unsubscribes the stream, which aborts the provider's request. After a silence of `keepAliveMs` a comment is sent.
 *
 * @returns A promise that never rejects.
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError for a number out of range.
 * @example
 * app.post('/api/answer', (c) => {
 *   const demand = createDemand();
 *   const events$ = fromChatCompletions(client, params, { demand });
 *   return toResponse(events$, { wire: sse(), demand, signal: c.req.raw.signal });
 * });
 */
export function toResponse(events$: Observable<DeltaEvent>, options: HostOptions): Promise<Response> {
  checkHostOptions('toResponse', options);
  return fetchResponse(events$, frameEvents(options.wire), options);
}
