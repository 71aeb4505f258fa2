import { createJsonParser } from '../codecs/json/parser.js';
import { JsonSyntaxError } from '../codecs/json/syntaxError.js';
import { LimitError } from '../errors.js';
import type { JsonValue } from '../events.js';
import type { JsonReadingOptions } from './jsonOptions.js';
import type { ParserObjection } from './parser.js';

/** The value of a JSON text, or why the text is not JSON, with the part of the value that was read. */
export type JsonVerdict =
  | { readonly accepted: true; readonly value: JsonValue }
  | ({ readonly accepted: false; readonly value: JsonValue | undefined } & ParserObjection);

/**
 * Reads a whole text as JSON.
 *
 * @param truncated The text is only the beginning of the answer: a number at its end is not complete.
 */
export function readWholeJson(text: string, truncated: boolean, options: JsonReadingOptions): JsonVerdict {
  const parser = createJsonParser(options);
  let complete: boolean;
  try {
    parser.write(text);
    complete = truncated ? parser.complete : parser.end();
  } catch (error) {
    if (!(error instanceof JsonSyntaxError) && !(error instanceof LimitError)) throw error;
    const offset = 'offset' in error ? error.offset : undefined;
    return { accepted: false, message: error.message, offset, value: parser.value(), cause: error };
  }
  const value = parser.value();
  if (complete && value !== undefined) return { accepted: true, value };
  return { accepted: false, message: 'The text ends before its JSON value does', offset: text.length, value };
}
