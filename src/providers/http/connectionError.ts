import { ConnectionError } from '../../errors.js';

/** Faults that a repeat cannot cure: the request is wrong, or the server's headers are too long. */
const permanent: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'HPE_HEADER_OVERFLOW',
  'UND_ERR_INVALID_ARG',
  'ERR_INVALID_URL',
]);

/**
 * What a failed fetch, or a body that broke off, means. The first code of the chain of causes tells why.
 *
 * @param passing Whether it is worth a repeat when no code tells. @defaultValue true
 */
export function connectionError(cause: unknown, passing = true): ConnectionError {
  const code = findCode(cause);
  const message = code === undefined ? 'The connection failed' : `The connection failed (${code})`;
  return new ConnectionError(message, { cause, code, retryable: code === undefined ? passing : !permanent.has(code) });
}

function findCode(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 5) return undefined;
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : findCode(cause, depth + 1);
}
