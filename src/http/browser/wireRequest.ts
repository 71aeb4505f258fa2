import { ProtocolError } from '../../errors.js';
import { randomId } from '../../kernel/randomId.js';

/** What a request is sent with. */
export interface WireRequestOptions {
  /** Aborts the request when the stream is unsubscribed. */
  readonly signal: AbortSignal;
  /** The id of the last frame that was read; `undefined` for the first request. */
  readonly lastEventId: string | undefined;
}

/** The address of a server, a request, or a function that sends one. */
export type WireRequest = string | URL | Request | ((options: WireRequestOptions) => Promise<Response>);

/** @throws TypeError if it is none. */
export function checkRequest(request: unknown): void {
  const { url, href } = Object(request) as { readonly url?: unknown; readonly href?: unknown };
  if (typeof request === 'string' || typeof request === 'function' || typeof (url ?? href) === 'string') return;
  throw new TypeError('fromWire: request must be a URL, a Request or a function');
}

/**
 * Makes one function of every kind of request. A URL or a Request is sent unchanged each time, with what the server needs to find the stream
 * again: one random id for all of them, and the id of the last frame.
 */
export function sendWith(request: WireRequest, resumes: boolean): (options: WireRequestOptions) => Promise<Response> {
  if (typeof request === 'function') return request;
  const own = typeof request === 'object' && 'headers' in request ? request : undefined;
  const runId = resumes ? randomId() : undefined;
  return ({ signal, lastEventId }) => {
    const headers = new Headers(own?.headers);
    if (!headers.has('accept')) headers.set('accept', 'text/event-stream');
    if (runId !== undefined && !headers.has('x-run-id')) headers.set('x-run-id', runId);
    if (lastEventId !== undefined) headers.set('last-event-id', lastEventId);
    return fetch(own?.clone() ?? request, { headers, signal });
  };
}

/** @throws ProtocolError for what a function gave that is no response. */
export function checkResponse(response: unknown): void {
  const { status, headers } = Object(response) as Partial<Response>;
  if (typeof status === 'number' && typeof headers?.get === 'function') return;
  throw new ProtocolError('The request function gave no Response: return that of fetch');
}
