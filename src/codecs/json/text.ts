import type { JsonHandler } from './handler.js';
import { createJsonScanner, isSpace } from './scanner.js';
import { type Fail, JsonSyntaxError } from './syntaxError.js';

export interface JsonTextOptions {
  /** Skip one opening code fence before the value, and its closing fence. @defaultValue true */
  readonly fences?: boolean | undefined;
  /** Skip words before the first `{` or `[`. @defaultValue false */
  readonly prose?: boolean | undefined;
  /**
   * What to do with more than white space after the value: `'error'`, `'ignore'`, or `'next'` to read it as another value (NDJSON).
   * @defaultValue `'error'`, with `prose` `'ignore'`
   */
  readonly trailing?: 'error' | 'ignore' | 'next' | undefined;
  /** The deepest nesting to read. @defaultValue 256 */
  readonly maxDepth?: number | undefined;
}

/** Reads a JSON text and what models put around it. */
export interface JsonText {
  /** How many characters were written. */
  readonly offset: number;
  /** Whether a value is whole and none is open. */
  readonly complete: boolean;
  /**
   * Reads the next piece.
   * @throws JsonSyntaxError with its offset, LimitError past `maxDepth`.
   */
  write(text: string): void;
  /** The end of the text: tells whether it ends with a whole value. */
  end(): boolean;
}

const byteOrderMark = 0xfeff;
const lineFeed = 10;
const backtick = 96;
const tilde = 126;
const openBracket = 91;
const openBrace = 123;
/** The fewest marks of a fence: https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
const fenceLength = 3;

/** @param closeRoot Called when a value is whole, in the middle of a `write` if more follows. */
export function createJsonText(handler: JsonHandler, closeRoot: () => void, options: JsonTextOptions = {}): JsonText {
  const { fences = true, prose = false, maxDepth = 256 } = options;
  const { trailing = prose ? 'ignore' : 'error' } = options;
  const fail: Fail = (message, index) => {
    throw new JsonSyntaxError(message, offset + index);
  };
  const scanner = createJsonScanner(handler, maxDepth, fail);
  let offset = 0;
  let complete = false;
  /** The character of the fence that is open or being read, and how many of them came. */
  let mark = 0;
  let marks = 0;
  /** Where in the text we are: reads on from an index and gives the index after what it read. */
  let read: (text: string, index: number) => number = readBefore;

  function readBefore(text: string, index: number): number {
    const code = text.charCodeAt(index);
    if (isSpace(code) || (code === byteOrderMark && offset + index === 0)) return index + 1;
    if (fences && mark === 0 && (code === backtick || code === tilde)) return openFence(code, index);
    if (prose && code !== openBrace && code !== openBracket) return index + 1;
    return openValue(index);
  }

  function openFence(code: number, index: number): number {
    mark = code;
    marks = 0;
    read = readOpener;
    return index;
  }

  function readOpener(text: string, index: number): number {
    if (text.charCodeAt(index) === mark) {
      marks++;
      return index + 1;
    }
    if (marks >= fenceLength) read = readLabel;
    else if (prose) leaveMarks();
    else fail('Expected a value', index);
    return index;
  }

  /** One or two marks are words like any other. */
  function leaveMarks(): void {
    mark = 0;
    read = readBefore;
  }

  /** A fence of one line has its value right behind the label. */
  function readLabel(text: string, index: number): number {
    const code = text.charCodeAt(index);
    if (code === lineFeed || code === openBrace || code === openBracket) read = readBefore;
    return code === lineFeed ? index + 1 : index + (read === readBefore ? 0 : 1);
  }

  function openValue(index: number): number {
    complete = false;
    scanner.open();
    read = readValue;
    return index;
  }

  function readValue(text: string, index: number): number {
    const next = scanner.read(text, index);
    if (scanner.closed) closeValue();
    return next;
  }

  function closeValue(): void {
    complete = true;
    marks = 0;
    read = readAfter;
    closeRoot();
  }

  function readAfter(text: string, index: number): number {
    const code = text.charCodeAt(index);
    if (isSpace(code)) return index + 1;
    if (mark !== 0 && code === mark) return readCloser(index);
    return readTrailing(index);
  }

  function readCloser(index: number): number {
    marks++;
    read = readCloserMark;
    return index + 1;
  }

  function readCloserMark(text: string, index: number): number {
    if (text.charCodeAt(index) === mark) {
      marks++;
      return index + 1;
    }
    if (marks < fenceLength) return readTrailing(index);
    mark = 0;
    read = readAfter;
    return index;
  }

  function readTrailing(index: number): number {
    if (trailing === 'error') fail('Expected nothing after the value', index);
    if (trailing === 'next') return openValue(index);
    read = (text) => text.length;
    return index;
  }

  return {
    get offset() {
      return offset;
    },
    get complete() {
      return complete;
    },
    write(text) {
      let index = 0;
      while (index < text.length) index = read(text, index);
      offset += text.length;
    },
    end() {
      if (read === readValue && scanner.end()) closeValue();
      return complete;
    },
  };
}
