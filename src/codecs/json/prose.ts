import { type CandidateRules, createCandidates, type JsonCandidate, type JsonEnding, kinds } from './candidates.js';
import type { JsonReceiver } from './handler.js';
import { isSpace } from './isSpace.js';

/** A fenced block of Markdown. */
export interface FencedBlock {
  /** The first word after the opening marks, in lower case; '' if there is none. */
  readonly label: string;
  /** The first and the last character of the content. */
  readonly start: number;
  readonly end: number;
  /** The indentation of the opening marks. */
  readonly indent: number;
  /** False if the text ends inside the block. */
  readonly closed: boolean;
}

export interface ProseRules extends CandidateRules {
  readonly fences: boolean;
  /** What may follow a value: more text, nothing, or more values in the same fence. */
  readonly after: 'text' | 'nothing' | 'values' | 'ignored';
  /** Keep the blocks. */
  readonly collect: boolean;
}

/** Finds the values in an answer: in fences, and in the text between them. */
export interface ProseText {
  readonly offset: number;
  readonly complete: boolean;
  readonly values: readonly JsonCandidate[];
  readonly blocks: readonly FencedBlock[];
  /** Where the answer begins: after the thoughts, if there are any. */
  readonly beginning: number;
  write(text: string): void;
  end(ending?: JsonEnding): boolean;
}

const [lineFeed, openBracket, closeBracket, backtick, openBrace, closeBrace, tilde, lessThan] = [
  10, 91, 93, 96, 123, 125, 126, 60,
];
const byteOrderMark = 0xfeff;
/** The minimum number of marks of a fence: https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
const fenceLength = 3;
const longestLabel = 24;
const endOfThought = '</think';
const tags = ['<think>', '<thinking>', '</think>', '</thinking>'];

/**
 * Reads each character once. A candidate without a fence begins at a bracket; one that breaks off gives way, together with what its open
 * brackets hold up to the next paragraph, because a part of a faulty value is not the answer.
 */
