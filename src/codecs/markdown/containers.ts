import { consumeColumns, consumeMarker, type Indentation, isBlankFrom, isSpaceOrTab, type LineCursor } from './lineCursor.js';

/** A block that has blocks in it. */
export type Container = BlockQuote | ListItem;

interface BlockQuote {
  readonly type: 'blockquote';
}

export interface ListItem {
  readonly type: 'item';
  /** `-`, `+`, `*`, `.` or `)`: items with another marker belong to another list. */
  readonly marker: string;
  /** The columns by which its content is indented. */
  readonly width: number;
  /** Whether its first line has no content: a blank line ends it then. */
  readonly empty: boolean;
}

const quote: BlockQuote = { type: 'blockquote' };

/** Moves over the mark of a block quote, and over one space after it. */
export function readQuote(cursor: LineCursor, indentation: Indentation): BlockQuote | undefined {
  if (indentation.width > 3 || cursor.line[indentation.end] !== '>') return undefined;
  consumeMarker(cursor, indentation, 1);
  if (isSpaceOrTab(cursor.line.charCodeAt(cursor.index))) consumeColumns(cursor, 1);
  return quote;
}

/** Moves over the marker of a list item and the space after it. @param interrupts Whether the line could go on with a paragraph. */
export function readItem(cursor: LineCursor, indentation: Indentation, interrupts: boolean): ListItem | undefined {
  const { line } = cursor;
  const end = markerEnd(line, indentation.end, interrupts);
  const marker = line[end - 1];
  if (end < 0 || marker === undefined) return undefined;
  const empty = isBlankFrom(line, end);
  if (interrupts && empty) return undefined;
  const length = end - indentation.end;
  consumeMarker(cursor, indentation, length);
  const spaces = empty ? 1 : spaceAfterMarker(cursor);
  if (end < line.length) consumeColumns(cursor, spaces);
  return { type: 'item', marker, width: indentation.width + length + spaces, empty };
}

/** The columns of space that belong to the marker: with more than 4, the rest indents code. */
function spaceAfterMarker({ line, index, column }: LineCursor): number {
  const probe = { line, index, column };
  do consumeColumns(probe, 1);
  while (probe.column - column < 5 && isSpaceOrTab(line.charCodeAt(probe.index)));
  return probe.column - column >= 5 ? 1 : probe.column - column;
}

/** The index after a list marker that white space or the end follows, else -1. */
function markerEnd(line: string, from: number, interrupts: boolean): number {
  const character = line[from];
  if (character === undefined) return -1;
  if (character === '-' || character === '+' || character === '*') return endsMarker(line, from + 1);
  let end = from;
  while (end - from < 10 && isDigit(line.charCodeAt(end))) end++;
  const digits = end - from;
  if (digits === 0 || digits > 9 || (line[end] !== '.' && line[end] !== ')')) return -1;
  if (interrupts && Number(line.slice(from, end)) !== 1) return -1;
  return endsMarker(line, end + 1);
}

function endsMarker(line: string, end: number): number {
  return end === line.length || isSpaceOrTab(line.charCodeAt(end)) ? end : -1;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
