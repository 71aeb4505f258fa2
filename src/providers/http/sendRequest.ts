import { isStreamError, type StreamError } from '../../errors.js';
import type { JsonValue } from '../../events.js';
import type { ResponseHead } from '../../limits/retryAfter.js';
import { boundedClient, errorBodyOf } from './boundedClient.js';
import { connectionError } from './connectionError.js';
import { httpError } from './httpError.js';
import { readBounded } from './readBounded.js';

/** Sends a request in the caller's own way, for instance through a gateway: gives the response, whatever its status. */
export type RequestFunction<Params> = (params: Params, options: { readonly signal: AbortSignal }) => Promise<Response>;

/** What an SDK call is given: our abort signal, and no retries of its own. */
export interface SdkRequestOptions {
  readonly signal: AbortSignal;
  readonly maxRetries: 0;
}

/** What the SDKs give for a call: a promise that also has the response, with its body unread. */
export interface SdkResponse {
  asResponse(): Promise<Response>;
}

/**
 * Makes one function of both kinds of client: it sends the request, tells of the response, and gives it if it succeeded.
 *
 * @param call How the SDK client is called.
 * @throws TypeError at call time if the client is neither.
 * The promise rejects with: {@link HttpError} for an error status, also where an SDK gave such a response, else {@link ConnectionError}.
 * @example sendRequest(client, params, (sdk, options) => sdk.chat.completions.create(params, options))
 */
export function sendRequest<Client extends object, Params>(
  client: Client | RequestFunction<Params>,
  params: Params,
  call: (client: Client, options: SdkRequestOptions) => SdkResponse,
): (signal: AbortSignal, tell?: Tell) => Promise<Response> {
  const ask = requestBy(client, params, call);
  return async (signal, tell) => {
    try {
      const response = await ask(signal);
      const { ok, status, headers, body } = response;
      tell?.({ status, headers });
      if (ok) return response;
      throw httpError({ status, headers, body: parseBody(body ? await readBounded(body) : '') });
    } catch (error) {
      throw toStreamError(error, tell);
    }
  };
}

type Tell = (response: ResponseHead) => void;

function requestBy<Client extends object, Params>(
  client: Client | RequestFunction<Params>,
  params: Params,
  call: (client: Client, options: SdkRequestOptions) => SdkResponse,
): (signal: AbortSignal) => Promise<Response> {
  if (isRequestFunction(client)) return (signal) => client(params, { signal });
  if (typeof client !== 'object' || client === null) throw new TypeError('client must be an SDK client or a function');
  return (signal) => call(boundedClient(client), { signal, maxRetries: 0 }).asResponse();
}

function isRequestFunction<Params>(client: object): client is RequestFunction<Params> {
  return typeof client === 'function';
}

/** The SDKs' errors, known by their shape: an error of an answer has a status and headers. */
function toStreamError(error: unknown, tell?: Tell): StreamError {
  const own = ownError(error);
  if (own) return own;
  const { status, headers, error: body, message } = Object(error) as Partial<Error> & SdkErrorFields;
  if (typeof status !== 'number' || headers === undefined) return connectionError(error, !isRefusal(error));
  const text = headers instanceof Headers ? errorBodyOf(headers) : undefined;
  const known = text === undefined ? (body ?? message?.replace(/^\d{3} (status code \(no body\))?/, '')) : parseBody(text);
  const head = { status, headers: new Headers(headers) };
  tell?.(head);
  return httpError({ ...head, body: known, cause: error });
}

/** An error of ours that the caller's own `fetch` failed with: an SDK makes it the cause of its own. */
function ownError(error: unknown, depth = 0): StreamError | undefined {
  if (isStreamError(error)) return error;
  return error instanceof Error && depth < 5 ? ownError(error.cause, depth + 1) : undefined;
}

/**
 * Tells whether a client refused to send the request, for instance without a key: a plain error of its own making. A failed fetch is a
 * TypeError or a DOMException, and the SDKs' errors of a connection have a status, though an undefined one.
 */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof DOMException) return false;
  return error.cause === undefined && !('status' in error);
}

interface SdkErrorFields {
  readonly status?: number;
  readonly headers?: Headers | Record<string, string>;
  readonly error?: JsonValue;
}

function parseBody(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
