import { concatMap, from, type Observable, type OperatorFunction, of } from 'rxjs';
import type { ParseError } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import { type AnswerSoFar, operateOnAnswer } from '../structured/answerKernel.js';
import type { Parser, ParserObjection, ParserVerdict } from '../structured/parser.js';
import { isPromiseLike } from '../structured/standardSchema.js';

export type { Parser, ParserObjection, ParserVerdict } from '../structured/parser.js';

/** Why a parser rejected the text. */
export interface ParserRefusal extends ParserObjection {
  readonly format: string;
}

/** The value that a parser has read from the text. */
export interface ParsedText<Format extends string, Value> {
  readonly format: Format;
  readonly value: Value;
  /** The whole text of the answer. */
  readonly text: string;
  /** Why the parsers before this one rejected the text, in order; then what is wrong with the text that this one has read all the same. */
  readonly errors: readonly ParserRefusal[];
  /** True when the stream ended before the answer did. */
  readonly truncated: boolean;
}

/** What `parseOnComplete` emits with one of these parsers. */
export type ParsedBy<AnyParser extends Parser> =
  AnyParser extends Parser<infer Format, infer Value> ? ParsedText<Format, Value> : never;

/**
 * Collects the answer and, when the stream completes, emits the result of the first parser that accepts it.
 *
 *     source   s-a-b-R-c-d-f|        R: reset; c + d = '{"a":1}'
 *     result   -------------(x|)     x = { format: 'json', value: { a: 1 }, text: '{"a":1}', errors: [], truncated: false }
 *
 * Reads choice 0, the phase `answer` and, of the rounds of a tool loop, the last. `truncated` is true, for the parsers too, when events
 * complete without `finish`, or with the reason `length`, `paused`, `aborted` or `budget`. A source that completes without a value gives
 * none.
 *
 * @emitsError {@link ParseError} when every parser rejects the text, and with `finishReason` when the stream ended with `refusal`,
 * `content-filter` or `tool-calls`; what a parser throws.
 * @unsubscribe Discards the text and a pending parser.
 *
 * @reset Discards the text that it voids.
 * @cost Holds the message so far; each parser reads its text at most once, when the stream completes.
 * @param parsers At least one of `json()`, `text()`, and `toon()` from `rxllm/toon`, in the order in which they are tried.
 * @throws TypeError at call time if there is no parser, or if an argument is not one.
 * @example events$.pipe(parseOnComplete(json(), text()))
 */
export function parseOnComplete<Parsers extends readonly [Parser, ...Parser[]]>(
  ...parsers: Parsers
): OperatorFunction<DeltaEvent | string, ParsedBy<Parsers[number]>>;
export function parseOnComplete(
  ...parsers: readonly Parser[]
): OperatorFunction<DeltaEvent | string, ParsedText<string, unknown>> {
  checkParsers(parsers);
  return operateOnAnswer((destination, answer) => ({
    end(whole) {
      tryParsers(parsers, answer, !whole).subscribe(destination);
    },
  }));
}

function checkParsers(parsers: readonly unknown[]): void {
  if (parsers.length === 0) throw new TypeError('parseOnComplete: give at least one parser');
  for (const parser of parsers) {
    const known = typeof parser === 'object' && parser !== null && 'parse' in parser && typeof parser.parse === 'function';
    if (!known)
      throw new TypeError('parseOnComplete: a parser must have a format and a parse function; json() makes one, json does not');
  }
}

/** Tries one parser after the other, synchronously as long as they are. */
function tryParsers(
  parsers: readonly Parser[],
  answer: AnswerSoFar,
  truncated: boolean,
): Observable<ParsedText<string, unknown>> {
  const { text } = answer;
  const errors: ParserRefusal[] = [];

  function tryFrom(position: number): Observable<ParsedText<string, unknown>> {
    const parser = parsers[position];
    if (!parser) throw toParseError(answer, errors);
    const verdict = parser.parse(text, truncated);
    if (!isPromiseLike(verdict)) return conclude(parser.format, verdict, position);
    return from(verdict).pipe(concatMap((settled) => conclude(parser.format, settled, position)));
  }

  function conclude(format: string, verdict: ParserVerdict<unknown>, position: number): Observable<ParsedText<string, unknown>> {
    if (verdict.accepted) {
      for (const deviation of verdict.deviations ?? []) errors.push({ format, ...deviation });
      return of({ format, value: verdict.value, text, errors, truncated });
    }
    const { accepted: _, ...objection } = verdict;
    errors.push({ format, ...objection });
    return tryFrom(position + 1);
  }

  return tryFrom(0);
}

/** The error has the details of the last objection: the last parser is the one that had to accept the text. */
function toParseError(answer: AnswerSoFar, errors: readonly ParserRefusal[]): ParseError {
  const formats = errors.map(({ format }) => format).join(', ');
  const { offset, line, value, cause } = errors.at(-1) ?? { cause: undefined };
  return answer.parseError(`The answer is none of: ${formats}`, { offset, line, value, cause });
}
