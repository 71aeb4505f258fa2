import { listOf, nonEmptyText, textOf } from '../../codecs/json/jsonFields.js';
import { tryParseRawJson } from '../../codecs/json/tryParseJson.js';
import { createGrowingText, wholeText } from '../../codecs/text/growingText.js';
import type { Executor, JsonObject } from '../../events.js';
import { createCallIds, uniqueCallId } from '../../message/callIds.js';
import type { Emit } from '../wire/wireFormat.js';
import { blockKinds, blockTypeOf } from './blockKinds.js';
import { ensureStarted } from './start.js';
import type { BlockContent, CallIdentity, ContentBlock, Index, MessagesState } from './state.js';

/** Opens a block as `content_block_start` sends it, and ends an open block of the same index; a call whose input is not whole stays open. */
export function openBlock(state: MessagesState, index: Index, start: JsonObject, emit: Emit, announced = true): ContentBlock {
  ensureStarted(state, emit);
  const top = state.open.get(index);
  if (top && repeats(top, start)) return top;
  const below = top && isUnfinishedCall(top) ? top : top?.below;
  if (top && below !== top) stopTop(state, top, emit);
  resolvePendingCall(state, false, emit);
  const type = textOf(start['type']) || typeBy(start);
  const { content, executor } = blockTypeOf(type);
  const number = state.blockCount++;
  const call = executor && createCall(state, start, executor);
  const none = { input: undefined, citations: undefined, assigned: undefined };
  const text = createGrowingText();
  const block: ContentBlock = { number, index, announced, below, start, type, content, call, text, ...none };
  state.open.set(index, block);
  if (call) state.latestCall = block;
  blockKinds[content].start(block, emit);
  return block;
}

/** Whether a start repeats that of a block without content. */
function repeats({ announced, start, text }: ContentBlock, { type, id }: JsonObject): boolean {
  return (
    announced && text.length === 0 && type === start['type'] && id === start['id'] && (type !== 'tool_use' || textOf(id) !== '')
  );
}

/** The type of a block that has none. */
function typeBy(start: JsonObject): string {
  if (nonEmptyText(start['name']) !== undefined) return 'tool_use';
  return ['thinking', 'text'].find((field) => typeof start[field] === 'string') ?? '';
}

function isUnfinishedCall({ call, text }: ContentBlock): boolean {
  return call !== undefined && tryParseRawJson(wholeText(text)) === undefined;
}

/**
 * The block that a delta extends. Text and thinking without a fitting open block open one, so that nothing is lost; a call under the same index
 * stays open below it.
 *
 * @param content The content that the delta extends; `undefined` if it fits any block.
 */
export function blockFor(
  state: MessagesState,
  index: Index,
  content: BlockContent | undefined,
  emit: Emit,
): ContentBlock | undefined {
  const top = topBlock(state, index, content);
  if (content === undefined) return top;
  if (top?.content === content) return top;
  if (content === 'input' && top?.below) return top.below;
  if (top?.content === 'opaque') return adoptContent(top, content, emit);
  if (content === 'input') return openCallBlock(state);
  return openBlock(state, top?.index ?? index, { type: content }, emit, false);
}

function topBlock({ open }: MessagesState, index: Index, content: BlockContent | undefined): ContentBlock | undefined {
  const top = open.get(index);
  if (top !== undefined || index !== undefined) return top;
  const blocks = [...open.values()];
  return blocks.findLast((block) => content === undefined || block.content === content) ?? blocks.at(-1);
}

/** The block that a signature belongs to: open thinking, or thinking that has stopped without one; else any open block. */
export function signedBlock(state: MessagesState, index: Index): ContentBlock | undefined {
  const top = topBlock(state, index, 'thinking');
  return top?.content === 'thinking' ? top : (state.unsigned ?? top);
}

