import { HttpError } from '../../errors.js';
import type { JsonValue } from '../../events.js';
import { errorHeaders } from './errorHeaders.js';
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
  const told = errorHeaders(headers);
  return new HttpError(message || `The provider answered with status ${status}`, {
    ...fault,
    status,
    ...told,
    requestId: told.requestId ?? fault.requestId,
    cause,
  });
}
