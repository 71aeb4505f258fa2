import { readHeader, type ToonHeader } from './header.js';
import { readKeyedText } from './key.js';
import { type ToonLine, takeLine } from './lines.js';
import { readCells, readPrimitive } from './primitives.js';
import {
  checkCount,
  contentDepth,
  countItem,
  createItemCount,
  createKeyCheck,
  peek,
  type Reading,
  type ReadingContext,
  refuse,
  requireDepth,
} from './reading.js';
import { ToonSyntaxError } from './syntaxError.js';
import { readTable } from './table.js';
import { indexOutsideQuotes } from './text.js';

type KeyCheck = (key: string) => void;

/** Reads a whole document: https://github.com/toon-format/spec/blob/main/SPEC.md (5) */
export function* readDocument(context: ReadingContext): Reading {
  const first = yield* peek(context);
  if (first === undefined) return tellEmptyObject(context);
  requireDepth(first, 0);
  if (isBareArray(first.content)) {
    takeLine(context.lines, first);
    yield* readRootArray(context, first.content);
  } else if (hasColon(first.content)) {
    context.sink.startObject(first.number);
    yield* readFields(context, 0);
    context.sink.endObject(context.lines.taken);
  } else yield* readRootPrimitive(context, first);
}

function* readRootArray(context: ReadingContext, content: string): Reading {
  const header = content === '[]' ? undefined : readHeader(content, context.strict);
  if (header) yield* readArray(context, header, 0);
  else tellEmptyArray(context);
  const after = yield* peek(context);
  if (after) refuse('Expected nothing after the array', after);
}

function* readRootPrimitive(context: ReadingContext, line: ToonLine): Reading {
  const { lines, sink } = context;
  takeLine(lines, line);
  if (yield* peek(context)) refuse('Expected a key or a header', line);
  sink.primitive(readPrimitive(line.content), line.number);
}

/** Reads the fields of an object, all at one depth, until a line stands further out. */
function* readFields(context: ReadingContext, depth: number, checkKey: KeyCheck = createKeyCheck(context)): Reading {
  const { lines } = context;
  for (;;) {
    const line = yield* peek(context);
    if (line === undefined || line.depth < depth) return;
    requireDepth(line, depth);
    takeLine(lines, line);
    yield* readField(context, line.content, depth, checkKey);
  }
}

function* readField(context: ReadingContext, content: string, depth: number, checkKey: KeyCheck): Reading {
  const { lines, sink, strict } = context;
  const line = lines.taken;
  const header = readHeader(content, strict);
  const { key, rest } = header ? { key: header.key, rest: '' } : readKeyedText(content);
  if (key === undefined) throw new ToonSyntaxError('Expected a key before the header', line);
  checkKey(key);
  sink.key(key, line);
  if (header) yield* readArray(context, header, depth);
  else if (rest === '') yield* readNested(context, depth);
  else if (rest === '[]') tellEmptyArray(context);
  else sink.primitive(readPrimitive(rest), line);
}

/** Reads the object under a key without a value: empty, if nothing stands further in. */
function* readNested(context: ReadingContext, depth: number): Reading {
  const { lines, sink } = context;
  sink.startObject(lines.taken);
  const first = yield* peek(context);
  if (first && first.depth > depth) yield* readFields(context, yield* contentDepth(context, depth));
  sink.endObject(lines.taken);
}

function* readArray(context: ReadingContext, header: ToonHeader, depth: number): Reading {
  const { lines, sink } = context;
  if (header.fields) return yield* readTable(context, header, header.fields, depth);
  sink.startArray(header.length, lines.taken);
  if (header.inline === '') yield* readList(context, header, depth);
  else readInline(context, header);
  sink.endArray(lines.taken);
}

function readInline({ lines, sink, strict }: ReadingContext, { inline, delimiter, length }: ToonHeader): void {
  const values = readCells(inline, delimiter);
  if (strict && values.length !== length) {
    throw new ToonSyntaxError(`Expected ${length} values, got ${values.length}`, lines.taken);
  }
  for (const value of values) sink.primitive(value, lines.taken);
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
    takeLine(lines, line);
    yield* readItem(context, line, itemDepth);
    countItem(count, context, line.number);
  }
  checkCount(count, context, 'items');
  const after = strict ? yield* peek(context) : undefined;
  if (after?.depth === itemDepth && isItem(after.content)) refuse(`Expected ${length} items, got more`, after);
}

function* readItem(context: ReadingContext, line: ToonLine, depth: number): Reading {
  const { lines, sink } = context;
  const content = line.content.slice(2).replace(/^ +/, '');
  if (content === '') tellEmptyObject(context);
  else if (isBareArray(content)) yield* readListedArray(context, line, content, depth);
  else if (hasColon(content)) {
    const checkKey = createKeyCheck(context);
    sink.startObject(line.number);
    yield* readField(context, content, depth + 1, checkKey);
    yield* readFields(context, depth + 1, checkKey);
    sink.endObject(lines.taken);
  } else sink.primitive(readPrimitive(content), line.number);
}

function* readListedArray(context: ReadingContext, line: ToonLine, content: string, depth: number): Reading {
  const header = content === '[]' ? undefined : readHeader(content, context.strict);
  if (header?.fields) refuse('Expected a key before the header of a table', line);
  if (header) yield* readArray(context, header, depth);
  else tellEmptyArray(context);
}

function tellEmptyObject({ lines, sink }: ReadingContext): void {
  sink.startObject(lines.taken);
  sink.endObject(lines.taken);
}

function tellEmptyArray({ lines, sink }: ReadingContext): void {
  sink.startArray(0, lines.taken);
  sink.endArray(lines.taken);
}

function hasColon(content: string): boolean {
  return indexOutsideQuotes(content, ':') >= 0;
}

/** Without a key, as an array stands at the root and in a list. */
function isBareArray(content: string): boolean {
  return content === '[]' || (content.startsWith('[') && hasColon(content));
}

function isItem(content: string): boolean {
  return content === '-' || content.startsWith('- ');
}
