import { isStreamError, type StreamError } from '../../errors.js';
import type { JsonValue } from '../../events.js';
import type { ResponseHead } from '../../limits/retryAfter.js';
import { jsonOrText, readBounded } from './bodies.js';
import { boundedClient, errorBodyOf } from './boundedClient.js';
import { checkResponse } from './checkClient.js';
import { hideInError, secretsOf } from './hideSecrets.js';
import { connectionError, httpError } from './responseErrors.js';

/**
 * Sends a request without an SDK, for instance through a gateway, and resolves with the response, whatever its status.
 *
 * @example const ask: RequestFunction = (params, { signal }) => fetch('/api/chat', { method: 'POST', body: JSON.stringify(params), signal })
 */
export type RequestFunction<Params = object> = RequestMethod<Params>['send'];

/** As a method, so that a function may declare the params of an SDK, which are narrower. */
interface RequestMethod<Params> {
  send(params: Params, options: { readonly signal: AbortSignal }): Promise<Response>;
}

/** The request options that an SDK is called with: our abort signal, and no retries of the SDK's own. */
export interface SdkRequestOptions {
  readonly signal: AbortSignal;
  readonly maxRetries: 0;
}

/** The promise that the SDKs return, which can also resolve with the response while its body is unread. */
export interface SdkResponse {
  asResponse(): Promise<Response>;
}

/** Called with the head of the response. */
type ReportResponse = (response: ResponseHead) => void;

/** Sends a request, reports the head of its response, whatever the status, and rejects when the signal aborts. */
export interface Send {
  (signal: AbortSignal, report?: ReportResponse): Promise<Response>;
  /** The caller's keys, which no error of this request shows. */
  readonly secrets?: () => readonly string[];
}

/**
 * Makes one function of both kinds of client: it sends the request, reports the head of the response, and resolves with the response if its
 * status is a success.
 *
 * The promise rejects with {@link HttpError} for an error status, also where an SDK throws it as its own error, else with
 * {@link ConnectionError}.
 *
 * @param call Calls the SDK client.
 * @throws TypeError at call time if the client is neither an SDK client nor a function.
 * @example sendRequest(client, params, (sdk, options) => sdk.chat.completions.create(params, options))
 */
export function sendRequest<Client extends object, Params>(
  client: Client | RequestFunction<Params>,
  params: Params,
  call: (client: Client, options: SdkRequestOptions) => SdkResponse | Promise<Response>,
): Send {
  const request = requestBy(client, params, call);
  const secrets = (): readonly string[] => secretsOf(client);
  const send = async (signal: AbortSignal, report?: ReportResponse): Promise<Response> => {
    try {
      const response: unknown = await request(signal);
      checkResponse(response);
      const { ok, status, headers, body } = response;
      report?.({ status, headers });
      if (ok) return response;
      throw httpError({ status, headers, body: jsonOrText(body ? await readBounded(body) : '') });
    } catch (error) {
      throw hideInError(toStreamError(error, report), secrets());
    }
  };
  return Object.assign(send, { secrets });
}

function requestBy<Client extends object, Params>(
  client: Client | RequestFunction<Params>,
  params: Params,
  call: (client: Client, options: SdkRequestOptions) => SdkResponse | Promise<Response>,
): (signal: AbortSignal) => Promise<unknown> {
  if (isRequestFunction(client)) return (signal) => client(params, { signal });
  if (typeof client !== 'object' || client === null) throw new TypeError('client must be an SDK client or a function');
  return (signal) => {
    const answer: unknown = call(boundedClient(client), { signal, maxRetries: 0 });
    return isSdkResponse(answer) ? answer.asResponse() : Promise.resolve(answer);
  };
}

/** A client of one's own may give the Response itself. */
function isSdkResponse(answer: unknown): answer is SdkResponse {
  return typeof (Object(answer) as Partial<SdkResponse>).asResponse === 'function';
}

function isRequestFunction<Params>(client: object): client is RequestFunction<Params> {
  return typeof client === 'function';
}

/** Recognizes the SDKs' errors by their shape: those of a response have a status and headers. */
function toStreamError(error: unknown, report?: ReportResponse): StreamError {
  const own = ownError(error);
  if (own) return own;
  const { status, headers, error: body, message } = Object(error) as Partial<Error> & SdkErrorFields;
  if (typeof status !== 'number' || headers === undefined) return connectionError(error, !isUnsent(error));
  const text = headers instanceof Headers ? errorBodyOf(headers) : undefined;
  const known = text === undefined ? (body ?? message?.replace(/^\d{3} (status code \(no body\))?/, '')) : jsonOrText(text);
  const head = { status, headers: new Headers(headers) };
  report?.(head);
  return httpError({ ...head, body: known, cause: error });
}

/** A StreamError that the caller's own `fetch` threw: an SDK makes it the cause of its own error. */
function ownError(error: unknown, depth = 0): StreamError | undefined {
  if (isStreamError(error)) return error;
  return error instanceof Error && depth < 5 ? ownError(error.cause, depth + 1) : undefined;
}

/**
 * Whether a client threw before it sent the request, for instance because it has no key: its error is then a plain one. A fetch that failed
 * gives a TypeError or a DOMException, and the SDKs' connection errors have a `status` property, though its value is undefined.
 */
function isUnsent(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof DOMException) return false;
  return error.cause === undefined && !('status' in error);
}

interface SdkErrorFields {
  readonly status?: number;
  readonly headers?: Headers | Record<string, string>;
  readonly error?: JsonValue;
}
