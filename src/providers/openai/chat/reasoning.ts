import { isObject, nonEmptyText, textOf } from '../../../codecs/json/jsonFields.js';
import { append, type GrowingText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { createReasoningBlock, type ReasoningBlock } from './blocks.js';
import { type ChatChoice, openBlock } from './state.js';

/** Reads the reasoning of a delta, for which servers use different fields. The same text in two fields is emitted once. */
export function readReasoning(choice: ChatChoice, delta: JsonObject, emit: Emit): void {
  const content = nonEmptyText(delta['reasoning_content']);
  const reasoning = nonEmptyText(delta['reasoning']);
  const text = nonEmptyText(delta['reasoning_text']);
  if (content !== undefined || reasoning !== undefined || text !== undefined) {
    const block = reasoningBlock(choice);
    append(block.reasoningContent, content ?? '');
    append(block.reasoning, reasoning ?? '');
    append(block.reasoningText, text ?? '');
    choice.growing = growingIn(block, content, reasoning, text);
    emitReasoning(choice, block, content, emit);
    if (reasoning !== content) emitReasoning(choice, block, reasoning, emit);
    if (text !== content && text !== reasoning) emitReasoning(choice, block, text, emit);
  }
  const isNew = content === undefined && reasoning === undefined && text === undefined;
  // Structured reasoning, which must go back unchanged: OpenRouter's and LiteLLM's. Its text is emitted if no other field has it.
  const { reasoning_details: details, thinking_blocks: thinkingBlocks } = delta;
  if (Array.isArray(details)) readDetails(choice, 'reasoning_details', details, isNew, emit);
  if (Array.isArray(thinkingBlocks)) readDetails(choice, 'thinking_blocks', thinkingBlocks, isNew && !details, emit);
}

/** The text that the delta extends, if it is only one. */
function growingIn(
  block: ReasoningBlock,
  ...[content, reasoning, text]: readonly (string | undefined)[]
): GrowingText | undefined {
  if (content !== undefined) return reasoning === undefined && text === undefined ? block.reasoningContent : undefined;
  if (reasoning !== undefined) return text === undefined ? block.reasoning : undefined;
  return block.reasoningText;
}

/** Reads a `thinking` part of a content list, as Mistral sends it. */
export function readThinkingPart(choice: ChatChoice, part: JsonObject, emit: Emit): void {
  const { thinking } = part;
  const pieces: readonly JsonValue[] = Array.isArray(thinking) ? thinking : [thinking ?? ''];
  for (const piece of pieces) {
    const text = isObject(piece) ? textOf(piece['text']) : textOf(piece);
    if (text === '') continue;
    const block = reasoningBlock(choice);
    append(block.thinking, text);
    emitReasoning(choice, block, text, emit);
  }
}

function readDetails(choice: ChatChoice, field: string, pieces: readonly JsonValue[], isNew: boolean, emit: Emit): void {
  for (const piece of pieces) {
    if (!isObject(piece)) continue;
    const text = nonEmptyText(piece['text']) ?? nonEmptyText(piece['summary']) ?? nonEmptyText(piece['thinking']);
    const block = text === undefined ? latestReasoning(choice) : reasoningBlock(choice);
    addDetail(block, field, piece);
    if (isNew) emitReasoning(choice, block, text, emit);
  }
}

function emitReasoning(choice: ChatChoice, block: ReasoningBlock, text: string | undefined, emit: Emit): void {
  if (text !== undefined) emit({ type: 'reasoning-delta', text, block: block.number, choice: choice.index });
}

function reasoningBlock(choice: ChatChoice): ReasoningBlock {
  const { current } = choice;
  return current?.kind === 'reasoning' ? current : openBlock(choice, createReasoningBlock(choice.blocks.length));
}

/** A signature or encrypted reasoning may arrive after the first text: it belongs to the reasoning before it. */
function latestReasoning(choice: ChatChoice): ReasoningBlock {
  const block = choice.blocks.slice(choice.endedBlocks).findLast((open) => open.kind === 'reasoning');
  return block ?? reasoningBlock(choice);
}

function addDetail(block: ReasoningBlock, field: string, piece: JsonObject): void {
  block.details ??= new Map();
  const details = block.details.get(field) ?? [];
  block.details.set(field, details);
  const last = details.at(-1);
  if (last && isContinued(last, piece)) details[details.length - 1] = extendDetail(last, piece);
  else details.push(piece);
}

/** Text arrives in pieces up to its signature; encrypted reasoning arrives whole. */
function isContinued(last: JsonObject, piece: JsonObject): boolean {
  if (last['type'] !== piece['type'] || last['index'] !== piece['index']) return false;
  return nonEmptyText(last['data']) === undefined && nonEmptyText(last['signature']) === undefined;
}

function extendDetail(last: JsonObject, piece: JsonObject): JsonObject {
  const given = Object.entries(piece).filter(([, value]) => value !== null);
  const extended: JsonObject = { ...last, ...Object.fromEntries(given) };
  const grown = ['text', 'summary', 'thinking'].filter((field) => typeof last[field] === 'string');
  const texts = grown.map((field) => [field, textOf(last[field]) + textOf(piece[field])] as const);
  return { ...extended, ...Object.fromEntries(texts) };
}
