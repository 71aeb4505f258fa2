import { HttpError } from '../errors.js';
import type { JsonValue } from '../events.js';
import { retryAfter } from '../internal/retryAfter.js';
import { serviceFault } from './serviceFault.js';

export interface HttpFailure {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed error body, or its text. */
  readonly body: JsonValue | undefined;
  readonly cause?: unknown;
}

/** The error for a response whose status is not a success. */
export function httpError({ status, headers, body, cause }: HttpFailure): HttpError {
  const { message, ...fault } = serviceFault(body, status);
  return new HttpError(message || `The provider answered with status ${status}`, {
    ...fault,
    status,
    requestId: headers.get('x-request-id') ?? headers.get('request-id') ?? fault.requestId,
    retryable: toBoolean(headers.get('x-should-retry')),
    retryAfterMs: retryAfter(headers),
    cause,
  });
}

function toBoolean(value: string | null): boolean | undefined {
  if (value === 'true') return true;
  return value === 'false' ? false : undefined;
}
