import { JsonSyntaxError } from '../codecs/json/syntaxError.js';
import type { ParseError } from '../errors.js';
import type { AnswerSoFar } from './answerKernel.js';

interface JsonReader {
  readonly offset: number;
  readonly complete: boolean;
  end(): boolean;
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
  if (whole ? reader.end() : reader.complete) return true;
  if (onIncomplete === 'emit') return false;
  throw answer.parseError('The text ends before its JSON value does', { offset: reader.offset, value: reader.value?.() });
}

/** The error notification of a JSON syntax error, with the value so far if there is a reader that keeps one; undefined for other errors. */
export function toJsonParseError(error: unknown, answer: AnswerSoFar, reader?: { value(): unknown }): ParseError | undefined {
  if (!(error instanceof JsonSyntaxError)) return undefined;
  return answer.parseError(error.message, { offset: error.offset, value: reader?.value(), cause: error });
}
