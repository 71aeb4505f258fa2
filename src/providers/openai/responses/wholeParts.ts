import { isObject, listOf, nonEmptyText, textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { TextKind } from './state.js';

/** A part of a whole item that is text. */
export interface WholePart {
  readonly kind: TextKind;
  readonly text: string;
  readonly annotations: readonly JsonValue[];
}

/** The kind of text in a part, and its field, by the type of the part. Some servers name the parts as the input does, or as chat does. */
const partTypes: ReadonlyMap<string, readonly [kind: TextKind, field: string]> = new Map([
  ['output_text', ['text', 'text']],
  ['text', ['text', 'text']],
  ['refusal', ['refusal', 'refusal']],
  ['reasoning_text', ['reasoning', 'text']],
  ['thinking', ['reasoning', 'thinking']],
  ['summary_text', ['summary', 'text']],
]);

/** @param type The type of the item: in reasoning, all text is reasoning. */
export function wholePart(part: JsonValue, type: string): WholePart | undefined {
  if (!isObject(part)) return undefined;
  const [kind, field] = partTypes.get(textOf(part['type'])) ?? [];
  if (kind === undefined || field === undefined) return undefined;
  const own = kind === 'text' && type === 'reasoning' ? 'reasoning' : kind;
  return { kind: own, text: textOf(part[field]), annotations: listOf(part['annotations']) };
}

/** The texts of a whole item, its summary first. */
export function wholeParts(native: JsonObject, type: string): readonly WholePart[] {
  return [
    ...partsOf(native['summary'], 'summary', type),
    ...partsOf(native['content'], type === 'reasoning' ? 'reasoning' : 'text', type),
  ];
}

/** @param kind The kind of a list that is only a text. */
function partsOf(value: JsonValue | undefined, kind: TextKind, type: string): readonly WholePart[] {
  const text = nonEmptyText(value);
  if (text !== undefined) return [{ kind, text, annotations: [] }];
  return listOf(value).flatMap((part) => wholePart(part, type) ?? []);
}

export function joinParts(parts: readonly WholePart[], kind: TextKind): string {
  return parts.map((part) => (part.kind === kind ? part.text : '')).join('');
}
