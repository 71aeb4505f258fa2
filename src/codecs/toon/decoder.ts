import { createLineSplitter } from '../text/lineSplitter.js';
import { limitDepth } from './depth.js';
import { readDocument } from './grammar.js';
import { createToonLines, endLines, type ToonLine, writeLine } from './lines.js';
import type { LineTaker } from './reading.js';
import type { ToonSink } from './sink.js';
import { ToonSyntaxError } from './syntaxError.js';

export interface ToonDecoderOptions {
  /**
   * Check the declared lengths, the indentation, that no key stands twice and that no blank line stands between rows.
   * @defaultValue true
   */
  readonly strict?: boolean | undefined;
  /** The number of spaces of one level. @defaultValue 2 */
  readonly indentSize?: number | undefined;
  /** Refuse a row that is written as a list item (`- 1,Ann`): for the letter of the grammar its first cell is `- 1`. @defaultValue false */
  readonly refuseListedRows?: boolean | undefined;
  /** Takes the error of a whole row that is bad; the row counts, but nothing of it is told. @defaultValue the error is thrown */
  readonly onRowError?: ((error: ToonSyntaxError) => void) | undefined;
}

/** Reads a document in the pieces in which it comes, and tells a sink of every part as soon as its line is whole. */
export interface ToonDecoder {
  /**
   * Reads the next piece.
   * @throws ToonSyntaxError with its line, LimitError for deep nesting. The decoder is of no use after that.
   */
  write(text: string): void;
  /** Reads a whole line, for callers who cut the text themselves. */
  readLine(line: string): void;
  /** The end of the text: reads an unfinished last line, and tells of what is still open. */
  end(): void;
}

/**
 * Decodes TOON 4 as https://github.com/toon-format/spec says. The grammar is a coroutine that asks for one line after another, so that it
 * reads like the specification and still can be pushed; memory and time grow with what is open, not with what was read.
 */
export function createToonDecoder(sink: ToonSink, options: ToonDecoderOptions = {}): ToonDecoder {
  const { strict = true, indentSize = 2, refuseListedRows = false, onRowError } = options;
  const lines = createToonLines({ strict, indentSize });
  const grammar = readDocument({ lines, sink: limitDepth(sink), strict, refuseListedRows, onRowError });
  const splitter = createLineSplitter(readLine);
  /** What the grammar has left the lines to. */
  let take: LineTaker | undefined;

  function resume(line?: ToonLine): void {
    try {
      if (line && take?.(line)) return;
      take = grammar.next().value ?? undefined;
    } catch (error) {
      throw error instanceof ToonSyntaxError ? error.at(lines.taken) : error;
    }
  }

  function readLine(text: string): void {
    const line = writeLine(lines, text);
    if (line) resume(line);
  }

  resume();
  return {
    write: splitter.write,
    readLine,
    end() {
      splitter.end();
      endLines(lines);
      resume();
    },
  };
}
