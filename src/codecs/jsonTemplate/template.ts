import type { JsonValue } from '../../events.js';
import { flatCopy } from '../text/textDecoding.js';
import { findVariables, type JsonVariable, type VariablePaths } from './variables.js';
import { endOfNumber, endOfObject, endOfPlainCharacters, endOfString, matchesAt, readQuotedText } from './variableText.js';

/**
 * The constants and variables of one JSON text, and the variables of the text that matched last. Plain data without methods: a stream has
 * several templates and a service has thousands of streams.
 */
export interface JsonTemplate {
  /** The value of the learned text, parsed once; `readTemplateValue` writes the variables of another text into it. */
  readonly value: JsonValue;
  readonly slots: readonly Slot[];
  /** The constant text after the last variable, without the blanks before the last brace. */
  readonly lastConstant: string;
  /** The only variable that is not padding, if it is a text. */
  readonly textSlot: Slot | undefined;
  /** The index at which the text that matched last ends. */
  end: number;
  /** The text in its text slot; `undefined` without one. */
  text: string | undefined;
  /** The prefix and the first constant as one string: one comparison takes half the time of two. */
  prefixedConstant: string;
  prefix: string;
}

/** A variable, the constant text before it, and the place of its value in the template's value. */
interface Slot {
  readonly constant: string;
  readonly object: Record<string, JsonValue>;
  readonly key: string;
  readonly isText: boolean;
  readonly isPadding: boolean;
  /** In the text that matched last: where the variable begins and ends, and where its characters without escapes end. */
  from: number;
  end: number;
  plainEnd: number;
}

/**
 * Makes a template of a JSON text.
 *
 *     text        {"id":7,"delta":{"text":"Hi"},"pad":"xyz"}       variables: delta.text, pad
 *     constants   {"id":7,"delta":{"text":"  "},"pad":"   "}
 *
 * A text with the same constants, and with texts and numbers where this one has them, has the same value except for its variables, so
 * nothing else of it is parsed. Blanks before the last brace may differ, because providers use them as padding.
 *
 * @param text A text that JSON.parse accepts.
 * @returns `undefined` if the text has no variables.
 */
export function createJsonTemplate(text: string, paths: VariablePaths): JsonTemplate | undefined {
  const closing = text.length - 1;
  const value = JSON.parse(text) as JsonValue;
  const variables = findVariables(text, value, paths);
  if (variables.length === 0 || text[closing] !== '}') return undefined;
  const slots = variables.map((variable, index) =>
    createSlot(variable, text.slice(variables[index - 1]?.end ?? 0, variable.from)),
  );
  const [textSlot, another] = slots.filter(({ isPadding }) => !isPadding);
  return {
    value,
    slots,
    lastConstant: flatCopy(text.slice(variables.at(-1)?.end, closing).trimEnd()),
    textSlot: textSlot?.isText && !another ? textSlot : undefined,
    end: 0,
    text: undefined,
    prefixedConstant: '',
    prefix: '',
  };
}

/**
 * Matches the text that begins at an index, notes its end, its text and its variables in the template, and returns whether it matches.
 *
 * @param prefix Text that must precede the JSON text: `start` is where the prefix begins. @defaultValue no prefix
 */
export function matchesTemplate(template: JsonTemplate, text: string, start: number, prefix = ''): boolean {
  const { slots, lastConstant, textSlot } = template;
  let at = start;
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index] as Slot;
    const constant = index === 0 && prefix !== '' ? prefixedConstantOf(template, slot, prefix) : slot.constant;
    const from = at + constant.length;
    if (!matchesAt(constant, text, at, from)) return false;
    at = readVariable(slot, text, from);
    if (at < 0) return false;
  }
  const rest = at + lastConstant.length;
  if (!matchesAt(lastConstant, text, at, rest)) return false;
  template.end = endOfObject(text, rest);
  if (template.end < 0) return false;
  if (textSlot) template.text = readQuotedText(text, textSlot.from, textSlot.end, textSlot.plainEnd === textSlot.end);
  return true;
}

/**
 * Returns what JSON.parse would return for the text that matched last. The template reuses the value: it is valid until the value of the next
 * text is read.
 *
 * @param text The same text again, because a template that stored it would keep its chunk alive.
 */
export function readTemplateValue({ value, slots }: JsonTemplate, text: string): JsonValue {
  for (const { object, key, isText, from, end } of slots) {
    object[key] = isText ? readQuotedText(text, from, end, false) : Number(text.slice(from, end));
  }
  return value;
}

function prefixedConstantOf(template: JsonTemplate, { constant }: Slot, prefix: string): string {
  if (prefix !== template.prefix) template.prefixedConstant = flatCopy(prefix + constant);
  template.prefix = prefix;
  return template.prefixedConstant;
}

/** Reads a variable and returns where it ends; negative if it is not JSON, or only JSON.parse can read it exactly. */
function readVariable(slot: Slot, text: string, from: number): number {
  slot.from = from;
  slot.plainEnd = slot.isText ? endOfPlainCharacters(text, from) : endOfNumber(text, from);
  slot.end = slot.isText ? endOfString(text, slot.plainEnd) : slot.plainEnd;
  return slot.end;
}

function createSlot({ object, key, isText, isPadding }: JsonVariable, constant: string): Slot {
  return { constant: flatCopy(constant), object, key, isText, isPadding, from: 0, end: 0, plainEnd: 0 };
}
