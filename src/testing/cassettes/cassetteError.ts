import { StreamError } from '../../errors.js';

/** A cassette cannot be read, or has no answer to a request; the message says which, and shows what is nearest. */
export class CassetteError extends StreamError {
  readonly kind = 'not-found';
  constructor(message: string) {
    super('CassetteError', message, false, {});
  }
}