export function createProseText(receiver: JsonReceiver, rules: ProseRules): ProseText {
  const { fences, after, collect } = rules;
  const candidates = createCandidates(receiver, rules);
  const blocks: FencedBlock[] = [];
  let offset = 0;
  let beginning = 0;
  /** Whether the line so far is blank, and its length then. */
  let blank = true;
  let indent = 0;
  /** The brackets that a faulty value left open, and whether a blank line follows them. */
  let unclosed = 0;
  let gap = false;
  /** The fence: its mark and their number, whether it begins its line, its label, and where its content begins. */
  let mark = 0;
  let marks = 0;
  let ownLine = false;
  let label = '';
  let labelled = false;
  let inFence = false;
  let inInfo = false;
  let blockIndent = 0;
  let content = 0;
  /** The marks that may close the fence, where they begin, and where the value before them ends. */
  let run = 0;
  let runStart = 0;
  let valueEnd = 0;
  let tag = '';
  /** The current state: reads on from an index and returns the index where the next state continues. */
  let read: (text: string, index: number) => number = readText;

  function readText(text: string, from: number): number {
    for (let index = from; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code === lineFeed) endLine();
      else if (isSpace(code) || (code === byteOrderMark && offset + index === 0)) indent++;
      else {
        if (gap && blank) endGap();
        const next = readMark(code, index);
        if (next >= 0) return next;
        blank = false;
      }
    }
    return text.length;
  }

  function endLine(): void {
    gap ||= blank;
    blank = true;
    indent = 0;
  }

  /** A paragraph that begins after a blank line is no part of the value before it; lines of a value are indented there. */
  function endGap(): void {
    if (indent === 0) unclosed = 0;
    gap = false;
  }

  /** Reads a character that may begin something. Returns -1 if it does not. */
  function readMark(code: number, index: number): number {
    if (code === openBrace || code === openBracket) {
      if (unclosed === 0) return openValue(index, 0);
      unclosed++;
    } else if (code === closeBrace || code === closeBracket) unclosed -= unclosed > 0 ? 1 : 0;
    else if (fences && (code === backtick || (code === tilde && blank))) return openFence(code, index);
    else if (code === lessThan) return openTag(index);
    return -1;
  }

  function backToText(index: number): number {
    blank = false;
    inFence = false;
    read = readText;
    return index;
  }

  function openValue(index: number, fence: number): number {
    candidates.open(offset + index, fence);
    read = readValue;
    return index;
  }

  function readValue(text: string, index: number): number {
    const next = candidates.read(text, index, offset);
    if (candidates.state === 'open') return next;
    if (candidates.state === 'broken') return readAfterFault(next);
    valueEnd = offset + next;
    run = 0;
    if (inFence) read = readAfterFenced;
    else if (after === 'nothing') read = readAfterBare;
    else {
      candidates.accept(valueEnd);
      backToText(next);
    }
    return next;
  }

  function readAfterFault(index: number): number {
    if (inFence) {
      // A bracket among the words after the label.
      read = inInfo && candidates.unclosed <= 1 ? readInfoLine : readBlock;
      run = 0;
      return index;
    }
    unclosed = candidates.unclosed;
    gap = false;
    return backToText(index);
  }

  function readAfterBare(text: string, index: number): number {
    if (isSpace(text.charCodeAt(index))) return index + 1;
    candidates.reject('Expected nothing after the value', offset + index);
    return backToText(index);
  }

  function openFence(code: number, index: number): number {
    mark = code;
    marks = 0;
    ownLine = blank;
    blockIndent = indent;
    label = '';
    labelled = false;
    read = readOpener;
    return index;
  }

  function readOpener(text: string, index: number): number {
    if (text.charCodeAt(index) === mark) {
      marks++;
      return index + 1;
    }
    if (marks < fenceLength) return backToText(index);
    read = readInfo;
    return index;
  }

  /** Marks inside a line begin a fence only if their label is that of JSON. */
  function readInfo(text: string, index: number): number {
    const code = text.charCodeAt(index);
    const isFence = ownLine || isJsonLabel(label);
    if (code === lineFeed) return isFence ? openBlock(index + 1) : backToText(index);
    if (code === openBrace || code === openBracket) return isFence ? openLine(index) : backToText(index);
    if (code === backtick && mark === backtick) return backToText(index);
    if (isSpace(code)) labelled ||= label !== '';
    else if (!labelled && label.length < longestLabel) label += text.charAt(index).toLowerCase();
    return index + 1;
  }

  /** A fence of one line: the value follows right after the label. */
  function openLine(index: number): number {
    inFence = true;
    inInfo = true;
    content = offset + index;
    return openValue(index, kindOfFence());
  }

  function readInfoLine(text: string, index: number): number {
    return text.charCodeAt(index) === lineFeed ? openBlock(index + 1) : index + 1;
  }

  function openBlock(index: number): number {
    unclosed = 0;
    inFence = true;
    inInfo = false;
    content = offset + index;
    run = 0;
    read = readBeforeFenced;
    return index;
  }

  function kindOfFence(): number {
    if (isJsonLabel(label)) return kinds.json;
    return label === '' ? kinds.fence : kinds.code;
  }

  function readBeforeFenced(text: string, index: number): number {
    const code = text.charCodeAt(index);
    if (isSpace(code)) return index + 1;
    const kind = kindOfFence();
    if (code !== mark && (kind === kinds.json || code === openBrace || code === openBracket)) return openValue(index, kind);
    read = readBlock;
    return index;
  }

  function readAfterFenced(text: string, index: number): number {
    const code = text.charCodeAt(index);
    if (code === mark) {
      if (run++ === 0) runStart = offset + index;
      return index + 1;
    }
    if (run >= fenceLength) {
      closeBlock(runStart, true);
      backToText(index);
      if (after === 'nothing') read = readAfterBare;
      else candidates.accept(valueEnd);
      return index;
    }
    return run === 0 && isSpace(code) ? index + 1 : readMoreFenced(index);
  }

  function readMoreFenced(index: number): number {
    const ended = after === 'values' || after === 'ignored';
    if (ended) candidates.accept(valueEnd);
    else candidates.reject('Expected nothing after the value', offset + index);
    if (after === 'values' && run === 0) return openValue(index, kindOfFence());
    run = 0;
    read = readBlock;
    return index;
  }

  /** Reads a block that holds no value, up to a line that ends with its marks: models also write them after the last line. */
  function readBlock(text: string, index: number): number {
    const code = text.charCodeAt(index);
    if (code === mark) {
      if (run++ === 0) runStart = offset + index;
    } else if (code === lineFeed && run >= marks) {
      closeBlock(runStart, true);
      return backToText(index);
    } else if (code === lineFeed || !isSpace(code)) run = 0;
    return index + 1;
  }

  function closeBlock(end: number, closed: boolean): void {
    if (collect) blocks.push({ label, start: content, end, indent: blockIndent, closed });
  }

  function openTag(index: number): number {
    tag = '';
    ownLine = blank;
    read = readTag;
    return index;
  }

  /** Thoughts begin on a line of their own. Without their beginning, which some templates put into the prompt, their end shows them. */
  function readTag(text: string, index: number): number {
    const name = tag + text.charAt(index).toLowerCase();
    if (!tags.some((known) => known.startsWith(name))) return backToText(index);
    tag = name;
    if (!name.endsWith('>')) return index + 1;
    if (name.startsWith(endOfThought)) return endThought(index + 1);
    if (!ownLine) return backToText(index + 1);
    tag = '';
    read = readThought;
    return index + 1;
  }

  function readThought(text: string, index: number): number {
    const next = text.charAt(index).toLowerCase();
    if (tag === endOfThought) {
      if (next === '>') return endThought(index + 1);
    } else if (endOfThought.startsWith(tag + next)) tag += next;
    else tag = next === '<' ? next : '';
    return index + 1;
  }

  function endThought(index: number): number {
    beginning = offset + index;
    blocks.length = 0;
    unclosed = 0;
    candidates.forget();
    return backToText(index);
  }

  function endBlock(): void {
    if (read === readAfterFenced || read === readAfterBare) candidates.accept(valueEnd);
    // Marks at the end of a cut text are the beginning of those that close the block.
    if (inFence) closeBlock(run > 0 ? runStart : offset, run >= marks);
  }

  return {
    get offset() {
      return offset;
    },
    get complete() {
      return candidates.values.length > 0 && candidates.state !== 'open';
    },
    get beginning() {
      return beginning;
    },
    values: candidates.values,
    blocks,
    write(text) {
      let index = 0;
      while (index < text.length) index = read(text, index);
      offset += text.length;
    },
    end(ending = {}) {
      endBlock();
      return candidates.end(ending);
    },
  };
}

function isJsonLabel(label: string): boolean {
  return label.includes('json');
}
