import type { ToonField } from './fields.js';
import type { ToonHeader } from './header.js';
import { readKeyedText } from './key.js';
import { type ToonLine, takeLine } from './lines.js';
import {
  checkCount,
  contentDepth,
  countItem,
  createItemCount,
  createKeyCheck,
  giveLines,
  peek,
  type Reading,
  type ReadingContext,
  requireDepth,
} from './reading.js';
import { countLevels, createRowBuilder, guardRow, isRow, type RowReader } from './row.js';
import { ToonSyntaxError } from './syntaxError.js';

/** Reads the rows under a header with fields: an array of objects, or an object of objects. */
export function* readTable(context: ReadingContext, header: ToonHeader, fields: readonly ToonField[], depth: number): Reading {
  const { sink, lines } = context;
  sink.table?.(header.length);
  if (header.keyed) {
    sink.startObject(lines.taken);
    yield* readEntries(context, header, fields, depth);
    sink.endObject(lines.taken);
  } else {
    sink.startArray(header.length, lines.taken);
    yield* readRows(context, header, fields, depth);
    sink.endArray(lines.taken);
  }
}

function* readRows(context: ReadingContext, header: ToonHeader, fields: readonly ToonField[], depth: number): Reading {
  const { strict, lines } = context;
  const readRow = guardRow(context, createRowReader(context, header, fields));
  const count = createItemCount(context, header.length);
  const rowDepth = yield* contentDepth(context, depth);
  const mayFollow = () => !strict || count.items < header.length;
  const takeRow = (line: ToonLine) => {
    if (line.depth <= depth) return false;
    requireDepth(line, rowDepth);
    if (!isRow(line.content, header)) return false;
    takeLine(lines, line);
    readRow(line.content, line.number);
    countItem(count, context, line.number);
    return mayFollow();
  };
  if (mayFollow()) yield* giveLines(context, takeRow);
  checkCount(count, context, 'rows');
  if (strict) refuseMore(header, rowDepth, yield* peek(context));
}

function createRowReader(context: ReadingContext, header: ToonHeader, fields: readonly ToonField[]): RowReader {
  const build = createRowBuilder(fields, header);
  const levels = countLevels(fields);
  return (content, line) => {
    if (context.refuseListedRows && isListed(content)) throw new ToonSyntaxError('Expected a row, not a list item', line);
    context.sink.row(build(content, line), line, levels);
  };
}

function refuseMore(header: ToonHeader, rowDepth: number, line: ToonLine | undefined): void {
  const more = line?.depth === rowDepth && !isListed(line.content) && isRow(line.content, header);
  if (more) throw new ToonSyntaxError(`Expected ${header.length} rows, got more`, line.number);
}

function* readEntries(context: ReadingContext, header: ToonHeader, fields: readonly ToonField[], depth: number): Reading {
  const { lines } = context;
  const readEntry = guardRow(context, createEntryReader(context, header, fields));
  const count = createItemCount(context, header.length);
  const entryDepth = yield* contentDepth(context, depth);
  yield* giveLines(context, (line) => {
    if (line.depth <= depth) return false;
    requireDepth(line, entryDepth);
    takeLine(lines, line);
    readEntry(line.content, line.number);
    countItem(count, context, line.number);
    return true;
  });
  checkCount(count, context, 'entries');
}

function createEntryReader(context: ReadingContext, header: ToonHeader, fields: readonly ToonField[]): RowReader {
  const checkKey = createKeyCheck(context);
  const build = createRowBuilder(fields, header);
  const levels = countLevels(fields);
  return (content, line) => {
    const { key, rest } = readKeyedText(content);
    const row = build(rest, line);
    checkKey(key);
    context.sink.key(key, line);
    context.sink.row(row, line, levels);
  };
}

function isListed(content: string): boolean {
  return content.startsWith('- ');
}
