import type { JsonValue } from '../../events.js';
import { flat } from '../text/flat.js';
import { findJsonHoles, type JsonHole, type JsonPathTree } from './variables.js';
import { endOfNumber, endOfObject, endOfPlain, endOfText, readText, stands } from './variableText.js';

/**
 * The form of JSON texts that equal each other but for their holes, and what the one that was read last says. It is plain data: a stream
 * has several of them, and a service has thousands of streams.
 */
export interface JsonTemplate {
  /** What JSON.parse gave for the text that was learnt, with what the one that was asked for last has in the holes. */
  readonly value: JsonValue;
  readonly slots: readonly Slot[];
  /** What stands between the last hole and the blanks before the last brace. */
  readonly lastPiece: string;
  /** The only hole that is not padding, if it is a text. */
  readonly speaker: Slot | undefined;
  /** Where the text that was read last ends. */
  end: number;
  /** The text in its speaker, if there is one. */
  said: string | undefined;
  /** The first piece and what stands before it: to compare both at once takes half the time. */
  headed: string;
  headOfHeaded: string;
}

/** A hole, what stands before it, and where what it says goes. */
interface Slot {
  readonly piece: string;
  readonly object: Record<string | number, JsonValue>;
  readonly key: string | number;
  readonly isText: boolean;
  readonly isPadding: boolean;
  /** Of the text that was read last: where the hole begins and ends, and up to where its characters stand for themselves. */
  from: number;
  end: number;
  plainEnd: number;
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
  if (!found || text[closing] !== '}') return undefined;
  const value = JSON.parse(text) as JsonValue;
  const holes = found.map((hole) => ({ ...hole, object: placeOf(value, hole) })).filter(isPlaced);
  if (holes.length === 0) return undefined;
  const slots = holes.map((hole, index) => slotOf(hole, text.slice(holes[index - 1]?.end ?? 0, hole.from)));
  const [speaker, another] = slots.filter(({ isPadding }) => !isPadding);
  return {
    value,
    slots,
    lastPiece: flat(text.slice(holes.at(-1)?.end, closing).trimEnd()),
    speaker: speaker?.isText && !another ? speaker : undefined,
    end: 0,
    said: undefined,
    headed: '',
    headOfHeaded: '',
  };
}

/**
 * Reads the text that begins at a place, and tells whether it has the template's form.
 * @param head What must stand before it: the place is where that begins. @defaultValue nothing
 */
export function hasForm(template: JsonTemplate, text: string, start: number, head = ''): boolean {
  const { slots, lastPiece, speaker } = template;
  let at = start;
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index] as Slot;
    const piece = index === 0 && head !== '' ? headedPiece(template, slot, head) : slot.piece;
    const from = at + piece.length;
    if (!stands(piece, text, at, from)) return false;
    at = readHole(slot, text, from);
    if (at < 0) return false;
  }
  const rest = at + lastPiece.length;
  if (!stands(lastPiece, text, at, rest)) return false;
  template.end = endOfObject(text, rest);
  if (template.end < 0) return false;
  if (speaker) template.said = readText(text, speaker.from, speaker.end, speaker.plainEnd === speaker.end);
  return true;
}

/**
 * What JSON.parse gives for the text that was read last. The template's own, and good only until the next text's value is asked for.
 * @param text The text again: to hold it would keep its chunk alive.
 */
export function valueIn({ value, slots }: JsonTemplate, text: string): JsonValue {
  for (const { object, key, isText, from, end } of slots) {
    object[key] = isText ? readText(text, from, end, false) : Number(text.slice(from, end));
  }
  return value;
}

function headedPiece(template: JsonTemplate, { piece }: Slot, head: string): string {
  if (head !== template.headOfHeaded) template.headed = flat(head + piece);
  template.headOfHeaded = head;
  return template.headed;
}

/** Where what stands in a hole ends; negative if it is not JSON, or may need more care. */
function readHole(slot: Slot, text: string, from: number): number {
  slot.from = from;
  slot.plainEnd = slot.isText ? endOfPlain(text, from) : endOfNumber(text, from);
  slot.end = slot.isText ? endOfText(text, slot.plainEnd) : slot.plainEnd;
  return slot.end;
}

/** A hole, and what holds its value. */
type PlacedHole = JsonHole & Pick<Slot, 'object'>;

function isPlaced(hole: JsonHole & { readonly object: object | undefined }): hole is PlacedHole {
  return hole.object !== undefined;
}

function slotOf({ path, object, isText, isPadding }: PlacedHole, piece: string): Slot {
  return { piece: flat(piece), object, key: path.at(-1) ?? '', isText, isPadding, from: 0, end: 0, plainEnd: 0 };
}

/** What holds a hole's value; `undefined` if the value has nothing there, because what held it came twice and the other one counts. */
function placeOf(value: JsonValue, { path }: JsonHole): object | undefined {
  let object: unknown;
  let next: unknown = value;
  for (const step of path) {
    object = next;
    if (typeof object !== 'object' || object === null || !Object.hasOwn(object, step)) return undefined;
    next = Reflect.get(object, step);
  }
  return object as object | undefined;
}
