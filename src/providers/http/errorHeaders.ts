import type { StreamErrorDetails } from '../../errors.js';
import { retryAfter } from '../../limits/retryAfter.js';

/** What the headers of a response say about its error. */
export function errorHeaders(headers: Headers): Pick<StreamErrorDetails, 'requestId' | 'retryable' | 'retryAfterMs'> {
  return {
    requestId: headers.get('x-request-id') ?? headers.get('request-id') ?? undefined,
    retryable: toBoolean(headers.get('x-should-retry')),
    retryAfterMs: retryAfter(headers),
  };
}

function toBoolean(value: string | null): boolean | undefined {
  if (value === 'true') return true;
  return value === 'false' ? false : undefined;
}
