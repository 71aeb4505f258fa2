import type { JsonValue } from '../events.js';
import { flat } from './flat.js';
import { findJsonHoles, type JsonHole, type JsonPathTree } from './jsonHoles.js';

/** The form of JSON texts that equal each other but for their holes, and what the one that was read last says. */
export interface JsonTemplate {
  /** Where that one ends. */
  readonly end: number;
  /** The text in its only hole that is not padding, if there is one. */
  readonly said: string | undefined;
  /**
   * Reads the text that begins at a place, and tells whether it has this form.
   * @param head What must stand before it: the place is where that begins. @defaultValue nothing
   */
  read(text: string, from: number, head?: string): boolean;
  /**
   * What JSON.parse gives for it. The template's own, and good only until the next text's value is asked for.
   * @param text The text again: to hold it would keep its chunk alive.
   */
  valueIn(text: string): JsonValue;
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
  const pieces = piecesOf(text, holes);
  const lastPiece = flat(text.slice(holes.at(-1)?.end, closing).trimEnd());
  /** Of the text that was read last: where each hole begins and ends, where all of it does, and what it says. */
  const starts = holes.map(() => 0);
  const ends = holes.map(() => 0);
  let end = 0;
  let isPlain = false;
  let said: string | undefined;

  /** The first piece and what stands before it: to compare both at once takes half the time. */
  let headed = '';
  let headOfHeaded = '';

  function afterHead(head: string): string {
    if (head !== headOfHeaded) headed = flat(head + pieces[0]);
    headOfHeaded = head;
    return headed;
  }

  return {
    get end() {
      return end;
    },
    get said() {
      return said;
    },
    read(other, start, head = '') {
      let at = start;
      for (let index = 0; index < pieces.length; index++) {
        const piece = index === 0 && head !== '' ? afterHead(head) : (pieces[index] as string);
        const from = at + piece.length;
        if (!stands(piece, other, at, from)) return false;
        const plainEnd = holes[index]?.isText ? endOfPlain(other, from) : endOfNumber(other, from);
        at = holes[index]?.isText ? endOfText(other, plainEnd) : plainEnd;
        if (at < 0) return false;
        if (index === speaker) isPlain = plainEnd === at;
        starts[index] = from;
        ends[index] = at;
      }
      const rest = at + lastPiece.length;
      if (!stands(lastPiece, other, at, rest)) return false;
      end = endOfObject(other, rest);
      if (end < 0) return false;
      if (speaker >= 0) said = readText(other, starts[speaker] as number, ends[speaker] as number, isPlain);
      return true;
    },
    valueIn(other) {
      holes.forEach(({ object, key, isText }, index) => {
        const from = starts[index] as number;
        const to = ends[index] as number;
        object[key] = isText ? readText(other, from, to, false) : Number(other.slice(from, to));
      });
      return value;
    },
  };
}

/** Apart, so that no function of the template keeps the text alive, and with it the chunk from which it was cut. */
function piecesOf(text: string, holes: readonly JsonHole[]): readonly string[] {
  return holes.map(({ from }, index) => flat(text.slice(holes[index - 1]?.end ?? 0, from)));
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

/** Where characters end that stand for themselves. */
function endOfPlain(text: string, from: number): number {
  let at = from;
  for (let character = text.charCodeAt(at); isPlainCharacter(character); character = text.charCodeAt(at)) at++;
  return at;
}

/** False at the end of the text too. */
function isPlainCharacter(character: number): boolean {
  return character >= space && character !== quote && character !== backslash;
}

/** A text's closing quote, from where its plain characters end; negative if it is not JSON. */
function endOfText(text: string, plainEnd: number): number {
  let at = plainEnd;
  while (text.charCodeAt(at) === backslash) {
    const length = lengthOfEscape(text, at);
    if (length === 0) return -1;
    at = endOfPlain(text, at + length);
  }
  return text.charCodeAt(at) === quote ? at : -1;
}

/** 0 for one that does not exist. */
function lengthOfEscape(text: string, at: number): number {
  if (text[at + 1] === 'u') return /^[\da-f]{4}$/i.test(text.slice(at + 2, at + 6)) ? 6 : 0;
  return simpleEscapes.includes(text[at + 1] ?? ' ') ? 2 : 0;
}

const simpleEscapes = '"\\/bfnrt';

/** A slice of so many characters is no copy: it keeps its whole chunk alive. */
const longestCopy = 12;

/** What the characters between two quotes say. */
function readText(text: string, from: number, end: number, isPlain: boolean): string {
  if (isPlain && end - from <= longestCopy) return text.slice(from, end);
  return JSON.parse(text.slice(from - 1, end + 1)) as string;
}

/** So many digits are exact. */
const mostDigits = 15;

/** Where a whole number without a sign ends; negative for what is none in JSON, or may need more care. */
function endOfNumber(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at++;
  const length = at - from;
  const isPadded = length > 1 && text.charCodeAt(from) === zero;
  return length === 0 || length > mostDigits || isPadded ? -1 : at;
}

function isDigit(character: number): boolean {
  return character >= zero && character <= nine;
}

/** Where an object ends of which only blanks and the last brace are left; negative if there is more. */
function endOfObject(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === space) at++;
  return text.charCodeAt(at) === closingBrace ? at + 1 : -1;
}
