import { isObject, listOf, nonEmptyText, numberOf, objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import { append, createGrowingText, wholeText } from '../../../codecs/text/growingText.js';
import type { DeltaEvent, JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { itemOf } from './items.js';
import { type Index, type OutputItem, openBlock, type ResponsesState, type TextKind, type TextPart } from './state.js';

/** The type of the item that contains a text, for texts without a known item. */
const itemTypes: Readonly<Record<TextKind, string>> = {
  text: 'message',
  refusal: 'message',
  reasoning: 'reasoning',
  summary: 'reasoning',
};

const deltas: Readonly<Record<TextKind, (part: TextPart, text: string) => DeltaEvent>> = {
  text: ({ block, phase }, text) => ({ type: 'text-delta', text, block, choice: 0, phase }),
  refusal: ({ block }, text) => ({ type: 'refusal-delta', text, block, choice: 0 }),
  reasoning: ({ block }, text) => ({ type: 'reasoning-delta', text, block, choice: 0 }),
  summary: ({ block }, text) => ({ type: 'reasoning-delta', text, block, choice: 0 }),
};

/** The text that an event refers to. */
export function textOfEvent(state: ResponsesState, payload: JsonObject, kind: TextKind, index: Index, emit: Emit): TextPart {
  return textOfItem(state, itemOf(state, payload['output_index'], itemTypes[kind], emit), kind, index);
}

function textOfItem(state: ResponsesState, item: OutputItem, kind: TextKind, index: Index = 0): TextPart {
  return item.texts[kind].get(index) ?? openText(state, item, kind, index);
}

function openText(state: ResponsesState, item: OutputItem, kind: TextKind, index: Index): TextPart {
  const part: TextPart = { kind, block: openBlock(state, item), phase: item.phase, text: createGrowingText(), citations: 0 };
  item.texts[kind].set(index, part);
  return part;
}

export function extendText(part: TextPart, text: string, emit: Emit): void {
  if (text === '') return;
  append(part.text, text);
  emit(deltas[part.kind](part, text));
}

/** Emits the part of the whole text that the deltas lack. If it contradicts the deltas, they stand. */
export function completeText(part: TextPart, whole: string, emit: Emit): void {
  const { length } = part.text;
  if (whole.length > length && whole.startsWith(wholeText(part.text))) extendText(part, whole.slice(length), emit);
}

/** The kind of text in a part, and its field, by the type of the part. */
const partTypes: ReadonlyMap<string, readonly [kind: TextKind, field: string]> = new Map([
  ['output_text', ['text', 'text']],
  ['refusal', ['refusal', 'refusal']],
  ['reasoning_text', ['reasoning', 'text']],
  ['summary_text', ['summary', 'text']],
]);

/** Emits the text and the citations of a whole part that the deltas lack. */
export function completePart(state: ResponsesState, item: OutputItem, index: Index, native: JsonObject, emit: Emit): void {
  const [kind, field] = partTypes.get(textOf(native['type'])) ?? [];
  if (kind === undefined || field === undefined) return;
  const whole = textOf(native[field]);
  const annotations = listOf(native['annotations']);
  if (!item.texts[kind].has(index) && whole === '' && annotations.length === 0) return;
  const part = textOfItem(state, item, kind, index);
  completeText(part, whole, emit);
  for (const annotation of annotations.slice(part.citations)) emitCitation(part, annotation, emit);
}

/** Emits the text and the citations of a whole message, or of whole reasoning, that the deltas lack. */
export function completeTexts(state: ResponsesState, item: OutputItem, native: JsonObject, emit: Emit): void {
  completeParts(state, item, native['summary'], emit);
  completeParts(state, item, native['content'], emit);
}

function completeParts(state: ResponsesState, item: OutputItem, parts: JsonValue | undefined, emit: Emit): void {
  listOf(parts).forEach((part, index) => completePart(state, item, index, objectOf(part), emit));
}

/** Emits a citation of any type: of a page, of a file, of a container's file, or of a file's path. */
export function emitCitation(part: TextPart, annotation: JsonValue | undefined, emit: Emit): void {
  if (!isObject(annotation)) return;
  part.citations++;
  emit({
    type: 'citation',
    block: part.block,
    choice: 0,
    url: nonEmptyText(annotation['url']),
    title: nonEmptyText(annotation['title']) ?? nonEmptyText(annotation['filename']),
    text: undefined,
    start: numberOf(annotation['start_index']),
    end: numberOf(annotation['end_index']),
    native: annotation,
  });
}
