import { isObject, nonEmptyText, textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue } from '../../../events.js';

// Structured reasoning: objects whose text grows from piece to piece, up to a signature. They go back to the server as whole objects.

/** The fields that can hold the text of a piece, or a list of its parts. */
const textFields = ['text', 'summary', 'thinking', 'reasoning', 'content', 'reasoning_content'] as const;

/** The text of a piece of reasoning: plain, or in one of its fields. */
export function detailText(piece: JsonValue | undefined): string {
  if (!isObject(piece)) return textOf(piece);
  for (const field of textFields) {
    const value = piece[field];
    const text = Array.isArray(value) ? value.map(partText).join('') : partText(value);
    if (text !== '') return text;
  }
  return '';
}

function partText(part: JsonValue | undefined): string {
  return isObject(part) ? textOf(part['text']) || textOf(part['thinking']) : textOf(part);
}

/**
 * Adds a piece to a list of details. Text arrives in pieces up to its signature; encrypted reasoning arrives whole.
 *
 * @returns The text that the list lacked: a whole that is repeated with its signature adds nothing but the signature.
 */
export function addDetail(details: JsonObject[], piece: JsonObject): string {
  const last = details.at(-1);
  if (last === undefined || !isSameDetail(last, piece)) return pushDetail(details, piece);
  if (nonEmptyText(last['data']) !== undefined) return last['data'] === piece['data'] ? '' : pushDetail(details, piece);
  const text = detailText(piece);
  const whole = isSealed(piece) && text !== '' ? detailText(last) : '';
  if (isSealed(last)) return piece['signature'] === last['signature'] && text === whole ? '' : pushDetail(details, piece);
  const isRepeated = whole !== '' && text.startsWith(whole);
  details[details.length - 1] = isRepeated ? { ...last, ...piece } : growDetail(last, piece);
  return isRepeated ? text.slice(whole.length) : text;
}

function pushDetail(details: JsonObject[], piece: JsonObject): string {
  details.push(piece);
  return detailText(piece);
}

/** Joins the texts and lists of two pieces; other fields are replaced. */
export function growDetail(last: JsonObject, piece: JsonObject): JsonObject {
  const grown = new Map<string, JsonValue>();
  for (const [field, value] of Object.entries(piece)) {
    const earlier = last[field];
    if (value === null || value === undefined || (value === '' && earlier !== undefined)) continue;
    grown.set(field, isTextField(field) ? joined(earlier, value) : value);
  }
  return { ...last, ...Object.fromEntries(grown) };
}

function isTextField(field: string): boolean {
  return (textFields as readonly string[]).includes(field);
}

function joined(earlier: JsonValue | undefined, value: JsonValue): JsonValue {
  if (typeof earlier === 'string' && typeof value === 'string') return earlier + value;
  if (!Array.isArray(earlier) || !Array.isArray(value)) return value;
  const last = earlier.at(-1);
  const [first, ...others] = value;
  const isGrowing =
    isObject(last) && isObject(first) && isSameDetail(last, first) && !isSealed(last) && nonEmptyText(last['data']) === undefined;
  // One object for each piece of a list would be as many as there are deltas.
  return isGrowing ? [...earlier.slice(0, -1), growDetail(last, first), ...others] : [...earlier, ...value];
}

function isSameDetail(last: JsonObject, piece: JsonObject): boolean {
  return last['type'] === piece['type'] && last['index'] === piece['index'];
}

/** Whether a piece has its signature, so that its text is whole. */
export function isSealed(piece: JsonObject): boolean {
  return nonEmptyText(piece['signature']) !== undefined;
}
