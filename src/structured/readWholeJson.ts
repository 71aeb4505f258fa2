import { findValues } from '../codecs/json/findValues.js';
import { createJsonParser } from '../codecs/json/parser.js';
import { AmbiguousJsonError, type JsonSpan, JsonSyntaxError } from '../codecs/json/syntaxError.js';
import type { JsonTextOptions } from '../codecs/json/text.js';
import { LimitError } from '../errors.js';
import type { JsonValue } from '../events.js';
import { type AnswerCandidate, type Choice, chooseCandidate } from './chooseCandidate.js';
import { type ParserObjection, type ParserVerdict, validateVerdict } from './parser.js';
import { isPromiseLike, type StandardSchema } from './standardSchema.js';

/** The value of a JSON text, or why the text is not JSON, with the part of the value that was read. */
export type JsonVerdict =
  | { readonly accepted: true; readonly value: JsonValue }
  | ({ readonly accepted: false; readonly value: JsonValue | undefined } & ParserObjection);

/**
 * Reads a whole text as JSON.
 *
 * @param truncated The text is only the beginning of the answer: a number at its end is not complete.
 */
export function readWholeJson(text: string, truncated: boolean, options: JsonTextOptions): JsonVerdict {
  const parser = createJsonParser(options);
  let complete: boolean;
  try {
    parser.write(text);
    complete = parser.end({ cut: truncated, text: () => text });
  } catch (error) {
    if (!(error instanceof JsonSyntaxError) && !(error instanceof LimitError)) throw error;
    const offset = 'offset' in error ? error.offset : undefined;
    return { accepted: false, message: error.message, offset, value: valueOfError(error, text, options, parser), cause: error };
  }
  const value = parser.value();
  if (complete && value !== undefined) return { accepted: true, value };
  return { accepted: false, message: 'The text ends before its JSON value does', offset: text.length, value };
}

/** The value so far or, where several values are ambiguous, all of them. */
export function valueOfError(
  error: unknown,
  text: string,
  options: JsonTextOptions,
  parser?: { value(): unknown },
): JsonValue | undefined {
  if (!(error instanceof AmbiguousJsonError)) return parser?.value() as JsonValue | undefined;
  return error.spans.map((span) => readSpan(text, span, options).value ?? null);
}

/** Reads one of the values that were found in a text. */
function readSpan(text: string, { start, end }: JsonSpan, { controlCharacters, maxDepth }: JsonTextOptions): JsonVerdict {
  return readWholeJson(text.slice(start, end), false, { fences: false, controlCharacters, maxDepth });
}

interface FoundValue extends AnswerCandidate, JsonSpan {}

/** Does the same, and validates by the schema, if there is one. In prose the schema chooses among the values. */
export function readValidJson<Value>(
  text: string,
  truncated: boolean,
  options: JsonTextOptions,
  schema: StandardSchema<Value> | undefined,
): ParserVerdict<Value> | PromiseLike<ParserVerdict<Value>> {
  const { prose = false, trailing } = options;
  const values = schema && prose && trailing === undefined ? valuesIn(text, truncated, options) : [];
  if (values.length < 2) return validateVerdict(readWholeJson(text, truncated, options), schema);
  const choice = chooseCandidate(values, schema);
  return isPromiseLike(choice) ? choice.then(toVerdict<Value>) : toVerdict(choice);
}

/** The values of an answer, the best ones first. */
function valuesIn(text: string, cut: boolean, options: JsonTextOptions): readonly FoundValue[] {
  try {
    const { found, complete } = findValues(text, options, { cut });
    if (!complete) return [];
    const values = found.values.map((span) => ({ ...span, read: () => readSpan(text, span, options) }));
    return values.sort((one, other) => other.kind - one.kind || one.start - other.start);
  } catch (error) {
    if (error instanceof LimitError) return [];
    throw error;
  }
}

function toVerdict<Value>({ accepted, rejected }: Choice<FoundValue, Value>): ParserVerdict<Value> {
  const [first, second] = accepted;
  if (first && !second) return { accepted: true, value: first.value };
  if (first) {
    const cause = new AmbiguousJsonError(accepted.map(({ candidate }) => candidate));
    const value = accepted.map(({ value: one }) => one);
    return { accepted: false, message: cause.message, offset: cause.offset, value, cause };
  }
  return { accepted: false, message: 'The schema accepts none of the values', ...rejected[0]?.objection };
}
