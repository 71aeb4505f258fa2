import type { JsonEnding } from '../codecs/json/candidates.js';
import { JsonSyntaxError } from '../codecs/json/syntaxError.js';
import type { JsonTextOptions } from '../codecs/json/text.js';
import { fillPartial, LimitError, type ParseError, ValidationError } from '../errors.js';
import type { AnswerSoFar } from './answerKernel.js';
import type { ParserVerdict } from './parser.js';
import { valueOfError } from './readWholeJson.js';

interface JsonReader {
  readonly offset: number;
  end(ending: JsonEnding): boolean;
  value?(): unknown;
}

/**
 * Ends a JSON text. A number at the end of a truncated answer is not complete: more digits may have followed.
 *
 * @returns Whether its value is complete; false only with `onIncomplete` `'emit'`.
 * @throws ParseError if it is not, with `onIncomplete` `'error'`.
 */
export function endJson(
  reader: JsonReader,
  whole: boolean,
  answer: AnswerSoFar,
  onIncomplete: 'error' | 'emit' = 'error',
): boolean {
  if (reader.end({ cut: !whole, text: () => answer.text })) return true;
  if (onIncomplete === 'emit') return false;
  throw answer.parseError('The text ends before its JSON value does', { offset: reader.offset, value: reader.value?.() });
}

/** The error notification of a JSON syntax error, with the value so far if there is a reader that keeps one; undefined for other errors. */
export function toJsonParseError(
  error: unknown,
  answer: AnswerSoFar,
  options: JsonTextOptions,
  reader?: { value(): unknown },
): ParseError | undefined {
  if (!(error instanceof JsonSyntaxError)) return undefined;
  const value = valueOfError(error, answer.text, options, reader);
  return answer.parseError(error.message, { offset: error.offset, value, cause: error });
}

/** @throws the error notification of a text that was rejected. */
export function unwrapVerdict<T>(verdict: ParserVerdict<T>, answer: AnswerSoFar): T {
  if (verdict.accepted) return verdict.value;
  const { message, offset, value, issues, cause } = verdict;
  if (issues) throw new ValidationError(issues, value, { partial: answer.partial });
  if (cause instanceof LimitError) throw fillPartial(cause, answer.partial);
  throw answer.parseError(message, { offset, value, cause });
}
