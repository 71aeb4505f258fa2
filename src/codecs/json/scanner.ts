import { LimitError } from '../../errors.js';
import { ignoreJson, type JsonHandler } from './handler.js';
import { isSpace } from './isSpace.js';
import { createStringReader } from './string.js';
import type { Fail } from './syntaxError.js';
import { createLiteralReader, createNumberReader, type WordReader } from './word.js';

/** Reads JSON values one after another, each in pieces of any size. */
export interface JsonScanner {
  /** Whether the value is whole. */
  readonly closed: boolean;
  /** The number of open objects and arrays. */
  readonly depth: number;
  /** Whether it is an array, and nothing but numbers so far. */
  readonly numeric: boolean;
  /** How much of a value was read. */
  readonly weight: ValueWeight;
  /** Expects a new value; a handler receives its parts. Whatever was open is given up. */
  open(handler: JsonHandler): void;
  /** Reads on. Returns the index after the value, or the end of the chunk. */
  read(text: string, from: number): number;
  /** Ends the text: closes a number or literal at the root. Returns whether the value is whole. */
  end(): boolean;
}

/** A value of one string, number or literal at most, such as `[1]`; a list of numbers, such as `[1, 2]`; anything more. */
export type ValueWeight = 'token' | 'numbers' | 'data';

export interface JsonScannerOptions {
  /** Deepest nesting of containers to read. */
  readonly maxDepth: number;
  /** Accept raw control characters in strings. */
  readonly controlCharacters: boolean;
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
export function createJsonScanner({ maxDepth, controlCharacters }: JsonScannerOptions, fail: Fail): JsonScanner {
  const string = createStringReader(failInString, controlCharacters);
  const number = createNumberReader(fail);
  const literal = createLiteralReader(fail);
  /** For each open container, whether it is an object. */
  const objects: boolean[] = [];
  let handler: JsonHandler = ignoreJson;
  let closed = true;
  /** The keys, strings, numbers and literals that were read, the numbers among them, and the containers. */
  let tokens = 0;
  let numbers = 0;
  let containers = 0;
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
    containers++;
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
    tokens++;
    if (reader === number) numbers++;
    handler.scalar(value);
    endValue();
    return true;
  }

  function readString(text: string, from: number): number {
    const index = string.read(text, from);
    releaseText();
    if (string.closed) endString();
    return index;
  }

  function releaseText(): void {
    const piece = string.release();
    if (inside === 'key') key += piece;
    else if (piece !== '') handler.text(piece);
  }

  function failInString(message: string, index: number): never {
    releaseText();
    return fail(message, index);
  }

  function endString(): void {
    // A key is followed by a value.
    tokens += inside === 'key' ? 2 : 1;
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
    get depth() {
      return objects.length;
    },
    get numeric() {
      return containers === 1 && numbers === tokens && objects[0] !== true;
    },
    get weight() {
      if (tokens <= 1) return 'token';
      return numbers === tokens && containers === 1 ? 'numbers' : 'data';
    },
    open(receiver) {
      handler = receiver;
      closed = false;
      tokens = 0;
      numbers = 0;
      containers = 0;
      objects.length = 0;
      word = undefined;
      inside = undefined;
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
