import { isObject, nonEmptyText, textOf } from '../../../codecs/json/jsonFields.js';
import { append, createGrowingText, type GrowingText, wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { createReasoningBlock, type ReasoningBlock } from './blocks.js';
import { addDetail, detailText, growDetail, isSealed } from './details.js';
import { type ChatChoice, openBlock, touch } from './state.js';

/** The fields in which servers send reasoning, as text, as an object with text, or as a list of such objects. */
export const reasoningFields: ReadonlySet<string> = new Set([
  'reasoning_content',
  'reasoning',
  'reasoning_text',
  ...'thinking thinking_content thought thoughts cot_summary reasoning_summary reasoning_delta thinking_delta'.split(' '),
  // Structured reasoning, which must go back unchanged: OpenRouter's and LiteLLM's. Its text is often in a field above too.
  'reasoning_details',
  'thinking_blocks',
]);

/** Signatures and encrypted reasoning that stand beside the text: Copilot's, and those of gateways. */
const opaqueField = /signature|opaque|encrypted|^cot_id$/;

/** Reads the reasoning of a delta. The same text in two fields is emitted once. */
export function readReasoning(choice: ChatChoice, delta: JsonObject, emit: Emit): void {
  if (!hasReasoning(delta)) return;
  let told: string | undefined;
  for (const field of reasoningFields) {
    const value = delta[field];
    if (value === undefined || value === null || value === '') continue;
    if (typeof value === 'string') {
      const block = reasoningBlock(choice);
      const text = textIn(block, field);
      const isWhole = isRepeated(text, value, delta);
      if (!isWhole) append(text, value);
      touch(choice, text);
      if (value !== told && !isWhole) emitReasoning(choice, block, value, emit);
    } else {
      touch(choice);
      readStructured(choice, field, value, told === undefined, emit);
    }
    told ??= nonEmptyText(value) ?? textOfAll(value);
  }
}

/** A delta has few fields, so that a look at each costs less than a look for all that could be there. */
function hasReasoning(delta: JsonObject): boolean {
  for (const field in delta) if (reasoningFields.has(field)) return true;
  return false;
}

/** Keeps a field of the delta that must go back with the reasoning. */
export function keepOpaque(choice: ChatChoice, field: string, value: JsonValue | undefined): void {
  if (value === undefined || value === null || value === '' || !opaqueField.test(field)) return;
  opaqueOf(latestReasoning(choice)).set(field, value);
  touch(choice);
}

/** Reads a part of a content list that is reasoning, as Mistral and Databricks send it. */
export function readThinkingPart(choice: ChatChoice, part: JsonObject, emit: Emit): void {
  if (detailText(part) !== '' || isOpaque(part)) readDetail(choice, 'content', part, true, emit);
}

/** Emits a piece of reasoning that has no native form: the server marks it in the content. */
export function emitThought(choice: ChatChoice, text: string, emit: Emit): void {
  touch(choice);
  emitReasoning(choice, reasoningBlock(choice), text, emit);
}

function readStructured(choice: ChatChoice, field: string, value: JsonValue, isNew: boolean, emit: Emit): void {
  if (Array.isArray(value)) {
    for (const piece of value) readDetail(choice, field, isObject(piece) ? piece : { text: textOf(piece) }, isNew, emit);
  } else if (isObject(value) && Object.keys(value).length > 0) {
    const text = detailText(value);
    const block = text === '' ? latestReasoning(choice) : reasoningBlock(choice);
    const earlier = opaqueOf(block).get(field);
    opaqueOf(block).set(field, growDetail(isObject(earlier) ? earlier : {}, value));
    if (isNew) emitReasoning(choice, block, text, emit);
  }
}

function readDetail(choice: ChatChoice, field: string, piece: JsonObject, isNew: boolean, emit: Emit): void {
  touch(choice);
  const block = detailText(piece) === '' ? latestReasoning(choice) : reasoningBlock(choice);
  block.details ??= new Map();
  const details = block.details.get(field) ?? [];
  block.details.set(field, details);
  const text = addDetail(details, piece);
  if (isNew) emitReasoning(choice, block, text, emit);
}

/** Whether a part without text has a signature or encrypted reasoning; a summary has its signature in its own parts. */
function isOpaque(part: JsonObject): boolean {
  const isFilled = (piece: JsonObject): boolean =>
    Object.entries(piece).some(
      ([field, value]) => (field === 'data' || opaqueField.test(field)) && nonEmptyText(value) !== undefined,
    );
  const lists = [part['summary'], part['thinking'], part['content']];
  return isFilled(part) || lists.some((list) => Array.isArray(list) && list.some((piece) => isObject(piece) && isFilled(piece)));
}

/** Whether a piece is all of the text once more, beside the signed whole. */
function isRepeated(text: GrowingText, piece: string, { thinking_blocks: blocks }: JsonObject): boolean {
  if (text.length !== piece.length || !Array.isArray(blocks)) return false;
  return blocks.some((block) => isObject(block) && isSealed(block) && detailText(block) === piece) && wholeText(text) === piece;
}

function textOfAll(value: JsonValue): string | undefined {
  const text = Array.isArray(value) ? value.map(detailText).join('') : detailText(value);
  return text === '' ? undefined : text;
}

function textIn(block: ReasoningBlock, field: string): GrowingText {
  const known = block.texts.get(field);
  if (known) return known;
  const text = createGrowingText();
  block.texts.set(field, text);
  return text;
}

function opaqueOf(block: ReasoningBlock): Map<string, JsonValue> {
  block.opaque ??= new Map();
  return block.opaque;
}

function emitReasoning(choice: ChatChoice, block: ReasoningBlock, text: string, emit: Emit): void {
  if (text !== '') emit({ type: 'reasoning-delta', text, block: block.number, choice: choice.index });
}

function reasoningBlock(choice: ChatChoice): ReasoningBlock {
  const { current } = choice;
  return current?.kind === 'reasoning' ? current : openBlock(choice, createReasoningBlock(choice.blocks.length));
}

/** A signature or encrypted reasoning may arrive after the first text: it belongs to the reasoning before it. */
function latestReasoning(choice: ChatChoice): ReasoningBlock {
  for (let at = choice.blocks.length - 1; at >= choice.endedBlocks; at--) {
    const block = choice.blocks[at];
    if (block?.kind === 'reasoning') return block;
  }
  return reasoningBlock(choice);
}
