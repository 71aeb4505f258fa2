import { JsonSyntaxError } from '../codecs/json/syntaxError.js';
import type { JsonValue } from '../events.js';
import type { ParserVerdict } from '../structured/parser.js';
import { readWholeJson } from '../structured/readWholeJson.js';
import type { Part } from './part.js';

/** Reads a part as JSON; of one that is cut, what is certain: its last string may have been longer. */
export function readJson({ text, linesBefore, cut }: Part): ParserVerdict<JsonValue> {
  const start = text.length - text.trimStart().length;
  // Space at the end of a cut text tells that a number before it is whole.
  const source = cut ? text.slice(start) : text.trim();
  const reading = readWholeJson(source, cut, { fences: false });
  if (reading.accepted) return reading;
  const { message, offset, value, cause } = reading;
  const onlyCut = cut && cause === undefined;
  if (onlyCut && value !== undefined) return { accepted: true, value };
  return {
    accepted: false,
    message: cause instanceof JsonSyntaxError ? cause.reason : message,
    line: offset === undefined ? undefined : linesBefore + lineAt(text, start + offset),
    value,
  };
}

/** The line, counted from 1, in which a place of the text is. */
function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let end = text.indexOf('\n'); end >= 0 && end < offset; end = text.indexOf('\n', end + 1)) line++;
  return line;
}
