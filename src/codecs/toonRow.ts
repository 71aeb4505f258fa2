import type { ToonField } from './toonFields.js';
import type { ToonHeader } from './toonHeader.js';
import { readCells } from './toonPrimitives.js';
import type { ReadingContext } from './toonReading.js';
import type { ToonPrimitive } from './toonSink.js';
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

/** Tells an object of the cells; the cells are checked before anything is told. */
export function createCellReader(
  { sink }: ReadingContext,
  fields: readonly ToonField[],
  { delimiter }: ToonHeader,
): (text: string, line: number) => () => void {
  const width = countColumns(fields);

  function tell(group: readonly ToonField[], cells: readonly ToonPrimitive[], from: number, line: number): number {
    let cell = from;
    sink.startObject(line);
    for (const field of group) {
      sink.key(field.name, line);
      if (field.group) cell = tell(field.group, cells, cell, line);
      else sink.primitive(cells[cell++] ?? null, line);
    }
    sink.endObject(line);
    return cell;
  }

  return (text, line) => {
    const cells = readCells(text, delimiter);
    if (cells.length !== width) throw new ToonSyntaxError(`Expected ${width} cells, got ${cells.length}`, line);
    return () => void tell(fields, cells, 0, line);
  };
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
