import { isStreamError, StreamAbortedError, type StreamError } from '../errors.js';
import type { JsonValue } from '../events.js';
import { jsonOrText } from '../providers/http/bodies.js';
import { connectionError, httpError, providerError } from '../providers/http/responseErrors.js';
import { plainValue } from './plainValue.js';

/** What the errors of the AI SDK have, which are recognized by their shape. */
interface SdkError extends Partial<Error> {
  readonly statusCode?: unknown;
  readonly responseHeaders?: Readonly<Record<string, string>> | undefined;
  readonly responseBody?: unknown;
  /** What a provider has sent, of an error within the stream. */
  readonly data?: unknown;
  /** Of an error that stands for several attempts. */
  readonly lastError?: unknown;
}

const deepestCause = 5;

/** The error of rxllm for what a stream of the AI SDK reports, or rejects with. */
export function streamErrorOf(error: unknown, depth = 0): StreamError {
  if (isStreamError(error)) return error;
  const {
    name,
    message = '',
    statusCode: status,
    responseHeaders,
    responseBody,
    data,
    lastError,
    cause,
  } = Object(error) as SdkError;
  if (lastError !== undefined && depth < deepestCause) return streamErrorOf(lastError, depth + 1);
  if (name === 'AbortError') return new StreamAbortedError(message || 'The stream was aborted', { cause: error });
  if (responseHeaders === undefined && typeof data === 'object' && data !== null)
    return providerError(plainValue(data) ?? message, error);
  if (typeof status === 'number') {
    const body = typeof responseBody === 'string' && responseBody !== '' ? jsonOrText(responseBody) : message;
    return httpError({ status, headers: new Headers(responseHeaders), body, cause: error });
  }
  if (!(error instanceof Error)) return providerError(plainValue(error) ?? null, error);
  if (isStreamError(cause)) return cause;
  // What the SDK says of a chunk or of a model is no fault of the connection.
  return name?.startsWith('AI_')
    ? providerError({ type: name.slice('AI_'.length), message } as JsonValue, error)
    : connectionError(error);
}
