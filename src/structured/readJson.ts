import { createJsonParser } from '../codecs/json/parser.js';
import { JsonSyntaxError } from '../codecs/json/syntaxError.js';
import { LimitError } from '../errors.js';
import type { JsonValue } from '../events.js';
import type { JsonReadingOptions } from './jsonOptions.js';
import type { ParserObjection } from './parser.js';

/** What a whole text is as JSON, or why it is not, with what was read of it. */
export type JsonReading =
  | { readonly accepted: true; readonly value: JsonValue }
  | ({ readonly accepted: false; readonly value: JsonValue | undefined } & ParserObjection);

/** @param truncated The end of the text proves nothing about a number that stands there. */
export function readJson(text: string, truncated: boolean, options: JsonReadingOptions): JsonReading {
  const parser = createJsonParser(options);
  let whole: boolean;
  try {
    parser.write(text);
    whole = truncated ? parser.complete : parser.end();
  } catch (error) {
    if (!(error instanceof JsonSyntaxError) && !(error instanceof LimitError)) throw error;
    const offset = 'offset' in error ? error.offset : undefined;
    return { accepted: false, message: error.message, offset, value: parser.value(), cause: error };
  }
  const value = parser.value();
  if (whole && value !== undefined) return { accepted: true, value };
  return { accepted: false, message: 'The text ends before its JSON value does', offset: text.length, value };
}
