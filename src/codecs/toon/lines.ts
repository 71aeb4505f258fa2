import { ToonSyntaxError } from './syntaxError.js';

/** A line with content: neither blank nor a comment. */
export interface ToonLine {
  /** The text without indentation and trailing spaces. */
  readonly content: string;
  readonly depth: number;
  /** Counted from 1. */
  readonly number: number;
}

export interface ToonLineRules {
  /** The number of spaces per level of indentation. */
  readonly indentSize: number;
  readonly strict: boolean;
  /** Keep the numbers of blank lines. */
  readonly blanks: boolean;
}

/** The current line and the numbers of earlier ones. Plain data, because it is read at every line and getters are slow. */
export interface ToonLines {
  readonly rules: ToonLineRules;
  /** The next line, not consumed yet; `undefined` before it arrives, and at the end. */
  next: ToonLine | undefined;
  ended: boolean;
  /** The numbers of the last line written and of the last line consumed. */
  written: number;
  consumed: number;
  /** The number of the first line of each run of blank lines that has ended, in order, and of the run that may continue, 0 without one. */
  readonly blankRuns: number[];
  openRun: number;
}

const tab = 9;
const space = 32;

export function createToonLines(rules: ToonLineRules): ToonLines {
  return { rules, next: undefined, ended: false, written: 0, consumed: 0, blankRuns: [], openRun: 0 };
}

/** Whether it is known what follows: the next line, or the end. */
export function knowsNext({ next, ended }: ToonLines): boolean {
  return next !== undefined || ended;
}

/** Notes that no further line follows. */
export function endLines(lines: ToonLines): void {
  lines.ended = true;
}

export function consumeLine(lines: ToonLines, line: ToonLine): void {
  lines.consumed = line.number;
  lines.next = undefined;
}

/** Writes a raw line. Returns it if it has content. */
export function writeLine(lines: ToonLines, raw: string): ToonLine | undefined {
  lines.written++;
  lines.next = scan(lines, raw);
  if (lines.next !== undefined && lines.openRun > 0) closeRun(lines);
  return lines.next;
}

/** Returns the number of the first blank line between two consumed lines. Known only if the rules keep them. */
export function firstBlank({ blankRuns }: ToonLines, after: number, before: number): number | undefined {
  const blank = blankRuns[firstAbove(blankRuns, after)];
  return blank !== undefined && blank < before ? blank : undefined;
}

function scan(lines: ToonLines, raw: string): ToonLine | undefined {
  const { strict, indentSize } = lines.rules;
  const number = lines.written;
  const text = number === 1 && raw.startsWith('\ufeff') ? raw.slice(1) : raw;
  const indentation = indentationOf(text);
  const tabs = indentation === 0 ? 0 : countTabs(text, indentation);
  const content = text.slice(indentation, contentEnd(text, indentation));
  if (tabs === 0 && content.startsWith('#')) return undefined;
  if (strict && tabs > 0) throw new ToonSyntaxError('Expected no tab in the indentation', number);
  if (content === '') return noteBlank(lines);
  if (strict && indentation % indentSize !== 0) {
    throw new ToonSyntaxError(`Expected an indentation by a multiple of ${indentSize}`, number);
  }
  return { content, depth: Math.floor((indentation - tabs) / indentSize) + tabs, number };
}

function noteBlank(lines: ToonLines): undefined {
  if (lines.openRun === 0) lines.openRun = lines.written;
}

function closeRun(lines: ToonLines): void {
  if (lines.rules.blanks) lines.blankRuns.push(lines.openRun);
  lines.openRun = 0;
}

function indentationOf(text: string): number {
  let index = 0;
  while (text.charCodeAt(index) === space || text.charCodeAt(index) === tab) index++;
  return index;
}

/** Returns the index before the trailing spaces. */
function contentEnd(text: string, from: number): number {
  let end = text.length;
  while (end > from && text.charCodeAt(end - 1) === space) end--;
  return end;
}

function countTabs(text: string, end: number): number {
  let tabs = 0;
  for (let index = 0; index < end; index++) if (text.charCodeAt(index) === tab) tabs++;
  return tabs;
}

/** Returns the index of the first of the ascending numbers that is above a limit. */
function firstAbove(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
