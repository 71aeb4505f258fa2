import type { JsonValue } from '../../events.js';
import type { JsonPath } from '../json/handler.js';
import { endOfNumber, endOfPlainCharacters, endOfString } from './variableText.js';

/** A text or a number of a JSON text that may differ in the next one. */
export interface JsonVariable {
  /** What contains its value, and the key of it. */
  readonly object: Record<string, JsonValue>;
  readonly key: string;
  readonly isPadding: boolean;
  /** Whether it is a text; else it is a number. */
  readonly isText: boolean;
  /** The index of its first character: of a text, after the opening quote. */
  readonly from: number;
  /** The index after its last character: of a text, its closing quote. */
  readonly end: number;
}

/** Where the variables of a format's payloads are: paths of keys and indices, which end with a key. */
export interface VariablePaths {
  /** Paths of text that the payload adds to the answer. */
  readonly text: readonly JsonPath[];
  /** Paths that the decoder ignores: padding, and counters that are not read. */
  readonly padding: readonly JsonPath[];
}

/**
 * Finds the texts and numbers at the given paths, in the order of the text.
 *
 * @param text A text that JSON.parse accepts.
 * @param value What it returns for the text.
 */
export function findVariables(text: string, value: JsonValue, { text: texts, padding }: VariablePaths): readonly JsonVariable[] {
  return [
    ...texts.flatMap((path) => findVariable(text, value, path, false)),
    ...padding.flatMap((path) => findVariable(text, value, path, true)),
  ].sort((a, b) => a.from - b.from);
}

/** Nothing is found of a key that occurs twice, or of one whose value JSON.parse does not take from where it stands. */
function findVariable(text: string, value: JsonValue, path: JsonPath, isPadding: boolean): readonly JsonVariable[] {
  const key = String(path.at(-1));
  const object = containerOf(value, path);
  const current = object?.[key];
  const name = `"${key}"`;
  const at = text.indexOf(name) + name.length;
  if (!object || (typeof current !== 'string' && typeof current !== 'number') || text.includes(name, at)) return [];
  const [colon = ''] = /^\s*:\s*/.exec(text.slice(at)) ?? [];
  const isText = typeof current === 'string';
  const from = at + colon.length + (isText ? 1 : 0);
  const end = isText ? endOfString(text, endOfPlainCharacters(text, from)) : endOfNumber(text, from);
  if (colon === '' || end < 0 || (isText && text[from - 1] !== '"')) return [];
  const other = String(current) === '1' ? '2' : '1';
  const changed = JSON.parse(text.slice(0, from) + other + text.slice(end)) as JsonValue;
  return String(containerOf(changed, path)?.[key]) === other ? [{ object, key, isPadding, isText, from, end }] : [];
}

/** What contains the value at a path. */
function containerOf(value: JsonValue, path: JsonPath): Record<string, JsonValue> | undefined {
  return path.slice(0, -1).reduce((object, step) => asObject(object?.[step]), asObject(value));
}

function asObject(value: JsonValue | undefined): Record<string, JsonValue> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, JsonValue>) : undefined;
}
