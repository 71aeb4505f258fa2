import type { OperatorFunction } from 'rxjs';
import type { ToonRowObject } from '../codecs/toon/sink.js';
import { ToonSyntaxError } from '../codecs/toon/syntaxError.js';
import { fillPartial, fromErrorInfo, ParseError } from '../errors.js';
import type { DeltaEvent, FinishReason, JsonObject, PartialMessage, ResetEvent, TextDeltaEvent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { checkOneOf, checkOptions, checkPositiveCount } from '../kernel/options.js';
import { createMessageFold } from '../message/messageFold.js';
import { answerEndings } from '../structured/answerCompleteness.js';
import { createWholeLines } from './lineBuffer.js';
import { createRowReader, type RowReaderRules } from './rowReader.js';
import type { ToonPath, ToonRow } from './tableRows.js';

export type { ToonPath, ToonRow } from './tableRows.js';

export interface ToonRowsOptions {
  /** The one table to read: its key at the root, or the keys and indices that lead to it. @defaultValue every table */
  readonly path?: string | ToonPath;
  /** What to do with a whole row that is bad: wrong count of cells, a bad string, a key that came before. @defaultValue 'error' */
  readonly onRowError?: 'error' | 'skip';
  /**
   * What to do when a repeat takes back rows that have left: error with the fault that caused it, so that no second request is sent, or begin
   * again with the new attempt's rows, at index 0. @defaultValue 'error'
   */
  readonly onReset?: 'error' | 'restart';
  /** Skip prose before the first fence or header, and lines without a key after it. @defaultValue false */
  readonly lenient?: boolean;
  /** Check the declared counts, the indentation, duplicate keys and blank lines. @defaultValue true */
  readonly strict?: boolean;
  /** The number of spaces of one level. @defaultValue 2 */
  readonly indentSize?: number;
}

/** What a source of strings gives. */
const answer: TextDeltaEvent = { type: 'text-delta', text: '', block: 0, choice: 0, phase: 'answer' };

const optionNames = ['path', 'onRowError', 'onReset', 'lenient', 'strict', 'indentSize'];

/**
 * Emits each row of a TOON table as soon as its line is complete.
 *
 *     source   s-a-b-c-f|      a = 'users[2]{id,name}:\n  1,A', b = 'nn\n', c = '  2,Bob\n'
 *     result   ----1-2--|      1 = { path: ['users'], index: 0, row: { id: 1, name: 'Ann' }, expected: 2, line: 2 }
 *
 * A table is an array under a header with fields, or an object of such rows; a text without a table gives no rows. One fence around the
 * document is taken off, and what follows it is not read. Rows that have left cannot be taken back, so that what shows only at the end of a
 * table comes as an error after its rows: a wrong number of them, or blank lines between them.
 *
 * When the stream ends early (without `finish`, or with the reason `length`, `paused`, `aborted` or `budget`), it completes: a last row that
 * has all its cells but no line end is emitted as `provisional`, and `expected` tells what is missing. A source of strings has no reason: its
 * completion counts as the end. Reads choice 0 and the phase `answer`.
 *
 * @throws TypeError at call time for an unknown option or value, RangeError if `indentSize` is not a whole number > 0.
 * Emits error: {@link ParseError} with its line, or with the reason when the stream finished with `refusal`, `content-filter` or
 * `tool-calls`; {@link LimitError} for more than 256 levels; the fault that caused a `reset`. On unsubscribe: drops what it holds.
 * @see https://github.com/toon-format/spec
 * @example events$.pipe(toonRows<Product>({ path: 'products' })).subscribe(({ row }) => table.append(row))
 */
export function toonRows<Row = JsonObject>(options: ToonRowsOptions = {}): OperatorFunction<DeltaEvent | string, ToonRow<Row>> {
  const rules = checkRules(options);
  const { onReset = 'error' } = options;
  return operate((destination) => {
    const message = createMessageFold();
    const lines = createWholeLines(read);
    let reason: FinishReason | undefined;
    /** The rows that this reader has read, and those that have left and stand. */
    let rows = 0;
    let emitted = 0;
    let replaying = false;
    let reader = createRowReader(rules, take);
    destination.add(() => reader.stop());

    function take(row: ToonRow<ToonRowObject>): void {
      rows++;
      if (replaying) return;
      emitted = rows;
      destination.next(row as ToonRow<Row>);
    }

    /** Reads again what the reset lets stand, so that the repeat goes on from there. */
    function rewind(reset: ResetEvent, before: PartialMessage): void {
      reader = createRowReader(rules, take);
      rows = 0;
      replaying = true;
      reader.write(answerOf(message.partial()));
      replaying = false;
      if (emitted > rows && onReset === 'error') throw fillPartial(fromErrorInfo(reset.error), before);
      emitted = rows;
    }

    function read(event: DeltaEvent): void {
      const before = event.type === 'reset' ? message.partial() : undefined;
      message.push(event);
      if (event.type === 'reset' && before) rewind(event, before);
      if (event.type === 'text-delta' && event.choice === 0 && event.phase === 'answer') reader.write(event.text);
    }

    function end(): void {
      lines.flush();
      const ending = answerEndings[reason ?? 'stop'];
      if (ending === 'refused')
        throw new ParseError('The stream finished without an answer', answerOf(message.partial()), reason);
      if (ending === 'whole') reader.end();
      else reader.endEarly();
    }

    function explain(error: unknown, finishReason?: FinishReason): unknown {
      const fault = error instanceof ToonSyntaxError ? toParseError(error, answerOf(message.partial()), finishReason) : error;
      return fillPartial(fault, () => message.partial());
    }

    return {
      next(value) {
        try {
          if (typeof value === 'string') {
            reason = 'stop';
            lines.append(answer, value);
          } else {
            reason = reasonOf(value);
            lines.push(value);
          }
        } catch (error) {
          throw explain(error);
        }
      },
      complete() {
        try {
          end();
        } catch (error) {
          throw explain(error, reason);
        }
        destination.complete();
      },
    };
  });
}

/** Until the finish comes, the stream may end at any event. */
function reasonOf(event: DeltaEvent): FinishReason {
  return event.type === 'finish' ? event.reason : 'aborted';
}

function answerOf({ parts }: PartialMessage): string {
  return parts.map((part) => (part.type === 'text' && part.phase === 'answer' ? part.text : '')).join('');
}

function toParseError(cause: ToonSyntaxError, text: string, finishReason: FinishReason | undefined): ParseError {
  return new ParseError(cause.message, text, finishReason, { line: cause.line, cause });
}

function checkRules(options: ToonRowsOptions): RowReaderRules {
  checkOptions('toonRows', options, optionNames);
  const { path, onRowError = 'error', onReset, lenient = false, strict = true, indentSize = 2 } = options;
  checkOneOf('onRowError', onRowError, ['error', 'skip']);
  checkOneOf('onReset', onReset, ['error', 'restart']);
  checkPositiveCount('indentSize', indentSize);
  return { path: checkPath(path), onRowError, lenient, strict, indentSize };
}

function checkPath(path: string | ToonPath | undefined): ToonPath | undefined {
  if (path === undefined || Array.isArray(path)) return path;
  if (typeof path === 'string') return [path];
  throw new TypeError('path must be a key or an array of keys and indices');
}
