import type { JsonValue } from '../events.js';

/**
 * A copy of what a tool returned, as JSON has it: the events of a stream are plain data. Nothing at all is `null`.
 *
 * @param maxChars The most characters that its JSON, or its text, may have.
 * @throws Error if JSON cannot represent it, or if it is too long. Its message is for the model.
 */
export function toolOutput(value: unknown, maxChars: number): JsonValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return checkLength(value, maxChars) && value;
  const text = jsonOf(value);
  checkLength(text, maxChars);
  return JSON.parse(text) as JsonValue;
}

function jsonOf(value: unknown): string {
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  if (text === undefined) throw new Error('The result cannot be represented as JSON', { cause });
  return text;
}

function checkLength({ length }: string, maxChars: number): true {
  if (length <= maxChars) return true;
  throw new Error(`The result is too long: it has ${length} characters, and the limit is ${maxChars}`);
}
