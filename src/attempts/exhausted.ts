import { isStreamError, RetryExhaustedError } from '../errors.js';
import type { PartialMessage } from '../events.js';

/** The error of a stream all of whose attempts failed, with what is known of the last one. */
export function exhausted(errors: readonly unknown[], partial: () => PartialMessage): RetryExhaustedError {
  const last = errors.at(-1);
  if (!isStreamError(last)) return new RetryExhaustedError(errors, { partial });
  const { status, code, requestId, retryAfterMs } = last;
  return new RetryExhaustedError(errors, { partial, status, code, requestId, retryAfterMs });
}
