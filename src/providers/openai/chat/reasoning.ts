import { isObject, nonEmptyText, textOf } from '../../../codecs/json/jsonFields.js';
import { append, type GrowingText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { createReasoningBlock, type ReasoningBlock } from './blocks.js';
import { type ChatChoice, openBlock } from './state.js';

/** Reads the reasoning of a delta, which has as many names as there are servers. The same text under two names is said once. */
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
  const silent = content === undefined && reasoning === undefined && text === undefined;
  // Structured reasoning, which must go back as it came: OpenRouter's, and LiteLLM's.
  const { reasoning_details: details, thinking_blocks: thinkingBlocks } = delta;
  if (Array.isArray(details)) readDetails(choice, 'reasoning_details', details, silent, emit);
  if (Array.isArray(thinkingBlocks)) readDetails(choice, 'thinking_blocks', thinkingBlocks, silent && !details, emit);
}

/** The text that grows, if it is one. */
function growingIn(
  block: ReasoningBlock,
  ...[content, reasoning, text]: readonly (string | undefined)[]
): GrowingText | undefined {
  if (content !== undefined) return reasoning === undefined && text === undefined ? block.reasoningContent : undefined;
  if (reasoning !== undefined) return text === undefined ? block.reasoning : undefined;
  return block.reasoningText;
}

/** Mistral's `thinking` part of a content list. */
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

function readDetails(choice: ChatChoice, field: string, pieces: readonly JsonValue[], silent: boolean, emit: Emit): void {
  for (const piece of pieces) {
    if (!isObject(piece)) continue;
    const text = nonEmptyText(piece['text']) ?? nonEmptyText(piece['summary']) ?? nonEmptyText(piece['thinking']);
    const block = text === undefined ? latestReasoning(choice) : reasoningBlock(choice);
    addDetail(block, field, piece);
    if (silent) emitReasoning(choice, block, text, emit);
  }
}

function emitReasoning(choice: ChatChoice, block: ReasoningBlock, text: string | undefined, emit: Emit): void {
  if (text !== undefined) emit({ type: 'reasoning-delta', text, block: block.number, choice: choice.index });
}

function reasoningBlock(choice: ChatChoice): ReasoningBlock {
  const { current } = choice;
  return current?.kind === 'reasoning' ? current : openBlock(choice, createReasoningBlock(choice.blocks.length));
}

/** A signature or encrypted reasoning may come after the text has begun: it belongs to the reasoning before. */
function latestReasoning(choice: ChatChoice): ReasoningBlock {
  const block = choice.blocks.slice(choice.endedBlocks).findLast((open) => open.kind === 'reasoning');
  return block ?? reasoningBlock(choice);
}

function addDetail(block: ReasoningBlock, field: string, piece: JsonObject): void {
  block.details ??= new Map();
  const details = block.details.get(field) ?? [];
  block.details.set(field, details);
  const last = details.at(-1);
  if (last && goesOn(last, piece)) details[details.length - 1] = extendDetail(last, piece);
  else details.push(piece);
}

/** Text comes in pieces, up to its signature; encrypted reasoning comes whole. */
function goesOn(last: JsonObject, piece: JsonObject): boolean {
  if (last['type'] !== piece['type'] || last['index'] !== piece['index']) return false;
  return nonEmptyText(last['data']) === undefined && nonEmptyText(last['signature']) === undefined;
}

function extendDetail(last: JsonObject, piece: JsonObject): JsonObject {
  const said = Object.entries(piece).filter(([, value]) => value !== null);
  const extended: JsonObject = { ...last, ...Object.fromEntries(said) };
  const grown = ['text', 'summary', 'thinking'].filter((field) => typeof last[field] === 'string');
  const texts = grown.map((field) => [field, textOf(last[field]) + textOf(piece[field])] as const);
  return { ...extended, ...Object.fromEntries(texts) };
}
