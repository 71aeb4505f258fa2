import { firstBlank, knowsNext, type ToonLine, type ToonLines } from './lines.js';
import type { ToonSink } from './sink.js';
import { ToonSyntaxError } from './syntaxError.js';

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
  if (!knowsNext(lines)) yield;
  return lines.next;
}

/** Gives one line after another to a taker, as long as it wants them: what tables of many rows are read by. */
export function* giveLines({ lines }: ReadingContext, take: LineTaker): Reading {
  const wanted = lines.next === undefined ? !knowsNext(lines) : take(lines.next);
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
  readonly declared: number;
  items: number;
  /** The number of the first item's first line, and of the last item's last one. */
  first: number;
  last: number;
}

export function createItemCount({ lines }: ReadingContext, declared: number): ItemCount {
  return { declared, items: 0, first: 0, last: lines.taken };
}

/** Counts one, of which the first line was taken before, and the last one now. */
export function countItem(count: ItemCount, { lines }: ReadingContext, firstLine: number): void {
  if (count.items === 0) count.first = firstLine;
  count.items++;
  count.last = lines.taken;
}

/** @throws ToonSyntaxError in strict mode, if they are not as many as declared, or if blank lines stand between them. */
export function checkCount({ declared, items, first, last }: ItemCount, { strict, lines }: ReadingContext, what: string): void {
  if (!strict) return;
  if (items !== declared) throw new ToonSyntaxError(`Expected ${declared} ${what}, got ${items}`, last);
  const blank = items > 0 ? firstBlank(lines, first, last) : undefined;
  if (blank !== undefined) throw new ToonSyntaxError(`Expected no blank line between ${what}`, blank);
}
