import type { OperatorFunction, Subscriber } from 'rxjs';
import type { ToonRowObject } from '../codecs/toon/sink.js';
import { ToonSyntaxError } from '../codecs/toon/syntaxError.js';
import { fromFault, type ParseError } from '../errors.js';
import type { DeltaEvent, JsonObject } from '../events.js';
import { operate } from '../kernel/operate.js';
import { checkOneOf, checkOptions, checkPositiveCount } from '../kernel/options.js';
import { type AnswerHandlers, type AnswerSoFar, readAnswer } from '../structured/answerKernel.js';
import { bufferLines } from './bufferLines.js';
import { createRowReader, type RowReaderRules } from './rowReader.js';
import type { ToonPath, ToonRow } from './tableRows.js';

export type { ToonPath, ToonRow } from './tableRows.js';

export interface ToonRowsOptions {
  /** The one table to read: its key at the root, or the keys and indices of its path from the root. @defaultValue every table */
  readonly path?: string | ToonPath;
  /**
   * What to do with an invalid row (wrong number of cells, invalid string, duplicate key): error, or `'skip'` it. A skipped row counts in
   * `index`. @defaultValue 'error'
   */
  readonly onRowError?: 'error' | 'skip';
  /**
   * What to do when a `reset` voids rows that were emitted: error with the fault that caused it, so that no second request is sent, or
   * `'restart'` with the rows of the new attempt, at index 0. @defaultValue 'error'
   */
  readonly onReset?: 'error' | 'restart';
  /** Skip prose before the first fence or header, and lines without a key after it. @defaultValue false */
  readonly lenient?: boolean;
  /** Check the declared counts, the indentation, duplicate keys and blank lines. @defaultValue true */
  readonly strict?: boolean;
  /** The indentation of one level, in spaces, a whole number > 0. @defaultValue 2 */
  readonly indentSize?: number;
}

const optionNames = ['path', 'onRowError', 'onReset', 'lenient', 'strict', 'indentSize'];

/**
 * Emits each row of a TOON table as soon as its line is complete.
 *
 *     source   s-a-b-c-f|      a = 'users[2]{id,name}:\n  1,A', b = 'nn\n', c = '  2,Bob\n'
 *     result   ----1-2--|      1 = { path: ['users'], index: 0, row: { id: 1, name: 'Ann' }, expected: 2, line: 2 }
 *
 * A table is an array under a header with fields, or an object of such rows; a text without a table gives no rows. It removes one fence
 * around the document, and reads nothing after that fence. Rows cannot be taken back once they are emitted, so a fault that shows only at the
 * end of a table, a wrong number of rows or blank lines between them, is emitted as an error after its rows.
 *
 * When the answer is truncated (no `finish`, or the reason `length`, `paused`, `aborted` or `budget`), it completes: a last row that has all
 * its cells but no line end is emitted as `provisional`, and `expected` shows how many rows are missing. A source of strings has no reason:
 * its completion is the end of the answer. Reads choice 0 and the phase `answer`, and begins again at each round of a tool loop.
 *
 * @emitsError {@link ParseError} with its line, or with the finish reason `refusal`, `content-filter` or `tool-calls`; {@link LimitError}
 * past 256 levels; the fault that caused a `reset`.
 * @unsubscribe Discards the pending line.
 *
 * @reset Reads the remaining text again; if emitted rows are void, errors or starts again at index 0, by `onReset`.
 * @cost Linear in the text. Holds the pending line, and the message so far, for `error.partial`.
 * @throws TypeError at call time for an unknown option or value, RangeError if `indentSize` is not a whole number > 0.
 * @see https://github.com/toon-format/spec
 * @example events$.pipe(toonRows<Product>({ path: 'products' })).subscribe(({ row }) => table.append(row))
 */
export function toonRows<Row = JsonObject>(options: ToonRowsOptions = {}): OperatorFunction<DeltaEvent | string, ToonRow<Row>> {
  const rules = checkToonRows(options);
  const { onReset = 'error' } = options;

  function readRows(destination: Subscriber<ToonRow<Row>>, answer: AnswerSoFar): AnswerHandlers {
    /** The rows in the text so far. */
    let read = 0;
    let emitted = 0;
    let reader = createRowReader(rules, emitRow);
    destination.add(() => reader.stop());

    function emitRow(row: ToonRow<ToonRowObject>): void {
      read++;
      // After a reset the remaining rows are read a second time.
      if (read <= emitted) return;
      emitted = read;
      destination.next(row as ToonRow<Row>);
    }

    return {
      write: (text) => reader.write(text),
      restart(remaining, fault) {
        reader = createRowReader(rules, emitRow);
        read = 0;
        reader.write(remaining);
        if (fault && read < emitted && onReset === 'error') throw fromFault(fault);
        emitted = read;
      },
      end(whole) {
        if (whole) reader.end();
        else reader.endEarly();
        destination.complete();
      },
      toParseError: (error) => toParseError(error, answer),
    };
  }

  return operate((destination) => bufferLines(readAnswer(destination, readRows)));
}

function toParseError(error: unknown, answer: AnswerSoFar): ParseError | undefined {
  if (!(error instanceof ToonSyntaxError)) return undefined;
  return answer.parseError(error.message, { line: error.line, cause: error });
}

function checkToonRows(options: ToonRowsOptions): RowReaderRules {
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
