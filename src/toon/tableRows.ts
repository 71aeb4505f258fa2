import type { ToonRowObject, ToonSink } from '../codecs/toon/sink.js';

/** Where a value stands: the keys and indices that lead to it from the root. */
export type ToonPath = readonly (string | number)[];

/** A row of a table. */
export interface ToonRow<Row> {
  /** Where the table stands: the keys and indices that lead to it from the root, none for a table at the root. */
  readonly path: ToonPath;
  /** The row's place in its table, counted from 0; skipped rows count. */
  readonly index: number;
  /** The key of the entry in a keyed table (`users[2:]{name}:`), `undefined` in an array. */
  readonly key: string | undefined;
  readonly row: Row;
  /** How many rows the table's header declares. */
  readonly expected: number;
  /** The line of the answer, counted from 1. */
  readonly line: number;
  /** True for a last row whose line had no end when the stream ended early: its last cell may be cut. */
  readonly provisional: true | undefined;
}

/** Picks the rows of tables out of a document, and forgets the rest of it. */
export interface TableRows extends ToonSink {
  /** Leaves the next row out, but counts it. */
  skip(): void;
  /** Marks the rows from now on. */
  beProvisional(): void;
}

interface Table {
  readonly path: ToonPath;
  readonly expected: number;
  rows: number;
}

interface Frame {
  /** What leads to the child that is read now. */
  step: string | number;
  /** Set if the children are rows that somebody wants. */
  readonly table: Table | undefined;
}

/** @param wanted The path of the one table to read. @defaultValue every table */
export function createTableRows(emit: (row: ToonRow<ToonRowObject>) => void, wanted?: ToonPath): TableRows {
  const frames: Frame[] = [];
  /** The length of the table that starts next. */
  let announced: number | undefined;
  let provisional: true | undefined;

  /** Goes on to the next child, which in an object its key has announced. */
  function advance(): void {
    const parent = frames[frames.length - 1];
    if (typeof parent?.step === 'number') parent.step++;
  }

  function openTable(): Table | undefined {
    const expected = announced;
    announced = undefined;
    if (expected === undefined) return undefined;
    const path = Object.freeze(frames.map(({ step }) => step));
    return wanted === undefined || samePath(path, wanted) ? { path, expected, rows: 0 } : undefined;
  }

  function open(step: string | number): void {
    advance();
    frames.push({ table: openTable(), step });
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
      if (parent) parent.step = key;
    },
    primitive: advance,
    row(row, line) {
      advance();
      const { table, step } = frames[frames.length - 1] ?? {};
      if (!table) return;
      const key = typeof step === 'string' ? step : undefined;
      emit({ path: table.path, index: table.rows, key, row, expected: table.expected, line, provisional });
      table.rows++;
    },
    skip() {
      const table = frames[frames.length - 1]?.table;
      if (table) table.rows++;
    },
    beProvisional() {
      provisional = true;
    },
  };
}

function samePath(path: ToonPath, wanted: ToonPath): boolean {
  return path.length === wanted.length && path.every((step, index) => step === wanted[index]);
}
