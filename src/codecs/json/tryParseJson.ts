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

/** Does the same for a text with raw line breaks, tabs and other control characters in its strings, which models write. */
export function tryParseRawJson(text: string): JsonValue | undefined {
  return tryParseJson(text) ?? tryParseJson(escapeControlCharacters(text));
}

const escapeOrQuoteOrControl = /\\.|"|[^ -\uffff]/gs;

/** Between strings, line breaks and tabs are white space and stay. */
function escapeControlCharacters(text: string): string {
  let inString = false;
  return text.replace(escapeOrQuoteOrControl, (match) => {
    if (match === '"') inString = !inString;
    return inString && match < ' ' ? JSON.stringify(match).slice(1, -1) : match;
  });
}
