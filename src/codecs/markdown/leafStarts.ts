import { isBlankFrom, isSpaceOrTab } from './lineCursor.js';

/** The marker of a fenced code block. */
export interface Fence {
  readonly character: string;
  readonly length: number;
}

/** The index after a run of one character. */
function endOfRun(line: string, from: number): number {
  const code = line.charCodeAt(from);
  let end = from;
  while (end < line.length && line.charCodeAt(end) === code) end++;
  return end;
}

/** The index of the content of an ATX heading; `undefined` if the line is none. */
export function headingContent(line: string, from: number): number | undefined {
  if (line[from] !== '#') return undefined;
  const end = endOfRun(line, from);
  return end - from <= 6 && (end === line.length || isSpaceOrTab(line.charCodeAt(end))) ? end : undefined;
}

/** The fence that a line opens. The info string of a fence of backticks has none. */
export function openingFence(line: string, from: number): Fence | undefined {
  const character = line[from];
  if (character !== '`' && character !== '~') return undefined;
  const end = endOfRun(line, from);
  if (end - from < 3 || (character === '`' && line.includes('`', end))) return undefined;
  return { character, length: end - from };
}

export function closesFence(line: string, from: number, fence: Fence): boolean {
  if (line[from] !== fence.character) return false;
  const end = endOfRun(line, from);
  return end - from >= fence.length && isBlankFrom(line, end);
}

export function isSetextUnderline(line: string, from: number): boolean {
  return (line[from] === '=' || line[from] === '-') && isBlankFrom(line, endOfRun(line, from));
}

/**
 * Returns -1 if a line is a thematic break, else the index before which none begins: a list of lists, `- - - x`, is asked at each marker,
 * and searched once.
 */
export function thematicBreakFrom(line: string, from: number): number {
  const character = line[from];
  if (character !== '*' && character !== '-' && character !== '_') return from;
  let count = 0;
  for (let index = from; index < line.length; index++) {
    if (line[index] === character) count++;
    else if (!isSpaceOrTab(line.charCodeAt(index))) return index;
  }
  return count >= 3 ? -1 : from;
}
