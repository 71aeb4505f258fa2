import { asyncScheduler } from 'rxjs';

/** The status and the headers of a provider's response, known before its body. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: Headers;
}

/**
 * Reads how long a response asks the client to wait: `retry-after-ms`, else `retry-after` in seconds or as a date.
 *
 * @returns Milliseconds; `undefined` if the headers are absent or malformed.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfter(headers: Headers): number | undefined {
  const milliseconds = readNumber(headers.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const value = headers.get('retry-after');
  const seconds = readNumber(value);
  if (seconds !== undefined) return seconds * 1_000;
  // A date has to begin with a weekday, because Date.parse accepts "-5" too.
  if (value === null || !/^[A-Z][a-z]{2}/.test(value)) return undefined;
  const wait = Date.parse(value) - asyncScheduler.now();
  return wait >= 0 ? wait : undefined;
}

function readNumber(value: string | null): number | undefined {
  return value !== null && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}
