import type { Observable } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { sendRequest } from '../http/sendRequest.js';
import { readEvents } from '../readEvents.js';
import type { SourceOptions } from '../wire/wireFormat.js';
import { type ProviderFormat, toWireFormat } from './providerFormat.js';

/** Sends a request, and resolves with its response, whatever the status. */
export type SendRequest = (options: { readonly signal: AbortSignal }) => Promise<Response>;

/** What is asked: an address, a request, which is sent again for each subscription, or a function that sends one. */
export type EventStreamRequest = string | URL | Request | SendRequest;

/**
 * Streams an answer of any provider that sends server-sent events, by a format of one's own.
 *
 *     response   ------[a]-[bc]-[.]-----      [bc]: a chunk with two payloads
 *     result     ------sa--bc---(f|)          s: start, f: finish
 *
 * Cold: each subscription sends its own request. It is a source like those of the providers: it reads the body with the same pull loop, and
 * has the same errors, abort, options and fast path.
 *
 * @param request An address, a `Request`, or a function that sends one.
 * @param format How payloads become events.
 * @throws TypeError or RangeError at call time for a bad request, format or options.
 * @emitsError A {@link StreamError}: {@link HttpError}, {@link ProviderError}, {@link ConnectionError}, or {@link TruncatedError} for a stream
 * that ends before `finish` was emitted.
 * @unsubscribe Aborts the request.
 * @reset Emits none: one subscription is one request.
 * @cost Holds the unread end of a chunk, an incomplete event of at most `maxEventBytes`, and the message so far, for `error.partial`.
 * @example fromServerSentEvents(({ signal }) => fetch(url, { method: 'POST', body, headers, signal }), geminiFormat)
 */
export function fromServerSentEvents<State = undefined>(
  request: EventStreamRequest,
  format: ProviderFormat<State>,
  options: SourceOptions = {},
): Observable<DeltaEvent> {
  const source = 'fromServerSentEvents';
  const ask = toRequest(source, request);
  if (typeof format !== 'object' || format === null) throw new TypeError(`${source}: format must be an object`);
  const send = sendRequest<object, object>((_, { signal }) => ask({ signal }), {}, neverCalled);
  const templates = format.variables !== undefined && options.templates !== false;
  return readEvents(toWireFormat(format), send, { ...options, templates }, source);
}

function toRequest(source: string, request: EventStreamRequest): SendRequest {
  if (typeof request === 'string' || request instanceof URL) return ({ signal }) => fetch(request, { signal });
  if (typeof Request === 'function' && request instanceof Request) return ({ signal }) => fetch(request.clone(), { signal });
  if (typeof request === 'function') return request;
  throw new TypeError(`${source}: request must be an address, a Request or a function`);
}

function neverCalled(): never {
  throw new TypeError('The request is a function');
}
