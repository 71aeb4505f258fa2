import { StreamError } from '../../errors.js';

/** A cassette cannot be read, or has no exchange for a request; the message then shows the nearest one. Not retryable. */
export class CassetteError extends StreamError {
  readonly kind = 'not-found';
  constructor(message: string) {
    super('CassetteError', message, false, {});
  }
}
