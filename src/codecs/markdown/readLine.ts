import { type BlockState, type Leaf, type LineReading, noLeaf, type Paragraph } from './blockState.js';
import { type Container, readItem, readQuote } from './containers.js';
import { isDefinitions } from './definitions.js';
import { htmlBlock } from './htmlBlocks.js';
import { closesFence, headingContent, isSetextUnderline, openingFence, thematicBreakFrom } from './leafStarts.js';
import { consumeColumns, type Indentation, type LineCursor, readIndentation } from './lineCursor.js';
import { delimiterColumns, rowCells } from './tableRows.js';

/** The columns of an indented code block. */
const codeIndentation = 4;

/**
 * Reads a line, without its ending, as CommonMark does: which containers continue, which blocks begin, and what of it is text. Changes
 * nothing. Linear in the line: a container that continues has characters in the line, but for list items in a blank line, which are skipped.
 *
 * @param html Whether HTML blocks are recognised.
 */
export function readLine(state: BlockState, line: string, html: boolean): LineReading {
  const cursor: LineCursor = { line, index: 0, column: 0 };
  const { kept, indentation } = keepContainers(state, cursor);
  const all = kept === state.containers.length;
  const inside = all ? readInLeaf(state.leaf, line, indentation) : undefined;
  if (inside) return { kept, opened: [], continues: true, startsTable: false, ...inside };
  return readStarts(state, cursor, kept, indentation, html);
}

/** Which containers continue. */
function keepContainers(
  { containers, quotes }: BlockState,
  cursor: LineCursor,
): { readonly kept: number; readonly indentation: Indentation } {
  let kept = 0;
  let quotesKept = 0;
  let indentation = readIndentation(cursor);
  for (let container = containers[kept]; container; container = containers[kept]) {
    if (container.type === 'blockquote') {
      if (!readQuote(cursor, indentation)) break;
      quotesKept++;
      kept++;
      indentation = readIndentation(cursor);
    } else if (indentation.blank) {
      if (container.empty) break;
      const last = containers.length - 1;
      const lastItem = containers[last];
      kept = quotes[quotesKept] ?? (lastItem?.type === 'item' && lastItem.empty ? last : last + 1);
    } else {
      if (indentation.width < container.width) break;
      consumeColumns(cursor, container.width);
      indentation = { ...indentation, width: indentation.width - container.width };
      kept++;
    }
  }
  return { kept, indentation };
}

type InLeaf = Pick<LineReading, 'leaf' | 'content' | 'from'>;

/** A line of a leaf in which no block begins. */
function readInLeaf(leaf: Leaf, line: string, { width, end, blank }: Indentation): InLeaf | undefined {
  switch (leaf.type) {
    case 'fence': {
      const closes = width < codeIndentation && closesFence(line, end, leaf.fence);
      return closes ? { leaf: noLeaf, content: 'markup', from: end } : { leaf, content: 'verbatim', from: end };
    }
    case 'html': {
      const ends = leaf.form.end ? leaf.form.end.test(line) : blank;
      return { leaf: ends ? noLeaf : leaf, content: ends && blank ? 'blank' : 'verbatim', from: end };
    }
    case 'code':
      return blank || width >= codeIndentation ? { leaf, content: blank ? 'blank' : 'verbatim', from: end } : undefined;
    default:
      return undefined;
  }
}

