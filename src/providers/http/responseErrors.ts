import { ConnectionError, HttpError, ProviderError, type ResponseDetails, type StreamErrorDetails } from '../../errors.js';
import type { JsonValue } from '../../events.js';
import { retryAfter } from '../../limits/retryAfter.js';
import { serviceFault } from './serviceFault.js';

export interface HttpFailure {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed error body, or its text. */
  readonly body: JsonValue | undefined;
  readonly cause?: unknown;
}

/** The error for a response with an error status. */
export function httpError({ status, headers, body, cause }: HttpFailure): HttpError {
  const { message, ...fault } = serviceFault(body, status);
  const details = errorHeaders(headers);
  return new HttpError(message || `The provider answered with status ${status}`, {
    ...fault,
    status,
    ...details,
    requestId: details.requestId ?? fault.requestId,
    cause,
  });
}

/**
 * The error that a provider reports inside a stream, or in a body with status 200.
 *
 * @param body The error object, an object that holds it as `error`, or bare text.
 * @param headers The headers of the response, if the error is all of it.
 * @example throw providerError(payload)
 */
export function providerError(body: JsonValue, cause?: unknown, headers: Headers = new Headers()): ProviderError {
  const { message, ...fault } = serviceFault(body);
  const details = errorHeaders(headers);
  const requestId = details.requestId ?? fault.requestId;
  return new ProviderError(message || 'The provider reported an error', { ...fault, ...details, requestId, cause });
}

/** Faults that a repeat cannot cure: the request is wrong, or the server's headers are too long. */
const permanentCodes: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'HPE_HEADER_OVERFLOW',
  'UND_ERR_INVALID_ARG',
  'ERR_INVALID_URL',
]);

/** What the codes of Node and of undici say. */
const failures: readonly (readonly [codes: RegExp, text: string])[] = [
  [/^ECONNREFUSED$/, 'The server refused the connection'],
  [/^(ENOTFOUND|EAI_AGAIN|EAI_NODATA)$/, 'The name of the server was not found'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET)$/, 'The connection was closed before the answer was complete'],
  [/TIMEOUT$|^ETIMEDOUT$/, 'The server did not answer in time'],
  [/^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/, 'The server cannot be reached'],
  [/CERT|^ERR_(TLS|SSL)/, "The server's certificate was not accepted"],
  [/HEADERS?_OVERFLOW$/, 'The headers of the response are too long'],
];

/**
 * The error for a fetch that failed, or a body that broke off. Its code is the first one in the chain of causes.
 *
 * @param retryable Whether the fault is transient when no cause has a code. @defaultValue true
 */
export function connectionError(cause: unknown, retryable = true): ConnectionError {
  const code = findCode(cause);
  const [, failed = retryable ? 'The connection failed' : 'The client could not send the request'] =
    failures.find(([codes]) => code !== undefined && codes.test(code)) ?? [];
  const message = code === undefined ? failed : `${failed} (${code})`;
  return new ConnectionError(message, { cause, code, retryable: code === undefined ? retryable : !permanentCodes.has(code) });
}

/**
 * Formats the stacks of an error and of its causes now. V8 keeps every frame's references alive until `stack` is read, so an error that is
 * kept would retain the response.
 */
export function formatStacks(error: unknown, depth = 0): void {
  if (typeof error !== 'object' || error === null || depth > 5) return;
  const { stack, cause } = error as Partial<Error>;
  if (typeof stack === 'string') formatStacks(cause, depth + 1);
}

/** The details of an error that are in the headers of its response. */
function errorHeaders(headers: Headers): ResponseDetails & Pick<StreamErrorDetails, 'retryable'> {
  return { ...responseDetails(headers), retryable: toBoolean(headers.get('x-should-retry')) };
}

const requestIdHeaders = ['x-request-id', 'request-id', 'apim-request-id', 'x-amzn-requestid'];

/** The details of an error that are in the headers of a response, whatever its status. */
export function responseDetails(headers: Headers): ResponseDetails {
  const requestId = requestIdHeaders.map((name) => headers.get(name)).find((id) => id !== null);
  return { requestId: requestId ?? undefined, retryAfterMs: retryAfter(headers) };
}

function toBoolean(value: string | null): boolean | undefined {
  if (value === 'true') return true;
  return value === 'false' ? false : undefined;
}

function findCode(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 5) return undefined;
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : findCode(cause, depth + 1);
}
