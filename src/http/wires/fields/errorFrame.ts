import type { ErrorInfo, JsonObject, JsonValue } from '../../../events.js';
import { checkBytes, checkDepth } from '../bounds.js';

/** The most of a message that is sent where the error is too large to be sent as it is. */
const shortMessage = 1_000;

/**
 * The frame of an error. The message so far is not sent: the events before are that message.
 *
 * @param frame Makes the frame of what is sent of the error.
 */
export function errorFrame(error: ErrorInfo, frame: (info: ErrorInfo) => string): string {
  const sent = { ...error, details: error.details && withoutPartials(error.details), partial: undefined };
  try {
    checkDepth(sent);
    const data = frame(sent);
    checkBytes(data);
    return data;
  } catch {
    return frame({ ...sent, message: error.message.slice(0, shortMessage), details: undefined });
  }
}

/** The errors of attempts carry what was void. */
function withoutPartials(details: JsonObject): JsonObject {
  const { errors } = details;
  return Array.isArray(errors) ? { ...details, errors: errors.map(withoutPartial) } : details;
}

function withoutPartial(error: JsonValue): JsonValue {
  return typeof error === 'object' && error !== null && !Array.isArray(error) ? { ...error, partial: null } : error;
}
