import { concatMap, from, type Observable, type OperatorFunction, of } from 'rxjs';
import type { ParseError } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import { type Answer, parseAnswer } from '../structured/answerKernel.js';
import type { Parser, ParserObjection, ParserVerdict } from '../structured/parser.js';
import { isPromiseLike } from '../structured/standardSchema.js';

export type { Parser, ParserObjection, ParserVerdict } from '../structured/parser.js';

/** Why a parser that was asked before did not take the text. */
export interface ParserRefusal extends ParserObjection {
  readonly format: string;
}

/** What a text turned out to be. */
export interface ParsedText<Format extends string, Value> {
  readonly format: Format;
  readonly value: Value;
  /** The whole text, as it came. */
  readonly text: string;
  /** Why the parsers before did not take it, in order. */
  readonly errors: readonly ParserRefusal[];
  /** True when the stream ended before the answer did. */
  readonly truncated: boolean;
}

/** What one of these parsers makes of a text. */
export type ParsedBy<AnyParser extends Parser> =
  AnyParser extends Parser<infer Format, infer Value> ? ParsedText<Format, Value> : never;

/**
 * Collects the answer and, when the stream completes, emits what the first parser that takes it makes of it.
 *
 *     source   s-a-b-R-c-d-f|        R: reset; c + d = '{"a":1}'
 *     result   -------------(x|)     x = { format: 'json', value: { a: 1 }, text: '{"a":1}', errors: [], truncated: false }
 *
 * Reads choice 0 and the phase `answer`. The parsers are told when the text is cut: events completed without `finish`, or it says `length`,
 * `paused`, `aborted` or `budget`. A source without values gives none.
 *
 * @param parsers At least one of `json()`, `text()`, and `toon()` from `rxllm/toon`, in the order in which they are asked.
 * @throws TypeError at call time if there is no parser, or it is none.
 * Emits error: {@link ParseError} when none takes the text, and with `finishReason` when the stream ended with `refusal`, `content-filter` or
 * `tool-calls`. On unsubscribe: drops what it holds, and a pending validation with it.
 * @example events$.pipe(parseOnComplete(json(), text()))
 */
export function parseOnComplete<Parsers extends readonly [Parser, ...Parser[]]>(
  ...parsers: Parsers
): OperatorFunction<DeltaEvent | string, ParsedBy<Parsers[number]>>;
export function parseOnComplete(
  ...parsers: readonly Parser[]
): OperatorFunction<DeltaEvent | string, ParsedText<string, unknown>> {
  checkParsers(parsers);
  return parseAnswer((destination, answer) => ({
    write: () => undefined,
    restart: () => undefined,
    end(whole) {
      ask(parsers, answer, !whole).subscribe(destination);
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

/** Asks one parser after the other, without a pause as long as they answer at once. */
function ask(parsers: readonly Parser[], answer: Answer, truncated: boolean): Observable<ParsedText<string, unknown>> {
  const { text } = answer;
  const errors: ParserRefusal[] = [];

  function askFrom(position: number): Observable<ParsedText<string, unknown>> {
    const parser = parsers[position];
    if (!parser) throw refuse(answer, errors);
    const verdict = parser.parse(text, truncated);
    if (!isPromiseLike(verdict)) return take(parser.format, verdict, position);
    return from(verdict).pipe(concatMap((settled) => take(parser.format, settled, position)));
  }

  function take(format: string, verdict: ParserVerdict<unknown>, position: number): Observable<ParsedText<string, unknown>> {
    if (verdict.accepted) return of({ format, value: verdict.value, text, errors, truncated });
    const { accepted: _, ...objection } = verdict;
    errors.push({ format, ...objection });
    return askFrom(position + 1);
  }

  return askFrom(0);
}

/** The last parser's objection is the error's own, because the last is the one that had to take it. */
function refuse(answer: Answer, errors: readonly ParserRefusal[]): ParseError {
  const formats = errors.map(({ format }) => format).join(', ');
  const { offset, line, value, cause } = errors.at(-1) ?? { cause: undefined };
  return answer.error(`The answer is none of: ${formats}`, { offset, line, value, cause });
}
