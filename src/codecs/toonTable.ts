import type { ToonField } from './toonFields.js';
import type { ToonHeader } from './toonHeader.js';
import { readKeyedText } from './toonKey.js';
import type { ToonLine } from './toonLines.js';
import {
  contentDepth,
  createItemCount,
  createKeyCheck,
  peek,
  type Reading,
  type ReadingContext,
  requireDepth,
} from './toonReading.js';
import { createCellReader, guardRow, isRow, type RowReader } from './toonRow.js';
import { ToonSyntaxError } from './toonSyntaxError.js';

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
  while (!strict || count.items < header.length) {
    if (!lines.known) yield;
    const line = lines.next;
    if (line === undefined || line.depth <= depth) break;
    requireDepth(line, rowDepth);
    if (!isRow(line.content, header)) break;
    lines.take(line);
    readRow(line.content, line.number);
    count.add(line.number);
  }
  count.check('rows');
  if (strict) refuseMore(header, rowDepth, yield* peek(context));
}

function createRowReader(context: ReadingContext, header: ToonHeader, fields: readonly ToonField[]): RowReader {
  const readRowCells = createCellReader(context, fields, header);
  return (content, line) => {
    if (context.refuseListedRows && isListed(content)) throw new ToonSyntaxError('Expected a row, not a list item', line);
    readRowCells(content, line)();
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
  for (;;) {
    if (!lines.known) yield;
    const line = lines.next;
    if (line === undefined || line.depth <= depth) break;
    requireDepth(line, entryDepth);
    lines.take(line);
    readEntry(line.content, line.number);
    count.add(line.number);
  }
  count.check('entries');
}

function createEntryReader(context: ReadingContext, header: ToonHeader, fields: readonly ToonField[]): RowReader {
  const checkKey = createKeyCheck(context);
  const readEntryCells = createCellReader(context, fields, header);
  return (content, line) => {
    const { key, rest } = readKeyedText(content);
    const tell = readEntryCells(rest, line);
    checkKey(key);
    context.sink.key(key, line);
    tell();
  };
}

function isListed(content: string): boolean {
  return content.startsWith('- ');
}
