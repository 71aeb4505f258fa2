import type { ToonLine, ToonLines } from './toonLines.js';
import type { ToonSink } from './toonSink.js';
import { ToonSyntaxError } from './toonSyntaxError.js';

/** Takes a line, and tells whether it wants the one after it as well. A line that it leaves is not taken from {@link ToonLines}. */
export type LineTaker = (line: ToonLine) => boolean;

/**
 * A part of the grammar. It yields when it needs to know the next line, and nothing else; what it yields takes the lines that come, without
 * the grammar being asked, for as long as it wants them.
 */
export type Reading<Result = void> = Generator<LineTaker | undefined, Result, undefined>;

/** What every part of the grammar works with. */
export interface ReadingContext {
  readonly lines: ToonLines;
  readonly sink: ToonSink;
  readonly strict: boolean;
  /** Refuse a row that is written as a list item, which is a value for the letter of the grammar. */
  readonly refuseListedRows: boolean;
  /** What becomes of a bad row. It counts as a row. */
  readonly onRowError: ((error: ToonSyntaxError) => void) | undefined;
}

/** The next line, which is not taken yet; `undefined` at the end. */
export function* peek({ lines }: ReadingContext): Reading<ToonLine | undefined> {
  if (!lines.known) yield;
  return lines.next;
}

/** Gives one line after another to a taker, as long as it wants them: what tables of many rows are read by. */
export function* giveLines({ lines }: ReadingContext, take: LineTaker): Reading {
  const wanted = lines.next === undefined ? !lines.known : take(lines.next);
  if (wanted) yield take;
}

/** The depth at which the content of a scope stands. */
export function* contentDepth(context: ReadingContext, depth: number): Reading<number> {
  const first = yield* peek(context);
  if (first === undefined || first.depth <= depth + 1) return depth + 1;
  if (context.strict) refuse(`Expected no more than ${depth + 1} levels of indentation`, first);
  return first.depth;
}

export function requireDepth(line: ToonLine, depth: number): void {
  if (line.depth !== depth) refuse(`Expected ${depth} levels of indentation`, line);
}

export function refuse(reason: string, line: ToonLine): never {
  throw new ToonSyntaxError(reason, line.number);
}

/** Tells, in strict mode, that no key stands twice in an object. */
export function createKeyCheck({ strict, lines }: ReadingContext): (key: string) => void {
  const keys = new Set<string>();
  return (key) => {
    if (!strict) return;
    if (keys.has(key)) throw new ToonSyntaxError('Expected no key twice', lines.taken);
    keys.add(key);
  };
}

/** Counts the items of an array. */
export interface ItemCount {
  readonly items: number;
  /** Counts one, of which the first line was taken before, and the last one now. */
  add(firstLine: number): void;
  /** @throws ToonSyntaxError in strict mode, if they are not as many as declared, or if blank lines stand between them. */
  check(what: string): void;
}

export function createItemCount({ strict, lines }: ReadingContext, declared: number): ItemCount {
  let items = 0;
  let first = 0;
  let last = lines.taken;
  return {
    get items() {
      return items;
    },
    add(firstLine) {
      if (items === 0) first = firstLine;
      items++;
      last = lines.taken;
    },
    check(what) {
      if (!strict) return;
      if (items !== declared) throw new ToonSyntaxError(`Expected ${declared} ${what}, got ${items}`, last);
      const blank = items > 0 ? lines.firstBlank(first, last) : undefined;
      if (blank !== undefined) throw new ToonSyntaxError(`Expected no blank line between ${what}`, blank);
    },
  };
}
