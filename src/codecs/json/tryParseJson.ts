import type { JsonValue } from '../../events.js';

/**
 * Parses a complete JSON text without throwing.
 *
 * @returns The value, or `undefined` if the text is not JSON. The JSON text `null` gives `null`.
 */
export function tryParseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
