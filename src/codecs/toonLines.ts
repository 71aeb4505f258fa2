import { ToonSyntaxError } from './toonSyntaxError.js';
import { trimSpaces } from './toonText.js';

/** A line that says something: no blank one, and no comment. */
export interface ToonLine {
  /** Without its indentation, and without spaces at the end. */
  readonly content: string;
  readonly depth: number;
  /** Counted from 1. */
  readonly number: number;
}

/** The line that a grammar looks at. */
export interface ToonLines {
  /** Whether the next line, or that there is none, is known. */
  readonly known: boolean;
  /** The next line, not yet taken; `undefined` at the end. */
  readonly next: ToonLine | undefined;
  /** The number of the line that was taken last. */
  readonly taken: number;
  take(line: ToonLine): void;
  /** The number of the first blank line between two lines that were taken. Known in strict mode only, where it matters. */
  firstBlank(after: number, before: number): number | undefined;
  /** Takes a line as it was written, and gives the next line if that is known now. */
  write(raw: string): ToonLine | undefined;
  end(): void;
}

export interface ToonLineRules {
  /** The number of spaces of one level. */
  readonly indentSize: number;
  readonly strict: boolean;
}

const tab = 9;
const space = 32;

export function createToonLines({ indentSize, strict }: ToonLineRules): ToonLines {
  let number = 0;
  let next: ToonLine | undefined;
  let ended = false;
  let taken = 0;
  /** The first line of each run of blank lines with something after it, in order, and of the run that may go on. */
  const blankRuns: number[] = [];
  let openRun = 0;

  function scan(raw: string): ToonLine | undefined {
    const text = number === 1 && raw.startsWith('\ufeff') ? raw.slice(1) : raw;
    const indentation = indentationOf(text);
    const tabs = indentation === 0 ? 0 : countTabs(text, indentation);
    const content = trimSpaces(text.slice(indentation));
    if (tabs === 0 && content.startsWith('#')) return undefined;
    if (strict && tabs > 0) throw new ToonSyntaxError('Expected no tab in the indentation', number);
    if (content === '') return noteBlank();
    if (strict && indentation % indentSize !== 0) {
      throw new ToonSyntaxError(`Expected an indentation by a multiple of ${indentSize}`, number);
    }
    return { content, depth: Math.floor((indentation - tabs) / indentSize) + tabs, number };
  }

  function noteBlank(): undefined {
    if (openRun === 0) openRun = number;
  }

  function closeRun(): void {
    if (openRun > 0 && strict) blankRuns.push(openRun);
    openRun = 0;
  }

  return {
    get known() {
      return next !== undefined || ended;
    },
    get next() {
      return next;
    },
    get taken() {
      return taken;
    },
    take(line) {
      taken = line.number;
      next = undefined;
    },
    firstBlank(after, before) {
      const blank = blankRuns[firstAbove(blankRuns, after)];
      return blank !== undefined && blank < before ? blank : undefined;
    },
    write(raw) {
      number++;
      next = scan(raw);
      if (next !== undefined) closeRun();
      return next;
    },
    end() {
      ended = true;
    },
  };
}

function indentationOf(text: string): number {
  let index = 0;
  while (text.charCodeAt(index) === space || text.charCodeAt(index) === tab) index++;
  return index;
}

function countTabs(text: string, end: number): number {
  let tabs = 0;
  for (let index = 0; index < end; index++) if (text.charCodeAt(index) === tab) tabs++;
  return tabs;
}

/** The index of the first of ascending numbers that is above a limit. */
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
