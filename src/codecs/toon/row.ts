import { setOwn } from '../json/setOwn.js';
import { fillCells } from './cells.js';
import type { ToonField } from './fields.js';
import type { ToonHeader } from './header.js';
import type { ReadingContext } from './reading.js';
import type { ToonPrimitive, ToonRowObject } from './sink.js';
import { ToonSyntaxError } from './syntaxError.js';
import { indexOutsideQuotes } from './text.js';

/** Reads a line of a table: a row of cells, or an entry with a key before the cells. */
export type TableLineReader = (content: string, line: number) => void;

/** Whether a line is a row of cells, rather than a key and its value. */
export function isRow(content: string, { delimiter }: ToonHeader): boolean {
  const colon = indexOutsideQuotes(content, ':');
  if (colon < 0) return true;
  const first = indexOutsideQuotes(content, delimiter);
  return first >= 0 && first < colon;
}

/** Builds an object from the cells of a line. */
export type RowBuilder = (text: string, line: number) => ToonRowObject;

export function createRowBuilder(fields: readonly ToonField[], { delimiter }: ToonHeader): RowBuilder {
  const width = countColumns(fields);
  const rowShape = toShape(fields);
  /** The cells of the last row. */
  const cells: ToonPrimitive[] = [];
  let next = 0;

  function build({ empty, members }: Shape): ToonRowObject {
    const row = { ...empty };
    for (const { name, shape } of members) row[name] = shape ? build(shape) : (cells[next++] ?? null);
    return row;
  }

  return (text, line) => {
    const count = fillCells(text, delimiter, cells);
    if (count !== width) throw new ToonSyntaxError(`Expected ${width} cells, got ${count}`, line);
    next = 0;
    return build(rowShape);
  };
}

/** The structure that all rows of a table share. */
interface Shape {
  /**
   * A row with empty cells. Its copies have all keys as own properties, even `__proto__`, so that cells can be assigned. Copying is cheaper
   * than adding the keys.
   */
  readonly empty: ToonRowObject;
  readonly members: readonly { readonly name: string; readonly shape: Shape | undefined }[];
}

function toShape(fields: readonly ToonField[]): Shape {
  const empty: ToonRowObject = {};
  for (const { name } of fields) setOwn(empty, name, null);
  return { empty, members: fields.map(({ name, group }) => ({ name, shape: group && toShape(group) })) };
}

/** Counts the levels of nested objects in a row. */
export function countLevels(fields: readonly ToonField[]): number {
  return 1 + Math.max(0, ...fields.map(({ group }) => (group ? countLevels(group) : 0)));
}

/** Passes the error of an invalid row to `onRowError`, if there is one, so that reading continues. */
export function guardRow({ onRowError }: ReadingContext, read: TableLineReader): TableLineReader {
  if (!onRowError) return read;
  return (content, line) => {
    try {
      read(content, line);
    } catch (error) {
      if (!(error instanceof ToonSyntaxError)) throw error;
      onRowError(error.at(line));
    }
  };
}

function countColumns(fields: readonly ToonField[]): number {
  return fields.reduce((columns, { group }) => columns + (group ? countColumns(group) : 1), 0);
}
