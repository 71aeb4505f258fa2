import type { JsonEnding } from './candidates.js';
import type { JsonReceiver } from './handler.js';
import { isSpace } from './isSpace.js';
import { createProseText } from './prose.js';
import { createJsonScanner } from './scanner.js';
import { type Fail, JsonSyntaxError } from './syntaxError.js';

export interface JsonTextOptions {
  /** Skip one code fence around the value; with `prose`, look into the fences of the text. @defaultValue true */
  readonly fences?: boolean | undefined;
  /** Find the value in an answer of prose. @defaultValue false */
  readonly prose?: boolean | undefined;
  /**
   * How to treat text other than white space after the value: `'error'`, `'ignore'`, or `'next'` to read it as another value (NDJSON).
   * @defaultValue `'error'`, with `prose` text that holds no other value
   */
  readonly trailing?: 'error' | 'ignore' | 'next' | undefined;
  /** Deepest nesting of containers to read. @defaultValue 256 */
  readonly maxDepth?: number | undefined;
  /** Accept raw control characters in strings, line breaks and tabs among them. @defaultValue false */
  readonly controlCharacters?: boolean | undefined;
  /** With `prose`: several values are no error, because the caller chooses. @defaultValue false */
  readonly several?: boolean | undefined;
}

/** Reads a JSON text, and the fences and prose that models write around it. */
export interface JsonText {
  /** The number of characters written, in UTF-16 code units. */
  readonly offset: number;
  /** Whether a value is whole and none is open. */
  readonly complete: boolean;
  /**
   * Reads the next piece.
   * @throws JsonSyntaxError with its offset, LimitError past `maxDepth`.
   */
  write(text: string): void;
  /**
   * Ends the text. Returns whether it ends with a whole value.
   * @throws JsonSyntaxError, with `prose`, for several values, or if what looked like a value is none.
   */
  end(ending?: JsonEnding): boolean;
}

const byteOrderMark = 0xfeff;
const lineFeed = 10;
const backtick = 96;
const tilde = 126;
const openBracket = 91;
const openBrace = 123;
/** The minimum number of marks of a fence: https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
const fenceLength = 3;

const afterInProse = { error: 'nothing', ignore: 'ignored', next: 'values' } as const;

export function createJsonText(receiver: JsonReceiver, options: JsonTextOptions = {}): JsonText {
  const { fences = true, prose = false, trailing, maxDepth = 256, controlCharacters = false, several = false } = options;
  if (!prose) return createBareText(receiver, options);
  const after = trailing === undefined ? 'text' : afterInProse[trailing];
  const single = trailing === undefined && !several;
  return createProseText(receiver, {
    fences,
    maxDepth,
    controlCharacters,
    after,
    single,
    all: after === 'values',
    collect: false,
  });
}

/** Reads a text that is a value, or one fence with a value. */
function createBareText(receiver: JsonReceiver, options: JsonTextOptions): JsonText {
  const { fences = true, trailing = 'error', maxDepth = 256, controlCharacters = false } = options;
  const fail: Fail = (message, index) => {
    throw new JsonSyntaxError(message, offset + index);
  };
  const scanner = createJsonScanner({ maxDepth, controlCharacters }, fail);
  const handler = receiver.begin(false);
  let offset = 0;
  let complete = false;
  /** The mark character of the current fence, 0 without one, and the number of marks read. */
  let mark = 0;
  let marks = 0;
  /** The current state: reads on from an index and returns the index where the next state continues. */
  let read: (text: string, index: number) => number = readBefore;

  function readBefore(text: string, index: number): number {
    const code = text.charCodeAt(index);
    if (isSpace(code) || (code === byteOrderMark && offset + index === 0)) return index + 1;
    if (fences && mark === 0 && (code === backtick || code === tilde)) return openFence(code, index);
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
    if (marks < fenceLength) fail('Expected a value', index);
    read = readLabel;
    return index;
  }

  /** In a fence of one line the value follows right after the label. */
  function readLabel(text: string, index: number): number {
    const code = text.charCodeAt(index);
    if (code === lineFeed || code === openBrace || code === openBracket) read = readBefore;
    return code === lineFeed ? index + 1 : index + (read === readBefore ? 0 : 1);
  }

  function openValue(index: number): number {
    complete = false;
    scanner.open(handler);
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
    receiver.close();
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
    end({ cut = false } = {}) {
      if (!cut && read === readValue && scanner.end()) closeValue();
      return complete;
    },
  };
}
