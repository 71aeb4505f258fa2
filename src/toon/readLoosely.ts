import { createToonDecoder } from '../codecs/toon/decoder.js';
import { ToonSyntaxError } from '../codecs/toon/syntaxError.js';
import { createToonValueBuilder } from '../codecs/toon/value.js';
import { LimitError } from '../errors.js';
import type { JsonValue } from '../events.js';
import type { ParserVerdict } from '../structured/parser.js';
import type { TextPart } from './readPart.js';
import type { Repair } from './repairLines.js';
import type { ToonRefusal } from './toonResult.js';

/**
 * Reads a part as TOON, with what models get wrong: counts, blank lines, duplicate keys, another indentation, and lines that were repaired.
 *
 * @param repairs The repairs of the whole text.
 * @param deviations Receives what is wrong.
 */
export function readToonLoosely(
  { text, linesBefore }: TextPart,
  repairs: readonly Repair[],
  deviations: ToonRefusal[],
): ParserVerdict<JsonValue> {
  const lines = text.split('\n');
  const note = (message: string, line: number | undefined): void => {
    deviations.push({ format: 'toon', message, line: line === undefined ? undefined : linesBefore + line });
  };

  function decode(indentSize: number): ParserVerdict<JsonValue> {
    deviations.length = 0;
    for (const { line, message } of repairs) {
      const own = line - linesBefore;
      if (own > 0 && own <= lines.length) note(message, own);
    }
    const builder = createToonValueBuilder();
    const onDeviation = ({ reason, line }: ToonSyntaxError): void => note(reason, line);
    try {
      const decoder = createToonDecoder(builder, { strict: false, indentSize, rejectListedRows: true, onDeviation });
      decoder.write(text);
      decoder.end();
      return { accepted: true, value: builder.value() ?? null };
    } catch (error) {
      if (error instanceof LimitError) return { accepted: false, message: error.message, value: builder.soFar() };
      if (!(error instanceof ToonSyntaxError)) throw error;
      const line = error.line === undefined ? undefined : linesBefore + error.line;
      return { accepted: false, message: error.reason, line, value: builder.soFar() };
    }
  }

  const verdict = decode(2);
  const unit = indentationOf(lines);
  return verdict.accepted || unit === 2 ? verdict : decode(unit);
}

/** The smallest indentation of the lines. */
function indentationOf(lines: readonly string[]): number {
  let unit = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const spaces = line.length - line.trimStart().length;
    if (spaces > 0 && spaces < line.length) unit = Math.min(unit, spaces);
  }
  return unit === Number.POSITIVE_INFINITY ? 2 : unit;
}
