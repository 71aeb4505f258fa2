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

const [quote, backslash, space] = [34, 92, 32];

/** Between strings, line breaks and tabs are white space and stay. */
function escapeControlCharacters(text: string): string {
  let escaped = '';
  let from = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === quote) inString = !inString;
    else if (!inString) continue;
    else if (code === backslash) index++;
    else if (code < space) {
      escaped += `${text.slice(from, index)}\\u${code.toString(16).padStart(4, '0')}`;
      from = index + 1;
    }
  }
  return escaped + text.slice(from);
}
