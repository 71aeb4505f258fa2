import { listOf, nonEmptyText, textOf } from '../../codecs/json/jsonFields.js';
import { createGrowingText, wholeText } from '../../codecs/text/growingText.js';
import type { Executor, JsonObject } from '../../events.js';
import { createCallIds, uniqueCallId } from '../../message/callIds.js';
import type { Emit } from '../wire/wireFormat.js';
import { blockKinds, blockTypeOf } from './blockKinds.js';
import { ensureStarted } from './start.js';
import type { BlockContent, CallIdentity, ContentBlock, Index, MessagesState } from './state.js';

/** Opens a block as `content_block_start` sends it, and ends an open block of the same index. */
export function openBlock(state: MessagesState, index: Index, start: JsonObject, emit: Emit): ContentBlock {
  ensureStarted(state, emit);
  stopBlock(state, index, emit);
  resolvePendingCall(state, false, emit);
  const type = textOf(start['type']);
  const { content, executor } = blockTypeOf(type);
  const number = state.blockCount++;
  const call = executor && createCall(state, start, executor);
  const none = { input: undefined, citations: undefined, assigned: undefined };
  const block: ContentBlock = { number, start, type, content, call, text: createGrowingText(), ...none };
  state.open.set(index, block);
  blockKinds[content].start(block, emit);
  return block;
}

/**
 * The block that a delta extends. Text and thinking without a fitting open block open one, so that nothing is lost.
 *
 * @param content The content that the delta extends; `undefined` if it fits any block.
 */
export function blockFor(
  state: MessagesState,
  index: Index,
  content: BlockContent | undefined,
  emit: Emit,
): ContentBlock | undefined {
  const block = state.open.get(index);
  if (content === undefined || block?.content === content) return block;
  if (block?.content === 'opaque') return adoptContent(block, content, emit);
  return content === 'input' ? undefined : openBlock(state, index, { type: content }, emit);
}

/** Ends a block, unless it is a call that may be cut: that stays pending. */
export function stopBlock(state: MessagesState, index: Index, emit: Emit): void {
  const block = state.open.get(index);
  if (block === undefined) return;
  state.open.delete(index);
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
  for (const index of [...state.open.keys()]) {
    stopBlock(state, index, emit);
    resolvePendingCall(state, cut || state.pendingCall?.input === undefined, emit);
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
  blockKinds[content].start(block, emit);
  return block;
}

/** A limit also stops the block in which it was reached; only arguments that are whole JSON prove that a call is whole. */
function mayBeCut({ call, text, input }: ContentBlock): boolean {
  return call !== undefined && (input === undefined || wholeText(text).trim() === '');
}

function endBlock(state: MessagesState, block: ContentBlock, cut: boolean, emit: Emit): void {
  blockKinds[block.content].end(state, block, cut, emit);
  emit({ type: 'block-end', block: block.number, choice: 0, kind: block.type, native: toNative(block), format: 'messages' });
}

function toNative(block: ContentBlock): JsonObject {
  const { start, citations, assigned } = block;
  const native = { ...start, ...blockKinds[block.content].native(block), ...assigned };
  return citations === undefined ? native : { ...native, citations: [...listOf(start['citations']), ...citations] };
}
