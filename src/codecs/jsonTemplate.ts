import type { JsonValue } from '../events.js';
import { flat } from './flat.js';
import { findJsonHoles, type JsonHole, type JsonPathTree } from './jsonHoles.js';

/** The form of JSON texts that equal each other but for their holes, and what the one that was read last says. */
export interface JsonTemplate {
  /** What JSON.parse gives for it. The template's own, and good only until the next text is read. */
  readonly value: JsonValue;
  /** The text in its only hole that is not padding, if there is one. */
  readonly said: string | undefined;
  /** Reads the text between two places, and tells whether it has this form. */
  read(text: string, from: number, end: number): boolean;
}

/**
 * What a JSON text says of others like it.
 *
 *     text     {"id":7,"delta":{"text":"Hi"},"pad":"xyz"}          holes: delta.text, pad
 *     pieces   {"id":7,"delta":{"text":"  "},"pad":"   "}
 *
 * A text that has the same pieces, and between them texts and numbers where this one has them, has the same value but for these: nothing
 * else of it need be parsed. The blanks before the last brace, with which providers pad, say nothing and may differ.
 *
 * @param text A text that JSON.parse accepts.
 * @returns `undefined` if the text has no holes, or if it takes JSON.parse to tell which ones count.
 */
export function createJsonTemplate(text: string, paths: JsonPathTree): JsonTemplate | undefined {
  const closing = text.length - 1;
  const found = findJsonHoles(text, paths);
  if (!found || text.charCodeAt(closing) !== closingBrace) return undefined;
  const value = JSON.parse(text) as JsonValue;
  const holes = found.flatMap((hole) => slotOf(value, hole) ?? []);
  if (holes.length === 0) return undefined;
  const speakers = holes.filter(({ isPadding }) => !isPadding);
  const speaker = speakers.length === 1 ? holes.findIndex((hole) => hole === speakers[0] && hole.isText) : -1;
  let said: string | undefined;
  const pieces = holes.map(({ from }, index) => flat(text.slice(holes[index - 1]?.end ?? 0, from)));
  const lastPiece = flat(text.slice(holes.at(-1)?.end, closing).trimEnd());

  return {
    value,
    get said() {
      return said;
    },
    read(other, start, end) {
      let at = start;
      for (let index = 0; index < pieces.length; index++) {
        const { isText, object, key } = holes[index] as Slot;
        const piece = pieces[index] as string;
        const from = at + piece.length;
        if (!stands(piece, other, at, from)) return false;
        at = isText ? endOfText(other, from, end) : endOfNumber(other, from);
        const content = isText ? readText(other, from, at) : readNumber(other, from, at);
        if (content === undefined) return false;
        object[key] = content;
        if (index === speaker) said = content as string;
      }
      const rest = at + lastPiece.length;
      return stands(lastPiece, other, at, rest) && closesAt(other, rest, end);
    },
  };
}

const quote = 34;
const space = 32;
const zero = 48;
const nine = 57;
const backslash = 92;
const closingBrace = 125;

/** Slices are compared many characters at a time, which `startsWith` does not do; for a few, that is not worth a slice. */
const fewCharacters = 4;

/** Whether a text is just this between two places. */
function stands(piece: string, text: string, from: number, end: number): boolean {
  if (piece.length > fewCharacters) return text.slice(from, end) === piece;
  for (let index = 0; index < piece.length; index++) {
    if (text.charCodeAt(from + index) !== piece.charCodeAt(index)) return false;
  }
  return true;
}

/** Where a hole is, and where what it says goes. */
interface Slot extends JsonHole {
  readonly object: Record<string | number, JsonValue>;
  readonly key: string | number;
}

/** `undefined` if the value has nothing there, because what held it came twice and the other one counts. */
function slotOf(value: JsonValue, hole: JsonHole): Slot | undefined {
  let object: unknown = value;
  let key: string | number | undefined;
  for (const step of hole.path) {
    if (key !== undefined) object = Reflect.get(object as object, key);
    if (typeof object !== 'object' || object === null || !Object.hasOwn(object, step)) return undefined;
    key = step;
  }
  return key === undefined ? undefined : { ...hole, object: object as Slot['object'], key };
}

/** A text's closing quote, or `end` if it has none before. */
function endOfText(text: string, from: number, end: number): number {
  let at = from;
  for (; at < end; at++) {
    const character = text.charCodeAt(at);
    if (character === quote) break;
    if (character === backslash) at++;
  }
  return at;
}

/** A slice of so many characters is no copy: it keeps its whole chunk alive. */
const longestCopy = 12;

/** What the characters between two quotes say; `undefined` if they are not JSON. */
function readText(text: string, from: number, end: number): string | undefined {
  if (end - from > longestCopy || !isPlain(text, from, end)) return parseText(text.slice(from - 1, end + 1));
  return text.slice(from, end);
}

/** Whether all characters stand for themselves. */
function isPlain(text: string, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const character = text.charCodeAt(at);
    if (character === backslash || character < space) return false;
  }
  return true;
}

function parseText(json: string): string | undefined {
  try {
    return JSON.parse(json) as string;
  } catch {
    return undefined;
  }
}

/** The end of the digits. */
function endOfNumber(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}

function isDigit(character: number): boolean {
  return character >= zero && character <= nine;
}

/** So many digits are exact. */
const mostDigits = 15;

/** A whole number without a sign; `undefined` for what is none in JSON, or may need more care. */
function readNumber(text: string, from: number, end: number): number | undefined {
  const length = end - from;
  const isPadded = length > 1 && text.charCodeAt(from) === zero;
  if (length === 0 || length > mostDigits || isPadded) return undefined;
  let value = 0;
  for (let at = from; at < end; at++) value = 10 * value + text.charCodeAt(at) - zero;
  return value;
}

/** Whether only blanks and the last brace are left. */
function closesAt(text: string, from: number, end: number): boolean {
  let at = from;
  while (text.charCodeAt(at) === space) at++;
  return text.charCodeAt(at) === closingBrace && at === end - 1;
}
