import { firstBlank, knowsNext, type ToonLine, type ToonLines } from './lines.js';
import type { ToonSink } from './sink.js';
import { ToonSyntaxError } from './syntaxError.js';

/** Receives a line, and returns whether it also wants the next one. It does not have to consume the line. */
export type LineConsumer = (line: ToonLine) => boolean;

/**
 * A part of the grammar. It yields only to wait for the next line. If it yields a consumer, that receives the lines in place of the grammar
 * until it returns false.
 */
export type Reading<Result = void> = Generator<LineConsumer | undefined, Result, undefined>;

/** The state and options that all parts of the grammar share. */
export interface ReadingContext {
  readonly lines: ToonLines;
  readonly sink: ToonSink;
  readonly strict: boolean;
  /** Reject a row that is written as a list item, although the grammar allows it. */
  readonly rejectListedRows: boolean;
  /** Receives the error of an invalid row, which still counts as a row. */
  readonly onRowError: ((error: ToonSyntaxError) => void) | undefined;
  /** Receives what only strict decoding rejects. */
  readonly onDeviation: ((error: ToonSyntaxError) => void) | undefined;
}

/** Returns the next line without consuming it; `undefined` at the end. */
export function* peek({ lines }: ReadingContext): Reading<ToonLine | undefined> {
  if (!knowsNext(lines)) yield;
  return lines.next;
}

/** Passes line after line to a consumer as long as it wants them. Tables are read this way, because it costs less than to resume the generator. */
export function* feedLines({ lines }: ReadingContext, consume: LineConsumer): Reading {
  const wanted = lines.next === undefined ? !knowsNext(lines) : consume(lines.next);
  if (wanted) yield consume;
}

/** Returns the depth of the content of a scope. */
export function* contentDepth(context: ReadingContext, depth: number): Reading<number> {
  const first = yield* peek(context);
  if (first === undefined || first.depth <= depth + 1) return depth + 1;
  if (context.strict) failAt(`Expected no more than ${depth + 1} levels of indentation`, first);
  return first.depth;
}

export function requireDepth(line: ToonLine, depth: number): void {
  if (line.depth !== depth) failAt(`Expected ${depth} levels of indentation`, line);
}

export function failAt(reason: string, line: ToonLine): never {
  throw new ToonSyntaxError(reason, line.number);
}

/** Creates a check that throws for a duplicate key of an object, in strict mode. */
export function createKeyCheck(context: ReadingContext): (key: string) => void {
  const keys = new Set<string>();
  return (key) => {
    if (!isChecked(context)) return;
    if (keys.has(key)) deviate(context, 'Expected no key twice', context.lines.consumed);
    keys.add(key);
  };
}

/** Whether anyone wants to know what only strict decoding rejects. */
function isChecked({ strict, onDeviation }: ReadingContext): boolean {
  return strict || onDeviation !== undefined;
}

/** @throws ToonSyntaxError in strict mode; else reports it. */
export function deviate({ strict, onDeviation }: ReadingContext, reason: string, line: number): void {
  const error = new ToonSyntaxError(reason, line);
  if (strict) throw error;
  onDeviation?.(error);
}

/** Counts the items of an array. */
export interface ItemCount {
  readonly declared: number;
  items: number;
  /** The numbers of the first line of the first item and of the last line of the last item. */
  first: number;
  last: number;
}

export function createItemCount({ lines }: ReadingContext, declared: number): ItemCount {
  return { declared, items: 0, first: 0, last: lines.consumed };
}

/** Counts an item after its last line was consumed. */
export function countItem(count: ItemCount, { lines }: ReadingContext, firstLine: number): void {
  if (count.items === 0) count.first = firstLine;
  count.items++;
  count.last = lines.consumed;
}

/** Finds the fault, as `deviate` does, if the count differs from the declared one, or if there are blank lines between the items. */
export function checkCount({ declared, items, first, last }: ItemCount, context: ReadingContext, what: string): void {
  if (!isChecked(context)) return;
  if (items !== declared) deviate(context, `Expected ${declared} ${what}, got ${items}`, last);
  const blank = items > 0 ? firstBlank(context.lines, first, last) : undefined;
  if (blank !== undefined) deviate(context, `Expected no blank line between ${what}`, blank);
}
