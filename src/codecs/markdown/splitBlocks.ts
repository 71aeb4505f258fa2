import { append, createGrowingText, textSoFar, wholeText } from '../text/growingText.js';
import { applyReading, type BlockState, createBlockState, endsBlock, isClosed, type LineReading } from './blockState.js';
import { isDefinitions } from './definitions.js';
import { readLine } from './readLine.js';

/** What a block is, in the words of mdast. A link reference definition is a block of its own: what it defines is used in others. */
export type MarkdownBlockKind =
  | 'paragraph'
  | 'heading'
  | 'thematicBreak'
  | 'blockquote'
  | 'list'
  | 'html'
  | 'code'
  | 'definition'
  | 'table';

/** A finished top-level block. */
export interface MarkdownBlock {
  readonly kind: MarkdownBlockKind;
  /** As written, with the blank lines before and after it that belong to no other block. */
  readonly text: string;
}

/** Cuts a text into top-level blocks, line by line. */
export interface BlockSplitter {
  /** The unfinished block: the text after the last finished one. */
  readonly tail: string;
  /** The open blocks at the beginning of the current line. */
  readonly state: BlockState;
  /** Adds a piece of the current line. */
  add(piece: string): void;
  /** Ends the current line. @param line All of it, without its ending. @param ending The characters that end it. */
  endLine(line: string, ending: string): LineReading;
  /** Adds the line feed that belongs to the carriage return before it. */
  addEnding(ending: string): void;
  /** Ends the block before the current line if the beginning of the line proves that it is over. */
  decideEarly(beginning: string): void;
  /** Ends the text. */
  end(): void;
}

/**
 * A line that begins as text does, whatever follows: no block begins with it, and no marker of one can be completed.
 */
export const beginsText: RegExp = /^ {0,3}(?:[*_]{0,2}|[-+=]|`{1,2}|~{1,2}|\d{1,9})[^\s*_\-+=`~\d.)#<>]/;

/**
 * A block is finished only where it is so with HTML blocks and without them, because renderers disagree on them: from the first line of
 * an HTML block, the text is read in both ways until both are at the end of a block.
 */
export function createBlockSplitter(finish: (block: MarkdownBlock) => void): BlockSplitter {
  let state = createBlockState();
  /** The open blocks without HTML blocks, where that makes a difference. */
  let plain: BlockState | undefined;
  let kind: MarkdownBlockKind | undefined;
  let tail = createGrowingText();
  /** The length of the tail before the current line, and before the line that precedes it. */
  let lineStart = 0;
  let previousStart = 0;

  /** Finishes what the first characters of the tail are. */
  function cut(length: number): void {
    const text = wholeText(tail);
    if (kind) finish({ kind: isDefinition(kind, state) ? 'definition' : kind, text: text.slice(0, length) });
    kind = undefined;
    tail = createGrowingText(text.slice(length));
    lineStart = Math.max(0, lineStart - length);
    previousStart = Math.max(0, previousStart - length);
  }

  /** Whether a block ends before the line. */
  function isBoundary(reading: LineReading, other: LineReading | undefined): boolean {
    if (!isClosed(state) && !endsBlock(state, reading)) return false;
    return !plain || !other || isClosed(plain) || endsBlock(plain, other);
  }

  /** The table begins with the line before: what is before that is a paragraph. */
  function cutBeforeTable(): void {
    if (state.containers.length > 0 || plain || previousStart === 0) return;
    kind = 'paragraph';
    cut(previousStart);
    kind = 'table';
  }

  return {
    get tail() {
      return textSoFar(tail);
    },
    get state() {
      return state;
    },
    add(piece) {
      append(tail, piece);
    },
    decideEarly(beginning) {
      if (!kind || isClosed(state) || !beginsText.test(beginning)) return;
      const reading = readLine(state, beginning, true);
      if (!isBoundary(reading, plain && readLine(plain, beginning, false))) return;
      cut(lineStart);
      state = createBlockState();
      plain = undefined;
    },
    endLine(line, ending) {
      append(tail, ending);
      const reading = readLine(state, line, true);
      if (!plain && opensHtml(reading)) plain = { ...state, containers: [...state.containers], quotes: [...state.quotes] };
      let other = plain && readLine(plain, line, false);
      if (kind && reading.content !== 'blank' && isBoundary(reading, other)) {
        cut(lineStart);
        if (!opensHtml(reading)) plain = other = undefined;
      }
      kind = kindAfter(kind, state, reading);
      if (reading.startsTable) cutBeforeTable();
      previousStart = lineStart;
      const { leaf } = state;
      applyReading(state, reading);
      if (plain && other) applyReading(plain, other);
      if (kind && isClosed(state) && (!plain || isClosed(plain))) {
        if (kind === 'paragraph' && leaf.type === 'paragraph' && isDefinitions(leaf.definitions ?? '')) kind = 'definition';
        cut(tail.length);
        plain = undefined;
      }
      lineStart = tail.length;
      return reading;
    },
    addEnding(ending) {
      append(tail, ending);
      lineStart = tail.length;
    },
    end() {
      if (kind) cut(tail.length);
    },
  };
}

function opensHtml({ continues, content, leaf }: LineReading): boolean {
  return !continues && content === 'verbatim' && leaf.type !== 'code';
}

function isDefinition(kind: MarkdownBlockKind, { containers, leaf }: BlockState): boolean {
  return kind === 'paragraph' && containers.length === 0 && leaf.type === 'paragraph' && isDefinitions(leaf.definitions ?? '');
}

/** The kind of the block that a line begins or changes. */
function kindAfter(
  kind: MarkdownBlockKind | undefined,
  { containers }: BlockState,
  { opened, leaf, content, continues, startsTable }: LineReading,
): MarkdownBlockKind | undefined {
  if (kind === 'paragraph' && containers.length === 0 && continues) {
    if (startsTable) return 'table';
    return content === 'markup' ? 'heading' : kind;
  }
  if (kind || content === 'blank') return kind;
  const [container] = opened;
  if (container) return container.type === 'item' ? 'list' : 'blockquote';
  if (leaf.type === 'fence' || leaf.type === 'code') return 'code';
  if (content === 'heading') return 'heading';
  if (content === 'text') return 'paragraph';
  return content === 'verbatim' ? 'html' : 'thematicBreak';
}
