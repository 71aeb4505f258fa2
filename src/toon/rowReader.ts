import { createLineSplitter } from '../codecs/text/lineSplitter.js';
import { createToonDecoder } from '../codecs/toon/decoder.js';
import type { ToonRowObject } from '../codecs/toon/sink.js';
import { ToonSyntaxError } from '../codecs/toon/syntaxError.js';
import { createDocumentLines } from './documentLines.js';
import { createTableRows, type ToonPath, type ToonRow } from './tableRows.js';

export interface RowReaderRules {
  readonly path: ToonPath | undefined;
  readonly onRowError: 'error' | 'skip';
  readonly lenient: boolean;
  readonly strict: boolean;
  readonly indentSize: number;
}

/** Reads the rows of an answer as its text arrives. */
export interface RowReader {
  /** @throws ToonSyntaxError with its line, LimitError for deep nesting. */
  write(text: string): void;
  /** Ends an answer that is whole. */
  end(): void;
  /** Ends an answer that is cut: a last row without a line end is emitted if it has all its cells. */
  endEarly(): void;
  /** Emits no more rows. */
  stop(): void;
}

export function createRowReader(rules: RowReaderRules, emit: (row: ToonRow<ToonRowObject>) => void): RowReader {
  const { path, onRowError, ...decoderRules } = rules;
  const rows = createTableRows(emit, path);
  const decoder = createToonDecoder(rows, {
    ...decoderRules,
    rejectListedRows: true,
    onRowError: onRowError === 'skip' ? rows.skip : undefined,
  });
  const splitter = createLineSplitter(createDocumentLines(rules.lenient, decoder.readLine));
  return {
    write: splitter.write,
    end() {
      splitter.end();
      decoder.end();
    },
    endEarly() {
      rows.markProvisional();
      try {
        splitter.end();
      } catch (error) {
        if (!(error instanceof ToonSyntaxError)) throw error;
      }
    },
    stop: splitter.stop,
  };
}
