import { setOwn } from '../json/setOwn.js';
import type { ToonField } from './fields.js';
import type { ToonHeader } from './header.js';
import { fillCells } from './primitives.js';
import type { ReadingContext } from './reading.js';
import type { ToonPrimitive, ToonRowObject } from './sink.js';
import { ToonSyntaxError } from './syntaxError.js';
import { indexOutsideQuotes } from './text.js';

/** A line of a table: a row of cells, or an entry with a key before them. */
export type RowReader = (content: string, line: number) => void;

/** Tells a row from a key and its value. */
export function isRow(content: string, { delimiter }: ToonHeader): boolean {
  const colon = indexOutsideQuotes(content, ':');
  if (colon < 0) return true;
  const first = indexOutsideQuotes(content, delimiter);
  return first >= 0 && first < colon;
}

/** Makes an object of the cells of a line. */
export type RowBuilder = (text: string, line: number) => ToonRowObject;

export function createRowBuilder(fields: readonly ToonField[], { delimiter }: ToonHeader): RowBuilder {
  const width = countColumns(fields);
  const rowShape = toShape(fields);
  /** Of the row that was read last. */
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

/** What all rows of a table have in common. */
interface Shape {
  /**
   * A row without its cells. A copy of it has all keys of its own, `__proto__` too, so that they can be assigned, and is cheaper than to add
   * them.
   */
  readonly empty: ToonRowObject;
  readonly members: readonly { readonly name: string; readonly shape: Shape | undefined }[];
}

function toShape(fields: readonly ToonField[]): Shape {
  const empty: ToonRowObject = {};
  for (const { name } of fields) setOwn(empty, name, null);
  return { empty, members: fields.map(({ name, group }) => ({ name, shape: group && toShape(group) })) };
}

/** How many objects stand in one another. */
export function countLevels(fields: readonly ToonField[]): number {
  return 1 + Math.max(0, ...fields.map(({ group }) => (group ? countLevels(group) : 0)));
}

/** Gives a bad row to whoever wants to go on without it. */
export function guardRow({ onRowError }: ReadingContext, read: RowReader): RowReader {
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
