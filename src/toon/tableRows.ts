import type { ToonRowObject, ToonSink } from '../codecs/toon/sink.js';

/** The place of a value: the keys and indices that lead to it from the root. */
export type ToonPath = readonly (string | number)[];

/** A row of a table. */
export interface ToonRow<Row> {
  /** The place of the table: the keys and indices that lead to it from the root. Empty for a table at the root. */
  readonly path: ToonPath;
  /** The row's index in its table, counted from 0. Skipped rows count. */
  readonly index: number;
  /** The key of the entry in a keyed table (`users[2:]{name}:`); undefined in an array. */
  readonly key: string | undefined;
  readonly row: Row;
  /** The number of rows that the table's header declares. */
  readonly expected: number;
  /** The row's line in the answer, counted from 1. */
  readonly line: number;
  /** True for a last row without a line end in a stream that ended early: its last cell may be cut. */
  readonly provisional: true | undefined;
}

/** Emits the rows of the tables of a document and discards the rest of it. */
export interface TableRows extends ToonSink {
  /** Counts a row without emitting it. */
  skip(): void;
  /** Emits every following row as provisional. */
  markProvisional(): void;
}

interface Table {
  readonly path: ToonPath;
  readonly expected: number;
  rows: number;
}

interface Frame {
  /** The key or index of the child that is being read. */
  segment: string | number;
  /** Set if the children are rows to emit. */
  readonly table: Table | undefined;
}

/** @param wanted The path of the one table to read. @defaultValue every table */
export function createTableRows(emit: (row: ToonRow<ToonRowObject>) => void, wanted?: ToonPath): TableRows {
  const frames: Frame[] = [];
  /** The declared length of the table that starts next. */
  let announced: number | undefined;
  let provisional: true | undefined;

  /** Moves to the next child of an array. In an object, `key` did. */
  function advance(): void {
    const parent = frames[frames.length - 1];
    if (typeof parent?.segment === 'number') parent.segment++;
  }

  function openTable(): Table | undefined {
    const expected = announced;
    announced = undefined;
    if (expected === undefined) return undefined;
    const path = Object.freeze(frames.map(({ segment }) => segment));
    return wanted === undefined || samePath(path, wanted) ? { path, expected, rows: 0 } : undefined;
  }

  function open(segment: string | number): void {
    advance();
    frames.push({ table: openTable(), segment });
  }

  return {
    table(rows) {
      announced = rows;
    },
    startObject: () => open(''),
    endObject: () => void frames.pop(),
    startArray: () => open(-1),
    endArray: () => void frames.pop(),
    key(key) {
      const parent = frames[frames.length - 1];
      if (parent) parent.segment = key;
    },
    primitive: advance,
    row(row, line) {
      advance();
      const { table, segment } = frames[frames.length - 1] ?? {};
      if (!table) return;
      const key = typeof segment === 'string' ? segment : undefined;
      emit({ path: table.path, index: table.rows, key, row, expected: table.expected, line, provisional });
      table.rows++;
    },
    skip() {
      const table = frames[frames.length - 1]?.table;
      if (table) table.rows++;
    },
    markProvisional() {
      provisional = true;
    },
  };
}

function samePath(path: ToonPath, wanted: ToonPath): boolean {
  return path.length === wanted.length && path.every((segment, index) => segment === wanted[index]);
}
