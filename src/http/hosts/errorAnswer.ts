import { isStreamError, type StreamError } from '../../errors.js';
import { decidingError, publicError } from './publicError.js';

/** The response to a request whose stream failed before it began. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The fault of the client's own request, or of our limits. */
const statuses: Readonly<Record<string, number>> = {
  'invalid-request': 400,
  'not-found': 404,
  conflict: 409,
  fenced: 409,
  gap: 410,
  'too-large': 413,
  'rate-limit': 429,
  'circuit-open': 503,
  timeout: 504,
};

/** A provider that does not know us is no reason to log the user out, nor is any other fault behind this server. */
const badGateway = 502;

export function errorAnswer(error: unknown): ErrorAnswer {
  const headers: Record<string, string> = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  const cause = decidingError(error);
  if (!isStreamError(cause)) return { status: badGateway, headers, body: JSON.stringify(publicError(error)) };
  const { kind, retryAfterMs } = cause;
  const waits = kind === 'rate-limit' || kind === 'circuit-open';
  if (waits && retryAfterMs !== undefined) headers['retry-after'] = String(Math.ceil(retryAfterMs / 1_000));
  return { status: statusOf(cause), headers, body: JSON.stringify(publicError(error)) };
}

/** A request that the provider did not accept keeps the provider's status, such as 422. */
function statusOf({ kind, status }: StreamError): number {
  const known = statuses[kind];
  const isKept = known !== undefined && known < 429 && status !== undefined && keptStatuses.test(String(status));
  return isKept ? status : (known ?? badGateway);
}

/** The client errors but those that browsers and proxies act on. */
const keptStatuses = /^4(?!0[137]|08|29)\d\d$/;
