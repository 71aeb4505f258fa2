import { asyncScheduler } from 'rxjs';

/**
 * How long a response asks us to wait, in milliseconds: `retry-after-ms`, else `retry-after` in seconds or as a date
 * (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after). Undefined if it asks nothing, or nonsense.
 */
export function retryAfter(headers: Headers): number | undefined {
  const milliseconds = amount(headers.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const value = headers.get('retry-after');
  const seconds = amount(value);
  if (seconds !== undefined) return seconds * 1_000;
  // Only a weekday can begin a date: Date.parse takes "-5" for one.
  if (value === null || !/^[A-Z][a-z]{2}/.test(value)) return undefined;
  const wait = Date.parse(value) - asyncScheduler.now();
  return wait >= 0 ? wait : undefined;
}

function amount(value: string | null): number | undefined {
  return value !== null && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}
