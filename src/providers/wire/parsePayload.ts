import { MalformedEventError, TruncatedError } from '../../errors.js';
import type { JsonValue } from '../../events.js';

/** @param whole Whether all of it came. @throws MalformedEventError or TruncatedError, which do not quote it. */
export function parsePayload(data: string, whole: boolean): JsonValue {
  try {
    return JSON.parse(data) as JsonValue;
  } catch {
    // Without its cause, which would quote the payload.
    throw whole ? new MalformedEventError() : new TruncatedError();
  }
}

/** A text that may be JSON, as it stands if it is not. */
export function parseText(data: string): JsonValue {
  try {
    return JSON.parse(data) as JsonValue;
  } catch {
    return data;
  }
}
