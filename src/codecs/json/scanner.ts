import { LimitError } from '../../errors.js';
import type { JsonHandler } from './handler.js';
import { createStringReader } from './string.js';
import type { Fail } from './syntaxError.js';
import { createLiteralReader, createNumberReader, type WordReader } from './word.js';

/** Reads JSON values one after another, each in pieces of any size. */
export interface JsonScanner {
  /** Whether the value is whole. */
  readonly closed: boolean;
  /** Expects a new value. */
  open(): void;
  /** Reads on. Returns the index after the value, or the end of the chunk. */
  read(text: string, from: number): number;
  /** Ends the text: closes a number or literal at the root. Returns whether the value is whole. */
  end(): boolean;
}

const quote = 34;
const comma = 44;
const minus = 45;
const colon = 58;
const openBracket = 91;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

/** Reads strict RFC 8259 (https://www.rfc-editor.org/rfc/rfc8259) without recursion, so that deep nesting cannot overflow the stack. */
export function createJsonScanner(handler: JsonHandler, maxDepth: number, fail: Fail): JsonScanner {
  const string = createStringReader(fail);
  const number = createNumberReader(fail);
  const literal = createLiteralReader(fail);
  /** For each open container, whether it is an object. */
  const objects: boolean[] = [];
  let closed = true;
  /** The number or literal that is being read. */
  let word: WordReader | undefined;
  /** The kind of string that is being read. A key is emitted when it is whole. */
  let inside: 'key' | 'string' | undefined;
  let key = '';
  /** Reads the next character outside words and strings. */
  let expect: (code: number, index: number) => void = expectValue;

  function expectValue(code: number, index: number): void {
    if (code === quote) return openString();
    if (code === openBrace) return openContainer(true);
    if (code === openBracket) return openContainer(false);
    if (code === minus || (code >= 48 && code <= 57)) return openWord(number);
    // The first letters of true, false and null.
    if (code === 116 || code === 102 || code === 110) return openWord(literal);
    fail('Expected a value', index);
  }

  function expectElementOrEnd(code: number, index: number): void {
    if (code === closeBracket) closeContainer();
    else expectValue(code, index);
  }

  function expectKeyOrEnd(code: number, index: number): void {
    if (code === closeBrace) closeContainer();
    else expectKey(code, index);
  }

  function expectKey(code: number, index: number): void {
    if (code !== quote) fail('Expected a key', index);
    key = '';
    inside = 'key';
    string.open();
  }

  function expectColon(code: number, index: number): void {
    if (code !== colon) fail('Expected a colon', index);
    expect = expectValue;
  }

  function expectCommaOrEnd(code: number, index: number): void {
    const inObject = objects[objects.length - 1] ?? false;
    if (code === comma) expect = inObject ? expectKey : expectValue;
    else if (code === (inObject ? closeBrace : closeBracket)) closeContainer();
    else fail(`Expected a comma or the end of the ${inObject ? 'object' : 'array'}`, index);
  }

  function openString(): void {
    handler.startString();
    inside = 'string';
    string.open();
  }

  function openWord(reader: WordReader): void {
    word = reader;
    reader.open();
  }

  function openContainer(isObject: boolean): void {
    if (objects.length >= maxDepth) throw new LimitError('maxDepth', maxDepth);
    objects.push(isObject);
    if (isObject) handler.startObject();
    else handler.startArray();
    expect = isObject ? expectKeyOrEnd : expectElementOrEnd;
  }

  function closeContainer(): void {
    if (objects.pop()) handler.endObject();
    else handler.endArray();
    endValue();
  }

  function endValue(): void {
    closed = objects.length === 0;
    expect = expectCommaOrEnd;
  }

  function endWord(reader: WordReader): boolean {
    const value = reader.value();
    if (value === undefined) return false;
    word = undefined;
    handler.scalar(value);
    endValue();
    return true;
  }

  function readString(text: string, from: number): number {
    const index = string.read(text, from);
    const piece = string.release();
    if (inside === 'key') key += piece;
    else if (piece !== '') handler.text(piece);
    if (string.closed) endString();
    return index;
  }

  function endString(): void {
    if (inside === 'key') {
      handler.key(key);
      expect = expectColon;
    } else {
      handler.endString();
      endValue();
    }
    inside = undefined;
  }

  function readWord(reader: WordReader, text: string, from: number): number {
    const index = reader.read(text, from);
    if (index < text.length) endWord(reader);
    return index;
  }

  return {
    get closed() {
      return closed;
    },
    open() {
      closed = false;
      expect = expectValue;
    },
    read(text, from) {
      let index = from;
      while (index < text.length && !closed) {
        if (inside) index = readString(text, index);
        else if (word) index = readWord(word, text, index);
        else {
          const code = text.charCodeAt(index);
          if (!isSpace(code)) expect(code, index);
          // A word includes the character that opened it.
          if (!word) index++;
        }
      }
      return index;
    },
    end() {
      if (word && objects.length === 0) endWord(word);
      return closed;
    },
  };
}

/** Space, tab, line feed and carriage return. */
export function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
