import { isStreamError, RetryExhaustedError, type StreamError } from '../errors.js';
import type { PartialMessage } from '../events.js';
import type { Attempts } from './attempts.js';

/** The facts about an attempt that failed, for a callback that decides what happens next. */
export interface FailureContext {
  readonly error: unknown;
  /** The number of the attempt that failed; the first is 1, and retries upstream count too. */
  readonly attempt: number;
  /** Whether content was emitted that no `reset` has voided. */
  readonly delivered: boolean;
  /** Whether a tool has answered, or reported progress, in any attempt: of the provider, or of the caller in `runTools`. */
  readonly toolRan: boolean;
  /** The message so far. */
  readonly partial: PartialMessage;
}

/** `partial` is folded only when it is read. */
export function failureContext<Counts extends object>(
  attempts: Attempts,
  error: unknown,
  counts: Counts,
): FailureContext & Counts {
  const { number: attempt, delivered, toolRan } = attempts;
  return {
    error,
    attempt,
    delivered,
    toolRan,
    ...counts,
    get partial() {
      return attempts.partial();
    },
  };
}

/** The error of a stream all attempts of which failed, with the details of the last error. */
export function retryExhaustedError(errors: readonly unknown[], partial: () => PartialMessage): RetryExhaustedError {
  const last = errors.at(-1);
  const { status, code, requestId, retryAfterMs }: Partial<StreamError> = isStreamError(last) ? last : {};
  return new RetryExhaustedError(errors, { partial, status, code, requestId, retryAfterMs });
}
