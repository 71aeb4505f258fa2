import { StreamError, type StreamErrorKind } from '../errors.js';
import type { ErrorInfo } from '../events.js';

/** An error that is known only from an event. */
class ReportedError extends StreamError {
  readonly kind: StreamErrorKind;
  constructor(info: ErrorInfo) {
    super('StreamError', info.message, info.retryable, info);
    this.kind = info.kind as StreamErrorKind;
  }
}

/** The error that an event tells of, where the very object is not at hand. */
export function fromErrorInfo(info: ErrorInfo): StreamError {
  return new ReportedError(info);
}
