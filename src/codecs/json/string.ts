import type { Fail } from './syntaxError.js';

/** Reads the content of a string in pieces. */
export interface StringReader {
  /** Whether the closing quote was read. */
  readonly closed: boolean;
  /** Begins a string, after its opening quote. */
  open(): void;
  /** Reads on. Returns the index after the closing quote, or the end of the chunk. */
  read(text: string, from: number): number;
  /** Returns the characters that became certain since the last call. */
  release(): string;
}

const quote = 34;
const backslash = 92;
const space = 32;
const letterU = 117;

const escapes: ReadonlyMap<number, string> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }).map(([letter, meaning]) => [
    letter.charCodeAt(0),
    meaning,
  ]),
);

/**
 * Characters become certain when their escape sequence is whole. The first half of a surrogate pair, literal or escaped, is held back until
 * the next character, so that no piece ends in a lone surrogate that the whole string does not have.
 *
 * @param controlCharacters Accept raw line breaks, tabs and other control characters, which JSON forbids.
 */
export function createStringReader(fail: Fail, controlCharacters: boolean): StringReader {
  let closed = false;
  let certain = '';
  /** The first half of a surrogate pair. */
  let held = '';
  let escaping = false;
  /** The number of digits of a `\u` sequence that are still missing, and its code so far. */
  let digits = 0;
  let code = 0;
  /** Every character below this one is an error. */
  const lowest = controlCharacters ? 0 : space;

  function add(run: string): void {
    const whole = held + run;
    const last = whole.length - 1;
    const cut = isFirstHalf(whole.charCodeAt(last));
    certain += cut ? whole.slice(0, last) : whole;
    held = cut ? whole.slice(last) : '';
  }

  function readEscape(text: string, index: number): void {
    const letter = text.charCodeAt(index);
    const meaning = escapes.get(letter);
    escaping = false;
    if (meaning !== undefined) return add(meaning);
    if (letter !== letterU) fail('Expected an escape sequence', index);
    digits = 4;
    code = 0;
  }

  function readDigit(text: string, index: number): void {
    const digit = hexDigit(text.charCodeAt(index));
    if (digit < 0) fail('Expected a hexadecimal digit', index);
    code = code * 16 + digit;
    digits--;
    if (digits === 0) add(String.fromCharCode(code));
  }

  /** Reads up to a quote, an escape sequence or the end of the chunk. */
  function readRun(text: string, from: number): number {
    let index = from;
    for (; index < text.length; index++) {
      const next = text.charCodeAt(index);
      if (next === quote || next === backslash) break;
      if (next < lowest) failAfter(text, from, index);
    }
    if (index > from) add(text.slice(from, index));
    return index;
  }

  /** The characters before the error are certain, so that what was read does not depend on how the text was cut. */
  function failAfter(text: string, from: number, index: number): never {
    if (index > from) add(text.slice(from, index));
    return fail('Expected no control character inside a string', index);
  }

  function close(): void {
    certain += held;
    held = '';
    closed = true;
  }

  return {
    get closed() {
      return closed;
    },
    open() {
      closed = false;
      // What a string that was given up left behind.
      certain = '';
      held = '';
      escaping = false;
      digits = 0;
    },
    read(text, from) {
      let index = from;
      while (index < text.length && !closed) {
        if (digits > 0) readDigit(text, index++);
        else if (escaping) readEscape(text, index++);
        else {
          index = readRun(text, index);
          if (index === text.length) break;
          if (text.charCodeAt(index++) === quote) close();
          else escaping = true;
        }
      }
      return index;
    },
    release() {
      const piece = certain;
      certain = '';
      return piece;
    },
  };
}

function isFirstHalf(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** Returns the value of a digit, or -1. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
