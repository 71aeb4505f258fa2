import type { JsonObject, JsonValue } from '../../events.js';

/**
 * Reads a call's argument text; no text means no arguments.
 *
 * @returns `undefined` if it is not JSON, because the call was cut or the model wrote nonsense.
 */
export function parseToolInput(argumentsText: string): JsonValue | undefined {
  if (argumentsText.trim() === '') return {};
  try {
    return JSON.parse(argumentsText) as JsonValue;
  } catch {
    return undefined;
  }
}

/** The input that came whole with the block's start, as argument text; empty text if there was none. */
export function initialArguments(input: JsonValue | undefined): string {
  const isEmpty = input === undefined || input === null || isEmptyObject(input);
  return isEmpty ? '' : JSON.stringify(input);
}

function isEmptyObject(value: JsonValue): boolean {
  return typeof value === 'object' && Object.keys(value as JsonObject).length === 0;
}
