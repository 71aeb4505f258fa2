import { append, createGrowingText, textSoFar, wholeText } from '../text/growingText.js';
import type { LineReading } from './blockState.js';
import { closeDelimiterRow, closeFence, mayBeDelimiterRow } from './closeBlocks.js';
import { closeInline } from './closeInline.js';
import { copyInlineState, createInlineState, type InlineState, readInline } from './inlineState.js';
import { readLine } from './readLine.js';
import { beginsText, createBlockSplitter, type MarkdownBlock } from './splitBlocks.js';

/** A markdown text so far. */
export interface MarkdownText {
  /** The finished top-level blocks. One that is finished never changes, and stays the same object. */
  readonly blocks: readonly MarkdownBlock[];
  /** The block that is not finished, as written; it may begin with blank lines. */
  readonly tail: string;
  /** The same, followed by what closes its open fence, emphasis, code span, link or row of a table: the text to show. */
  readonly closedTail: string;
}

/** Reads a markdown text that arrives in pieces, for one subscriber. Pure, and linear in the text. */
export interface MarkdownReader {
  write(text: string): void;
  /** Ends the text: the tail is finished, too, unless it is blank. */
  end(): void;
  /** The text so far. The array of blocks is another one only if a block was finished since the last call. */
  read(): MarkdownText;
}

/** A line of which so much has arrived is what it has been so far, until it ends: no delta reads more of it again. */
const longestBeginning = 128;

/** A line that is what it is, whatever follows. */
interface Decided {
  readonly reading: LineReading;
  /** What is open in its text. */
  readonly inline: InlineState | undefined;
  /** What closes it, if that depends on nothing that follows. */
  readonly closing: string | undefined;
}

function isText({ content }: LineReading): boolean {
  return content === 'text' || content === 'heading' || content === 'row';
}

/** @param initial The blocks and the tail of a text that continues. */
export function createMarkdownReader(initial?: Pick<MarkdownText, 'blocks' | 'tail'>): MarkdownReader {
  let blocks = initial?.blocks ?? [];
  let finished: MarkdownBlock[] = [];
  const splitter = createBlockSplitter((block) => finished.push(block));
  /** The current line so far. */
  let line = createGrowingText();
  /** What is open before the current line, in the paragraph that it may continue. */
  let paragraph = createInlineState();
  /** What the current line is and what is open after it, once its beginning has decided that. */
  let decided: Decided | undefined;
  let afterReturn = false;

  /** What is open after the current line, which is text. */
  function inlineAfter(reading: LineReading): InlineState {
    const inline = reading.continues && reading.content === 'text' ? copyInlineState(paragraph) : createInlineState();
    readInline(inline, wholeText(line), reading.from, reading.content === 'row');
    return inline;
  }

  function decide(): void {
    const early = line.length <= longestBeginning;
    const beginning = textSoFar(line);
    if (early && (!beginsText.test(beginning) || mayBeDelimiterRow(splitter.state, beginning))) return;
    if (early) splitter.decideEarly(beginning);
    const reading = readLine(splitter.state, beginning, true);
    const { leaf, content } = reading;
    const fence = content === 'verbatim' && leaf.type === 'fence' ? leaf.fence : undefined;
    decided = {
      reading,
      inline: isText(reading) ? inlineAfter(reading) : undefined,
      closing: fence && closeFence(splitter.state, { fence, line: undefined }, reading),
    };
  }

  function add(piece: string): void {
    if (piece === '') return;
    append(line, piece);
    splitter.add(piece);
    if (!decided) decide();
    else if (decided.inline) readInline(decided.inline, piece, 0, decided.reading.content === 'row');
  }

  function endLine(ending: string): void {
    const reading = splitter.endLine(wholeText(line), ending);
    if (reading.leaf.type !== 'paragraph') paragraph = createInlineState();
    else {
      const isSame = decided?.reading.content === 'text' && reading.content === 'text';
      const inline = (isSame ? decided?.inline : undefined) ?? inlineAfter(reading);
      readInline(inline, '\n', 0, false);
      paragraph = inline;
    }
    line = createGrowingText();
    decided = undefined;
  }

  function write(text: string): void {
    let from = 0;
    if (afterReturn && text.startsWith('\n')) splitter.addEnding(text[from++] ?? '');
    if (text !== '') afterReturn = text.endsWith('\r');
    const ending = /\r\n?|\n/g;
    ending.lastIndex = from;
    for (let match = ending.exec(text); match; match = ending.exec(text)) {
      add(text.slice(from, match.index));
      endLine(match[0]);
      from = ending.lastIndex;
    }
    add(text.slice(from));
  }

  /** What has to follow the tail so that what is open in it is closed. */
  function closing(): string {
    const { state } = splitter;
    if (decided?.closing !== undefined) return decided.closing;
    // A line that is decided may be long, and is not read again: its end makes no fence, and no row of a table.
    const beginning = decided ? undefined : textSoFar(line);
    const reading = decided?.reading ?? readLine(state, beginning ?? '', true);
    const { leaf, content } = reading;
    const fence = content === 'blank' && state.leaf.type === 'fence' ? state.leaf : leaf;
    if (fence.type === 'fence') return closeFence(state, { fence: fence.fence, line: beginning }, reading);
    // A line that is blank so far may yet continue the paragraph.
    if (content === 'blank') return state.leaf.type === 'paragraph' ? closeInline(paragraph) : '';
    const continuesAll = beginning !== undefined && reading.kept === state.containers.length;
    const row = continuesAll ? closeDelimiterRow(state.leaf, beginning, reading.from) : undefined;
    if (row !== undefined) return row;
    if (!isText(reading)) return '';
    const inline = decided?.inline ?? inlineAfter(reading);
    const end = closeInline(inline);
    return content === 'row' && inline.count > 0 ? `${end} |` : end;
  }

  if (initial) write(initial.tail);
  return {
    write,
    end() {
      if (line.length > 0) endLine('');
      splitter.end();
    },
    read() {
      if (finished.length > 0) {
        blocks = blocks.concat(finished);
        finished = [];
      }
      const { tail } = splitter;
      return { blocks, tail, closedTail: tail === '' ? '' : tail + closing() };
    },
  };
}
