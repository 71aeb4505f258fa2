import { objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import { wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { indexOf, itemOf, typeAt } from './items.js';
import type { DecodeEvent, OutputItem, ResponsesState, TextKind, TextPart } from './state.js';
import { completeText, emitCitation, extendText, growingPart, knownPart, openPart, tellAnnounced } from './texts.js';
import { type WholePart, wholePart } from './wholeParts.js';

/** The type of the item that contains a text, for texts without a known item. */
const itemTypes: Readonly<Record<TextKind, string>> = {
  text: 'message',
  refusal: 'message',
  reasoning: 'reasoning',
  summary: 'reasoning',
};

export function textDelta(kind: TextKind, indexField: string): DecodeEvent {
  return (state, payload, emit) => {
    const item = itemOf(state, payload, itemTypes[kind], emit);
    const text = deltaText(payload);
    if (item.native && isRepeated(item.texts[kind].at(-1), text)) return;
    const opening = item.announcedPart?.kind === kind ? item.announcedPart.text : '';
    const part = growingPart(state, item, kind, indexOf(payload[indexField]));
    state.growing = part.text;
    if (item.native) item.late = true;
    extendText(part, text.startsWith(opening) ? text : opening + text, emit);
    const { logprobs } = payload;
    if (Array.isArray(logprobs) && logprobs.length > 0) {
      emit({ type: 'logprobs', block: part.block, choice: 0, tokens: logprobs });
    }
  };
}

/** Whether a delta after the end of its item tells again what the end has told. */
function isRepeated(part: TextPart | undefined, text: string): boolean {
  if (part?.repeated === undefined || !wholeText(part.text).startsWith(text, part.repeated)) return false;
  part.repeated += text.length;
  return true;
}

/** Some servers send a part as the delta, or name the field after the content. */
function deltaText({ delta, text }: JsonObject): string {
  return textOf(delta) || textOf(objectOf(delta)['text']) || textOf(text);
}

export function textDone(kind: TextKind, indexField: string, field: string): DecodeEvent {
  return (state, payload, emit) => {
    const item = itemOf(state, payload, itemTypes[kind], emit);
    const whole = { kind, text: textOf(payload[field]), annotations: [] };
    endPart(state, item, whole, payload[indexField], emit);
  };
}

export function partDone(indexField: string): DecodeEvent {
  return (state, payload, emit) => {
    const whole = wholePart(payload['part'] ?? null, typeAt(state, payload));
    if (whole) endPart(state, itemOf(state, payload, itemTypes[whole.kind], emit), whole, payload[indexField], emit);
  };
}

/** Notes that text of another part follows; a repeated announcement of the part that grows has no effect. */
export function partAdded(indexField: string): DecodeEvent {
  return (state, payload, emit) => {
    const whole = wholePart(payload['part'] ?? null, typeAt(state, payload));
    if (whole === undefined) return;
    const { kind, text } = whole;
    const index = indexOf(payload[indexField]);
    const item = itemOf(state, payload, itemTypes[kind], emit);
    const latest = item.texts[kind].at(-1);
    if (latest && !latest.closed && latest.index === index) return;
    if (item.announcedPart?.index !== index) tellAnnounced(state, item, emit);
    item.announcedPart = { kind, index, text };
  };
}

export function decodeAnnotation(state: ResponsesState, payload: JsonObject, emit: Emit): void {
  const item = itemOf(state, payload, itemTypes.text, emit);
  const index = indexOf(payload['content_index']);
  emitCitation(knownPart(item, 'text', index) ?? openPart(state, item, 'text', index), payload['annotation'], emit);
}

function endPart(
  state: ResponsesState,
  item: OutputItem,
  { kind, text, annotations }: WholePart,
  index: JsonValue | undefined,
  emit: Emit,
): void {
  const announced = item.announcedPart?.kind === kind ? item.announcedPart : undefined;
  const isNew = announced !== undefined || item.texts[kind].length === 0;
  const whole = isNew && text === '' ? (announced?.text ?? '') : text;
  if (isNew && whole === '' && annotations.length === 0) return;
  const place = indexOf(index);
  const part = isNew ? openPart(state, item, kind, place) : knownPart(item, kind, place);
  if (part === undefined) return;
  if (item.native && part.text.length < whole.length) item.late = true;
  completeText(item, part, whole, emit);
  part.closed = true;
  for (const annotation of annotations.slice(part.citations)) emitCitation(part, annotation, emit);
}
