import { type CharacterClass, characterClass } from './characters.js';

/** What is open in a text: a delimiter run, or a bracket. */
export type Opener = Delimiter | Bracket;

export interface Delimiter {
  readonly type: 'delimiter';
  readonly character: string;
  /** How many of its characters are not used. */
  readonly length: number;
  /** How many characters the run had. */
  readonly originalLength: number;
  readonly opens: boolean;
  readonly closes: boolean;
}

export interface Bracket {
  readonly type: 'bracket';
  readonly image: boolean;
  /** Whether it follows a `]`: what it encloses is the label of a reference. */
  readonly label: boolean;
  /** How many characters of the text precede its content. */
  readonly at: number;
}

/** More openers than this are not closed: what is appended at each delta must not grow with the text. */
const mostOpeners = 32;

/** A run of `*`, `_` or `~`, by the rules of CommonMark. */
export function readRun(character: string, length: number, before: number, after: CharacterClass): Delimiter {
  const preceding = characterClass(before);
  const left = after !== 'space' && (after === 'other' || preceding !== 'other');
  const right = preceding !== 'space' && (preceding === 'other' || after !== 'other');
  const strict = character === '_';
  const opens = left && (!strict || !right || preceding === 'punctuation');
  const closes = right && (!strict || !left || after === 'punctuation');
  // A strikethrough has two.
  const counts = character !== '~' || length === 2;
  return { type: 'delimiter', character, length, originalLength: length, opens: opens && counts, closes: closes && counts };
}

/** Closes what a run closes, and adds the rest of it if it may open, or may close what is before an open bracket. */
export function pushRun(open: Opener[], run: Delimiter): void {
  let { length } = run;
  while (run.closes && length > 0) {
    const index = matchingOpener(open, run);
    const opener = open[index];
    if (opener?.type !== 'delimiter') break;
    const used = opener.length >= 2 && length >= 2 ? 2 : 1;
    length -= used;
    open.length = index;
    if (opener.length > used) open.push({ ...opener, length: opener.length - used });
  }
  if (length > 0 && (run.opens || (run.closes && lastBracket(open) >= 0))) pushOpener(open, { ...run, length });
}

export function pushOpener(open: Opener[], opener: Opener): void {
  if (open.length >= mostOpeners) open.shift();
  open.push(opener);
}

/** The index of the innermost open bracket, else -1. */
export function lastBracket(open: readonly Opener[]): number {
  return open.findLastIndex(({ type }) => type === 'bracket');
}

/** A bracket is none: the runs after it may close what is before it. */
export function removeBracket(open: Opener[], index: number): void {
  const later = open.splice(index).slice(1);
  for (const opener of later) {
    if (opener.type === 'delimiter') pushRun(open, opener);
    else pushOpener(open, opener);
  }
}

/** The innermost opener of a closing run, not beyond an open bracket; else -1. */
function matchingOpener(open: readonly Opener[], run: Delimiter): number {
  for (let index = open.length - 1; index >= 0; index--) {
    const opener = open[index];
    if (opener?.type !== 'delimiter') return -1;
    if (opener.character === run.character && opener.opens && mayMatch(opener, run)) return index;
  }
  return -1;
}

/** The rule of three: https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis, 9 and 10. */
function mayMatch(opener: Delimiter, run: Delimiter): boolean {
  if (run.character === '~' || !((opener.opens && opener.closes) || (run.opens && run.closes))) return true;
  const [one, other] = [opener.originalLength, run.originalLength];
  return (one + other) % 3 !== 0 || (one % 3 === 0 && other % 3 === 0);
}