/** The call that goes on although its index is another block's, or was stopped too early. */
function openCallBlock(state: MessagesState): ContentBlock | undefined {
  const { latestCall, pendingCall } = state;
  if (latestCall === undefined) return undefined;
  if (pendingCall === latestCall) {
    state.pendingCall = undefined;
    latestCall.below = state.open.get(latestCall.index);
    state.open.set(latestCall.index, latestCall);
    return latestCall;
  }
  for (let block = state.open.get(latestCall.index); block; block = block.below) if (block === latestCall) return block;
  return undefined;
}

/** Stops the block of an index, with a call below it that the stop is meant for. */
export function stopBlock(state: MessagesState, index: Index, emit: Emit): void {
  const top = state.open.get(index);
  if (top === undefined) return;
  stopTop(state, top, emit);
  if (!top.announced && top.below) stopBlock(state, index, emit);
}

/** Ends a block, unless it is a call that may be cut: that stays pending. */
function stopTop(state: MessagesState, block: ContentBlock, emit: Emit): void {
  if (block.below) state.open.set(block.index, block.below);
  else state.open.delete(block.index);
  resolvePendingCall(state, false, emit);
  blockKinds[block.content].stop(block, emit);
  if (mayBeCut(block)) state.pendingCall = block;
  else endBlock(state, block, false, emit);
}

/**
 * Ends the open blocks at the end of the message.
 *
 * @param cut Whether the model was stopped, perhaps inside one of them.
 */
export function endOpenBlocks(state: MessagesState, cut: boolean, emit: Emit): void {
  resolvePendingCall(state, cut, emit);
  for (const top of [...state.open.values()]) {
    for (let block: ContentBlock | undefined = top; block; block = block.below) {
      stopTop(state, block, emit);
      resolvePendingCall(state, cut || state.pendingCall?.input === undefined, emit);
    }
  }
}

/** Ends the pending call, if there is one, as soon as it is known whether it was cut. */
export function resolvePendingCall(state: MessagesState, cut: boolean, emit: Emit): void {
  const block = state.pendingCall;
  if (block === undefined) return;
  state.pendingCall = undefined;
  endBlock(state, block, cut, emit);
}

function createCall(state: MessagesState, start: JsonObject, executor: Executor): CallIdentity {
  const id = nonEmptyText(start['id']);
  state.callIds ??= createCallIds();
  const call: CallIdentity = { callId: uniqueCallId(state.callIds, id, state.id), name: textOf(start['name']), executor };
  if (id !== undefined) state.calls.set(id, call);
  return call;
}

/** Gives a block of unknown type the content of its first delta. */
function adoptContent(block: ContentBlock, content: BlockContent, emit: Emit): ContentBlock {
  block.content = content;
  if (content !== 'input') block.type ||= content;
  blockKinds[content].start(block, emit);
  return block;
}

/** A limit also stops the block in which it was reached; only arguments that are whole JSON prove that a call is whole. */
function mayBeCut({ call, text, input }: ContentBlock): boolean {
  return call !== undefined && (input === undefined || wholeText(text).trim() === '');
}

function endBlock(state: MessagesState, block: ContentBlock, cut: boolean, emit: Emit): void {
  blockKinds[block.content].end(state, block, cut, emit);
  if (block.content === 'thinking') state.unsigned = isSigned(block) ? undefined : block;
  emitBlockEnd(block, emit);
}

function isSigned({ start, assigned }: ContentBlock): boolean {
  return textOf(assigned?.['signature'] ?? start['signature']) !== '';
}

/** Emits the native form again, with the signature that came after the end. */
export function signEndedBlock(state: MessagesState, block: ContentBlock, emit: Emit): void {
  if (block !== state.unsigned) return;
  state.unsigned = undefined;
  emitBlockEnd(block, emit);
}

function emitBlockEnd(block: ContentBlock, emit: Emit): void {
  emit({ type: 'block-end', block: block.number, choice: 0, kind: block.type, native: toNative(block), format: 'messages' });
}

function toNative(block: ContentBlock): JsonObject {
  const { start, type, citations, assigned } = block;
  const native = { ...start, ...(type !== '' && { type }), ...blockKinds[block.content].native(block), ...assigned };
  return citations === undefined ? native : { ...native, citations: [...listOf(start['citations']), ...citations] };
}
