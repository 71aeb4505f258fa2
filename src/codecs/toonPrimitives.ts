import type { ToonPrimitive } from './toonSink.js';
import { readString, trimSpaces } from './toonText.js';

export type ToonDelimiter = ',' | '\t' | '|';

const quote = 34;
const minus = 45;
const point = 46;
const zero = 48;
const backslash = 92;

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const words: ReadonlyMap<string, boolean | null> = new Map(Object.entries({ true: true, false: false, null: null }));

const longestWord = 5;
/** The most digits that surely fit a double. */
const exactDigits = 15;
/** By the number of digits after the point, of which there is at least one. Such digits and such a power are exact, and dividing rounds once. */
const powersOfTen = [undefined, ...Array.from({ length: exactDigits }, (_, index) => 10 ** (index + 1))];

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

/** A plain number of few digits, which most numbers are; `undefined` for every other one. */
function readDigits(token: string): number | undefined {
  if (token.length > exactDigits + 1) return undefined;
  let digits = 0;
  let whole = token.length;
  for (let index = 0; index < token.length; index++) {
    const code = token.charCodeAt(index);
    if (isDigit(code)) digits = digits * 10 + code - zero;
    else if (code === point && whole === token.length) whole = index;
    else return undefined;
  }
  if (whole > 1 && token.charCodeAt(0) === zero) return undefined;
  if (whole === token.length) return whole > exactDigits ? undefined : digits;
  const power = powersOfTen[token.length - whole - 1];
  return power === undefined ? undefined : digits / power;
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
