import type { ToonPrimitive } from './sink.js';
import { readString } from './text.js';

export type ToonDelimiter = ',' | '\t' | '|';

const space = 32;
const quote = 34;
const minus = 45;
const point = 46;
const zero = 48;
const backslash = 92;

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

const longestWord = 5;
/** The most digits that surely fit a double. */
const exactDigits = 15;
/** By the number of digits after the point, of which there is at least one. Such digits and such a power are exact, and dividing rounds once. */
const powersOfTen = [undefined, ...Array.from({ length: exactDigits }, (_, index) => 10 ** (index + 1))];

/** What a cell or the text after a key means. A number that no double holds, or one with leading zeros, stays text. */
export function readPrimitive(text: string): ToonPrimitive {
  return readCell(text, 0, text.length);
}

/** What a part of a line means. Most cells are plain numbers and words: those are read where they stand. */
function readCell(text: string, start: number, stop: number): ToonPrimitive {
  let from = start;
  let end = stop;
  while (from < end && text.charCodeAt(from) === space) from++;
  while (end > from && text.charCodeAt(end - 1) === space) end--;
  const first = from < end ? text.charCodeAt(from) : 0;
  if (first === minus || isDigit(first)) return readDigits(text, from, end) ?? readNumber(text.slice(from, end));
  const token = text.slice(from, end);
  if (first === quote) return readString(token);
  return token.length > longestWord ? token : readWord(token);
}

function readWord(token: string): ToonPrimitive {
  if (token === 'true') return true;
  if (token === 'false') return false;
  return token === 'null' ? null : token;
}

function readNumber(token: string): ToonPrimitive {
  if (!number.test(token)) return token;
  const value = Number(token);
  if (!Number.isFinite(value)) return token;
  return value === 0 ? 0 : value;
}

/** A plain number of few digits, which most numbers are; `undefined` for every other one. */
function readDigits(text: string, from: number, end: number): number | undefined {
  if (end - from > exactDigits + 1) return undefined;
  let digits = 0;
  let whole = end;
  for (let index = from; index < end; index++) {
    const code = text.charCodeAt(index);
    if (isDigit(code)) digits = digits * 10 + code - zero;
    else if (code === point && whole === end) whole = index;
    else return undefined;
  }
  if (whole - from > 1 && text.charCodeAt(from) === zero) return undefined;
  if (whole === end) return whole - from > exactDigits ? undefined : digits;
  const power = powersOfTen[end - whole - 1];
  return power === undefined ? undefined : digits / power;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= zero + 9;
}

/** The values of an inline array. No text is no value. */
export function readCells(text: string, delimiter: ToonDelimiter): ToonPrimitive[] {
  const values: ToonPrimitive[] = [];
  fillCells(text, delimiter, values);
  return values;
}

/**
 * Writes the values of a row over those of another one, so that a table needs one array and not one a row.
 *
 * @returns How many there are; what stands after them is of an earlier row.
 */
export function fillCells(text: string, delimiter: ToonDelimiter, cells: ToonPrimitive[]): number {
  if (text === '') return 0;
  if (text.includes('"')) return fillQuoted(text, delimiter.charCodeAt(0), cells);
  let count = 0;
  let from = 0;
  for (let end = text.indexOf(delimiter); end >= 0; end = text.indexOf(delimiter, from)) {
    cells[count++] = readCell(text, from, end);
    from = end + 1;
  }
  cells[count++] = readCell(text, from, text.length);
  return count;
}

function fillQuoted(text: string, delimiter: number, cells: ToonPrimitive[]): number {
  let count = 0;
  let from = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === quote) quoted = !quoted;
    else if (quoted) index += code === backslash ? 1 : 0;
    else if (code === delimiter) {
      cells[count++] = readCell(text, from, index);
      from = index + 1;
    }
  }
  cells[count++] = readCell(text, from, text.length);
  return count;
}
