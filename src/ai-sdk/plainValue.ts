import type { JsonValue } from '../events.js';

/** A value as JSON has it, because events are plain data; `undefined` if JSON cannot represent it. */
export function plainValue(value: unknown): JsonValue | undefined {
  try {
    const text = JSON.stringify(value);
    return text === undefined ? undefined : (JSON.parse(text) as JsonValue);
  } catch {
    return undefined;
  }
}
