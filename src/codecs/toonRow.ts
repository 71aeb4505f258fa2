import { setOwn } from './setOwn.js';
import type { ToonField } from './toonFields.js';
import type { ToonHeader } from './toonHeader.js';
import { readCells } from './toonPrimitives.js';
import type { ReadingContext } from './toonReading.js';
import type { ToonPrimitive, ToonRowObject } from './toonSink.js';
import { ToonSyntaxError } from './toonSyntaxError.js';
import { indexOutsideQuotes } from './toonText.js';

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
  let cells: readonly ToonPrimitive[] = [];
  let next = 0;

  function build(group: readonly ToonField[]): ToonRowObject {
    const row: ToonRowObject = {};
    for (const field of group) setOwn(row, field.name, field.group ? build(field.group) : (cells[next++] ?? null));
    return row;
  }

  return (text, line) => {
    cells = readCells(text, delimiter);
    if (cells.length !== width) throw new ToonSyntaxError(`Expected ${width} cells, got ${cells.length}`, line);
    next = 0;
    return build(fields);
  };
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
