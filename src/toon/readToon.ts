import { createToonDecoder } from '../codecs/toon/decoder.js';
import { ToonSyntaxError } from '../codecs/toon/syntaxError.js';
import { createToonValueBuilder } from '../codecs/toon/value.js';
import { LimitError } from '../errors.js';
import type { JsonValue } from '../events.js';
import type { ParserVerdict } from '../structured/parser.js';
import type { Part } from './part.js';

/**
 * Reads a part as TOON: strictly, unless it is cut.
 *
 * @param refuseListedRows Refuse the rows of a table that are written as list items, which is not what was meant.
 */
export function readToon({ text, linesBefore, cut }: Part, refuseListedRows: boolean): ParserVerdict<JsonValue> {
  const builder = createToonValueBuilder();
  try {
    const decoder = createToonDecoder(builder, { strict: !cut, rejectListedRows: refuseListedRows });
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
