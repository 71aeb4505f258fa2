/** A place in a line, by character and by column. A tab reaches to the next multiple of 4, and may be consumed in part. */
export interface LineCursor {
  readonly line: string;
  index: number;
  column: number;
}

/** What comes after a cursor. */
export interface Indentation {
  /** The columns of white space. */
  readonly width: number;
  /** The index of the first character that is neither space nor tab. */
  readonly end: number;
  readonly blank: boolean;
}

const tab = 9;
const space = 32;

export function isSpaceOrTab(code: number): boolean {
  return code === space || code === tab;
}

export function readIndentation({ line, index, column }: LineCursor): Indentation {
  let end = index;
  let reached = column;
  for (let code = line.charCodeAt(end); isSpaceOrTab(code); code = line.charCodeAt(++end)) reached = after(code, reached);
  return { width: reached - column, end, blank: end === line.length };
}

/** Moves over white space by columns; a tab that is wider stays, with its rest. */
export function consumeColumns(cursor: LineCursor, columns: number): void {
  const target = cursor.column + columns;
  while (cursor.column < target && cursor.index < cursor.line.length) {
    const next = after(cursor.line.charCodeAt(cursor.index), cursor.column);
    cursor.column = Math.min(next, target);
    if (next <= target) cursor.index++;
  }
}

/** Moves over the indentation and over what follows it, which has no tabs. */
export function consumeMarker(cursor: LineCursor, { width, end }: Indentation, length: number): void {
  cursor.column += width + length;
  cursor.index = end + length;
}

/** Whether nothing but spaces and tabs follows. */
export function isBlankFrom(line: string, from: number): boolean {
  let index = from;
  while (isSpaceOrTab(line.charCodeAt(index))) index++;
  return index === line.length;
}

function after(code: number, column: number): number {
  return code === tab ? column + 4 - (column % 4) : column + 1;
}
