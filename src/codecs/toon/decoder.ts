import { createLineSplitter } from '../text/lineSplitter.js';
import { limitDepth } from './depth.js';
import { readDocument } from './grammar.js';
import { createToonLines, endLines, type ToonLine, writeLine } from './lines.js';
import type { LineConsumer } from './reading.js';
import type { ToonSink } from './sink.js';
import { ToonSyntaxError } from './syntaxError.js';

export interface ToonDecoderOptions {
  /**
   * Check declared lengths and indentation, and reject duplicate keys and blank lines between rows.
   * @defaultValue true
   */
  readonly strict?: boolean | undefined;
  /** The number of spaces per level of indentation. @defaultValue 2 */
  readonly indentSize?: number | undefined;
  /** Reject a row that is written as a list item (`- 1,Ann`). The grammar allows it: its first cell is `- 1`. @defaultValue false */
  readonly rejectListedRows?: boolean | undefined;
  /** Receives the error of an invalid row. The row counts, but nothing of it is emitted. @defaultValue the error is thrown */
  readonly onRowError?: ((error: ToonSyntaxError) => void) | undefined;
  /** Receives what only strict decoding rejects: wrong counts, blank lines between items, duplicate keys. */
  readonly onDeviation?: ((error: ToonSyntaxError) => void) | undefined;
}

/** Reads a document in pieces of any size, and emits every part to a sink as soon as its line is whole. */
export interface ToonDecoder {
  /**
   * Reads the next piece.
   * @throws ToonSyntaxError with its line, LimitError for deep nesting. The decoder cannot be used after that.
   */
  write(text: string): void;
  /** Reads a whole line, for callers that split the text themselves. */
  readLine(line: string): void;
  /** Ends the text: reads an unfinished last line, and closes open objects and arrays. */
  end(): void;
}

/**
 * Decodes TOON 4 as specified in https://github.com/toon-format/spec. The grammar is a generator that yields to wait for the next line, so
 * that it reads like the specification although lines are pushed to it. Memory grows with the open containers, not with the text.
 */
export function createToonDecoder(sink: ToonSink, options: ToonDecoderOptions = {}): ToonDecoder {
  const { strict = true, indentSize = 2, rejectListedRows = false, onRowError, onDeviation } = options;
  const lines = createToonLines({ strict, indentSize, blanks: strict || onDeviation !== undefined });
  const grammar = readDocument({ lines, sink: limitDepth(sink), strict, rejectListedRows, onRowError, onDeviation });
  const splitter = createLineSplitter(readLine);
  /** Receives the next lines in place of the grammar. */
  let consume: LineConsumer | undefined;

  function resume(line?: ToonLine): void {
    try {
      if (line && consume?.(line)) return;
      consume = grammar.next().value ?? undefined;
    } catch (error) {
      throw error instanceof ToonSyntaxError ? error.at(lines.consumed) : error;
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
