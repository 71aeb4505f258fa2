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
/** Integers of at most 15 digits are exact in a double. */
const exactDigits = 15;
/** By the number of digits after the point, at least one. Such digits and powers are exact, so that the division rounds only once. */
const powersOfTen = [undefined, ...Array.from({ length: exactDigits }, (_, index) => 10 ** (index + 1))];

/** Reads a cell or the text after a key. A number that is too large for a double, or has leading zeros, remains text. */
export function readPrimitive(text: string): ToonPrimitive {
  return readCell(text, 0, text.length);
}

/** Reads a part of a line. Most cells are plain numbers, which are read in place. */
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

/** Reads a plain number of few digits, as most numbers are. Returns `undefined` for every other number. */
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

/** Reads the values of an inline array. Empty text has no values. */
export function readCells(text: string, delimiter: ToonDelimiter): ToonPrimitive[] {
  const values: ToonPrimitive[] = [];
  fillCells(text, delimiter, values);
  return values;
}

/**
 * Reads the cells of a row into an array that all rows of a table share, so that no array is allocated per row.
 *
 * @returns The number of cells; elements after them belong to an earlier row.
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