/** Opens blocks until one of them takes the rest of the line. */
function readStarts(state: BlockState, cursor: LineCursor, kept: number, first: Indentation, html: boolean): LineReading {
  const all = kept === state.containers.length;
  const opened: Container[] = [];
  let indentation = first;
  let noBreakBefore = 0;
  for (;;) {
    const tip = opened.length === 0 ? state.leaf : noLeaf;
    const leaf = startLeaf(cursor.line, indentation, tip, all, html);
    if (leaf) return { kept, opened, continues: false, startsTable: false, ...leaf };
    if (indentation.blank || indentation.width >= codeIndentation) break;
    const paragraph = all && tip.type === 'paragraph';
    if (indentation.end >= noBreakBefore) {
      noBreakBefore = thematicBreakFrom(cursor.line, indentation.end);
      if (noBreakBefore < 0) {
        return { kept, opened, continues: false, startsTable: false, leaf: noLeaf, content: 'markup', from: indentation.end };
      }
    }
    const container = readQuote(cursor, indentation) ?? readItem(cursor, indentation, paragraph);
    if (!container) break;
    opened.push(container);
    indentation = readIndentation(cursor);
  }
  return readRest(state, cursor.line, { kept, opened, indentation });
}

type Start = Pick<LineReading, 'leaf' | 'content' | 'from'> & Partial<Pick<LineReading, 'continues' | 'startsTable'>>;

/** A leaf that begins with the rest of a line; also a line that makes another leaf of an open paragraph. */
function startLeaf(line: string, { width, end, blank }: Indentation, tip: Leaf, all: boolean, html: boolean): Start | undefined {
  if (blank) return undefined;
  if (width >= codeIndentation) {
    return tip.type === 'paragraph' ? undefined : { leaf: { type: 'code' }, content: 'verbatim', from: end };
  }
  const heading = headingContent(line, end);
  if (heading !== undefined) return { leaf: noLeaf, content: 'heading', from: heading };
  const fence = openingFence(line, end);
  if (fence) return { leaf: { type: 'fence', fence }, content: 'markup', from: end };
  if (html && line[end] === '<') {
    const rest = line.slice(end);
    const form = htmlBlock(rest, tip.type === 'paragraph' || tip.type === 'table');
    if (form) return { leaf: form.end?.test(rest) ? noLeaf : { type: 'html', form }, content: 'verbatim', from: end };
  }
  return all && tip.type === 'paragraph' ? changeParagraph(line, end, tip) : undefined;
}

/** The second line of a table, and the underline of a heading. */
function changeParagraph(line: string, from: number, { header, definitions }: Paragraph): Start | undefined {
  if (header > 0 && delimiterColumns(line.slice(from).trim()) === header) {
    return { leaf: { type: 'table' }, content: 'markup', from, continues: true, startsTable: true };
  }
  if (!isSetextUnderline(line, from) || (definitions !== undefined && isDefinitions(definitions))) return undefined;
  return { leaf: noLeaf, content: 'markup', from, continues: true };
}

interface Rest {
  readonly kept: number;
  readonly opened: readonly Container[];
  readonly indentation: Indentation;
}

/** A line, or the rest of one, that begins no leaf: blank, a row, or text. */
function readRest({ containers, leaf }: BlockState, line: string, { kept, opened, indentation }: Rest): LineReading {
  const { end: from, width } = indentation;
  const reading = { kept, opened, from, continues: false, startsTable: false };
  if (indentation.blank) return { ...reading, leaf: noLeaf, content: 'blank' };
  const all = kept === containers.length;
  if (opened.length > 0 || (leaf.type !== 'paragraph' && !(all && leaf.type === 'table'))) {
    return { ...reading, leaf: paragraphFrom(line, from), content: 'text' };
  }
  if (leaf.type !== 'paragraph') return { ...reading, leaf, content: 'row', continues: true };
  const definitions = leaf.definitions === undefined ? undefined : `${leaf.definitions}\n${line.slice(from)}`;
  const header = all && width < codeIndentation ? rowCells(line.slice(from)) : 0;
  const longer: Paragraph = { type: 'paragraph', definitions, header };
  return { ...reading, kept: containers.length, leaf: longer, content: 'text', continues: true };
}

function paragraphFrom(line: string, from: number): Paragraph {
  const text = line.slice(from);
  return { type: 'paragraph', definitions: text.startsWith('[') ? text : undefined, header: rowCells(text) };
}
