import { JsonSyntaxError } from '../codecs/json/syntaxError.js';
import { countLines } from '../codecs/text/lineCounter.js';
import { createToonDecoder } from '../codecs/toon/decoder.js';
import { ToonSyntaxError } from '../codecs/toon/syntaxError.js';
import { createToonValueBuilder } from '../codecs/toon/value.js';
import { LimitError } from '../errors.js';
import type { JsonValue } from '../events.js';
import type { ParserVerdict } from '../structured/parser.js';
import { readWholeJson } from '../structured/readWholeJson.js';

/** A part of the answer's text: the body of a fence, or the whole text. */
export interface TextPart {
  readonly text: string;
  /** The number of lines before the part, so that a rejection can give the line within the whole text. */
  readonly linesBefore: number;
  /** Whether the end of the part is missing. */
  readonly cut: boolean;
}

/**
 * Reads a part as TOON: strictly, unless it is cut.
 *
 * @param rejectListedRows Reject table rows that are written as list items. The grammar allows them, but the value is not the intended one.
 */
export function readToonPart({ text, linesBefore, cut }: TextPart, rejectListedRows: boolean): ParserVerdict<JsonValue> {
  const builder = createToonValueBuilder();
  try {
    const decoder = createToonDecoder(builder, { strict: !cut, rejectListedRows });
    decoder.write(text);
    decoder.end();
  } catch (error) {
    if (error instanceof LimitError) return { accepted: false, message: error.message, value: builder.soFar() };
    if (!(error instanceof ToonSyntaxError)) throw error;
    const line = error.line === undefined ? undefined : linesBefore + error.line;
    return { accepted: false, message: error.reason, line, value: builder.soFar() };
  }
  return { accepted: true, value: builder.value() ?? null };
}

/** Reads a part as JSON. Of a cut part, only what is certain: its last string may have been longer. */
export function readJsonPart({ text, linesBefore, cut }: TextPart): ParserVerdict<JsonValue> {
  const start = text.length - text.trimStart().length;
  // White space at the end of a cut text is kept: it proves that a number before it is whole.
  const source = cut ? text.slice(start) : text.trim();
  const reading = readWholeJson(source, cut, { fences: false });
  if (reading.accepted) return reading;
  const { message, offset, value, cause } = reading;
  const onlyCut = cut && cause === undefined;
  if (onlyCut && value !== undefined) return { accepted: true, value };
  return {
    accepted: false,
    message: cause instanceof JsonSyntaxError ? cause.reason : message,
    line: offset === undefined ? undefined : linesBefore + countLines(text, 0, start + offset) + 1,
    value,
  };
}
