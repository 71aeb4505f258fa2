import type { ToonPrimitive } from './toonSink.js';
import { readString, trimSpaces } from './toonText.js';

export type ToonDelimiter = ',' | '\t' | '|';

const quote = 34;
const minus = 45;
const zero = 48;
const backslash = 92;

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const words: ReadonlyMap<string, boolean | null> = new Map(Object.entries({ true: true, false: false, null: null }));

/** The longest word, and the most digits that surely fit a double. */
const longestWord = 5;
const exactDigits = 15;

/** What a cell or the text after a key means. A number that no double holds, or one with leading zeros, stays text. */
export function readPrimitive(text: string): ToonPrimitive {
  const token = trimSpaces(text);
  const first = token.charCodeAt(0);
  if (first === quote) return readString(token);
  if (first === minus || isDigit(first)) return readDigits(token) ?? readNumber(token);
  const word = token.length > longestWord ? undefined : words.get(token);
  return word === undefined ? token : word;
}

function readNumber(token: string): ToonPrimitive {
  if (!number.test(token)) return token;
  const value = Number(token);
  if (!Number.isFinite(value)) return token;
  return value === 0 ? 0 : value;
}

/** A plain whole number, which most numbers are; `undefined` for every other one. */
function readDigits(token: string): number | undefined {
  if (token.length > exactDigits || (token.length > 1 && token.charCodeAt(0) === zero)) return undefined;
  let value = 0;
  for (let index = 0; index < token.length; index++) {
    const code = token.charCodeAt(index);
    if (!isDigit(code)) return undefined;
    value = value * 10 + code - zero;
  }
  return value;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= zero + 9;
}

/** The values of a row or of an inline array. No text is no value. */
export function readCells(text: string, delimiter: ToonDelimiter): ToonPrimitive[] {
  if (text === '') return [];
  if (text.includes('"')) return splitQuoted(text, delimiter.charCodeAt(0)).map(readPrimitive);
  const values: ToonPrimitive[] = [];
  let from = 0;
  for (let end = text.indexOf(delimiter); end >= 0; end = text.indexOf(delimiter, from)) {
    values.push(readPrimitive(text.slice(from, end)));
    from = end + 1;
  }
  values.push(readPrimitive(text.slice(from)));
  return values;
}

function splitQuoted(text: string, delimiter: number): string[] {
  const cells: string[] = [];
  let from = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === quote) quoted = !quoted;
    else if (quoted) index += code === backslash ? 1 : 0;
    else if (code === delimiter) {
      cells.push(text.slice(from, index));
      from = index + 1;
    }
  }
  cells.push(text.slice(from));
  return cells;
}
