import { readCells, readPrimitive } from './cells.js';
import { readHeader, type ToonHeader } from './header.js';
import { readKeyedText } from './key.js';
import { consumeLine, type ToonLine } from './lines.js';
import {
  checkCount,
  contentDepth,
  countItem,
  createItemCount,
  createKeyCheck,
  deviate,
  failAt,
  peek,
  type Reading,
  type ReadingContext,
  requireDepth,
} from './reading.js';
import { ToonSyntaxError } from './syntaxError.js';
import { readTable } from './table.js';
import { indexOutsideQuotes } from './text.js';

type KeyCheck = (key: string) => void;

/** Reads a document: https://github.com/toon-format/spec/blob/main/SPEC.md (5) */
export function* readDocument(context: ReadingContext): Reading {
  const first = yield* peek(context);
  if (first === undefined) return emitEmptyObject(context);
  requireDepth(first, 0);
  if (isBareArray(first.content)) {
    consumeLine(context.lines, first);
    yield* readRootArray(context, first.content);
  } else if (hasColon(first.content)) {
    context.sink.startObject(first.number);
    yield* readObjectFields(context, 0);
    context.sink.endObject(context.lines.consumed);
  } else yield* readRootPrimitive(context, first);
}

function* readRootArray(context: ReadingContext, content: string): Reading {
  const header = content === '[]' ? undefined : readHeader(content, context.strict);
  if (header) yield* readArray(context, header, 0);
  else emitEmptyArray(context);
  const after = yield* peek(context);
  if (after) failAt('Expected nothing after the array', after);
}

function* readRootPrimitive(context: ReadingContext, line: ToonLine): Reading {
  const { lines, sink } = context;
  consumeLine(lines, line);
  if (yield* peek(context)) failAt('Expected a key or a header', line);
  sink.primitive(readPrimitive(line.content), line.number);
}

/** Reads the fields of an object, all at one depth, up to a line that is indented less. */
function* readObjectFields(context: ReadingContext, depth: number, checkKey: KeyCheck = createKeyCheck(context)): Reading {
  const { lines } = context;
  for (;;) {
    const line = yield* peek(context);
    if (line === undefined || line.depth < depth) return;
    requireDepth(line, depth);
    consumeLine(lines, line);
    yield* readObjectField(context, line.content, depth, checkKey);
  }
}

function* readObjectField(context: ReadingContext, content: string, depth: number, checkKey: KeyCheck): Reading {
  const { lines, sink, strict } = context;
  const line = lines.consumed;
  const header = readHeader(content, strict);
  const { key, rest } = header ? { key: header.key, rest: '' } : readKeyedText(content);
  if (key === undefined) throw new ToonSyntaxError('Expected a key before the header', line);
  checkKey(key);
  sink.key(key, line);
  if (header) yield* readArray(context, header, depth);
  else if (rest === '') yield* readNested(context, depth);
  else if (rest === '[]') emitEmptyArray(context);
  else sink.primitive(readPrimitive(rest), line);
}

/** Reads the object under a key without a value: empty if no line after it is indented more. */
function* readNested(context: ReadingContext, depth: number): Reading {
  const { lines, sink } = context;
  sink.startObject(lines.consumed);
  const first = yield* peek(context);
  if (first && first.depth > depth) yield* readObjectFields(context, yield* contentDepth(context, depth));
  sink.endObject(lines.consumed);
}

function* readArray(context: ReadingContext, header: ToonHeader, depth: number): Reading {
  const { lines, sink } = context;
  if (header.fields) return yield* readTable(context, header, header.fields, depth);
  sink.startArray(header.length, lines.consumed);
  if (header.inline === '') yield* readList(context, header, depth);
  else readInline(context, header);
  sink.endArray(lines.consumed);
}

function readInline(context: ReadingContext, { inline, delimiter, length }: ToonHeader): void {
  const { lines, sink } = context;
  const values = readCells(inline, delimiter);
  if (values.length !== length) deviate(context, `Expected ${length} values, got ${values.length}`, lines.consumed);
  for (const value of values) sink.primitive(value, lines.consumed);
}

function* readList(context: ReadingContext, { length }: ToonHeader, depth: number): Reading {
  const { strict, lines } = context;
  const count = createItemCount(context, length);
  const itemDepth = yield* contentDepth(context, depth);
  while (!strict || count.items < length) {
    const line = yield* peek(context);
    if (line === undefined || line.depth <= depth) break;
    requireDepth(line, itemDepth);
    if (!isItem(line.content)) break;
    consumeLine(lines, line);
    yield* readItem(context, line, itemDepth);
    countItem(count, context, line.number);
  }
  checkCount(count, context, 'items');
  const after = strict ? yield* peek(context) : undefined;
  if (after?.depth === itemDepth && isItem(after.content)) failAt(`Expected ${length} items, got more`, after);
}

function* readItem(context: ReadingContext, line: ToonLine, depth: number): Reading {
  const { lines, sink } = context;
  const content = line.content.slice(2).replace(/^ +/, '');
  if (content === '') emitEmptyObject(context);
  else if (isBareArray(content)) yield* readListedArray(context, line, content, depth);
  else if (hasColon(content)) {
    const checkKey = createKeyCheck(context);
    sink.startObject(line.number);
    yield* readObjectField(context, content, depth + 1, checkKey);
    yield* readObjectFields(context, depth + 1, checkKey);
    sink.endObject(lines.consumed);
  } else sink.primitive(readPrimitive(content), line.number);
}

function* readListedArray(context: ReadingContext, line: ToonLine, content: string, depth: number): Reading {
  const header = content === '[]' ? undefined : readHeader(content, context.strict);
  if (header?.fields) failAt('Expected a key before the header of a table', line);
  if (header) yield* readArray(context, header, depth);
  else emitEmptyArray(context);
}

function emitEmptyObject({ lines, sink }: ReadingContext): void {
  sink.startObject(lines.consumed);
  sink.endObject(lines.consumed);
}

function emitEmptyArray({ lines, sink }: ReadingContext): void {
  sink.startArray(0, lines.consumed);
  sink.endArray(lines.consumed);
}

function hasColon(content: string): boolean {
  return indexOutsideQuotes(content, ':') >= 0;
}

/** Whether it is an array without a key, as at the root and in a list. */
function isBareArray(content: string): boolean {
  return content === '[]' || (content.startsWith('[') && hasColon(content));
}

function isItem(content: string): boolean {
  return content === '-' || content.startsWith('- ');
}
