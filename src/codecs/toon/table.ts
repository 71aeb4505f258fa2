import type { ToonField } from './fields.js';
import type { ToonHeader } from './header.js';
import { readKeyedText } from './key.js';
import { consumeLine, type ToonLine } from './lines.js';
import {
  checkCount,
  contentDepth,
  countItem,
  createItemCount,
  createKeyCheck,
  feedLines,
  peek,
  type Reading,
  type ReadingContext,
  requireDepth,
} from './reading.js';
import { countLevels, createRowBuilder, guardRow, isRow, type TableLineReader } from './row.js';
import { ToonSyntaxError } from './syntaxError.js';

/** Reads the rows under a header with fields: an array of objects, or an object of objects. */
export function* readTable(context: ReadingContext, header: ToonHeader, fields: readonly ToonField[], depth: number): Reading {
  const { sink, lines } = context;
  sink.table?.(header.length);
  if (header.keyed) {
    sink.startObject(lines.consumed);
    yield* readEntries(context, header, fields, depth);
    sink.endObject(lines.consumed);
  } else {
    sink.startArray(header.length, lines.consumed);
    yield* readRows(context, header, fields, depth);
    sink.endArray(lines.consumed);
  }
}

function* readRows(context: ReadingContext, header: ToonHeader, fields: readonly ToonField[], depth: number): Reading {
  const { strict, lines } = context;
  const readRow = guardRow(context, createTableRowReader(context, header, fields));
  const count = createItemCount(context, header.length);
  const rowDepth = yield* contentDepth(context, depth);
  const mayFollow = () => !strict || count.items < header.length;
  const consumeRow = (line: ToonLine) => {
    if (line.depth <= depth) return false;
    requireDepth(line, rowDepth);
    if (!isRow(line.content, header)) return false;
    consumeLine(lines, line);
    readRow(line.content, line.number);
    countItem(count, context, line.number);
    return mayFollow();
  };
  if (mayFollow()) yield* feedLines(context, consumeRow);
  checkCount(count, context, 'rows');
  if (strict) rejectMoreRows(header, rowDepth, yield* peek(context));
}

function createTableRowReader(context: ReadingContext, header: ToonHeader, fields: readonly ToonField[]): TableLineReader {
  const build = createRowBuilder(fields, header);
  const levels = countLevels(fields);
  return (content, line) => {
    if (context.rejectListedRows && isListed(content)) throw new ToonSyntaxError('Expected a row, not a list item', line);
    context.sink.row(build(content, line), line, levels);
  };
}

function rejectMoreRows(header: ToonHeader, rowDepth: number, line: ToonLine | undefined): void {
  const more = line?.depth === rowDepth && !isListed(line.content) && isRow(line.content, header);
  if (more) throw new ToonSyntaxError(`Expected ${header.length} rows, got more`, line.number);
}

function* readEntries(context: ReadingContext, header: ToonHeader, fields: readonly ToonField[], depth: number): Reading {
  const { lines } = context;
  const readEntry = guardRow(context, createEntryReader(context, header, fields));
  const count = createItemCount(context, header.length);
  const entryDepth = yield* contentDepth(context, depth);
  yield* feedLines(context, (line) => {
    if (line.depth <= depth) return false;
    requireDepth(line, entryDepth);
    consumeLine(lines, line);
    readEntry(line.content, line.number);
    countItem(count, context, line.number);
    return true;
  });
  checkCount(count, context, 'entries');
}

function createEntryReader(context: ReadingContext, header: ToonHeader, fields: readonly ToonField[]): TableLineReader {
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
