import { tryParseJson } from '../../../codecs/json/tryParseJson.js';
import type { JsonValue } from '../../../events.js';
import { checkDepth } from '../bounds.js';

/** Whether a value is deeper than what crosses a wire. */
export function isTooDeep(value: unknown): boolean {
  try {
    checkDepth(value);
    return false;
  } catch {
    return true;
  }
}

/** @returns The value of a text from a stranger; `undefined` if it is no JSON, or too deep. */
export function parseShallow(text: string): JsonValue | undefined {
  const value = tryParseJson(text);
  return isTooDeep(value) ? undefined : value;
}
