import { listOf, textOf } from '../../codecs/json/jsonFields.js';
import { createGrowingText, wholeText } from '../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../events.js';
import type { Emit } from '../wire/wireFormat.js';
import { begin } from './begin.js';
import { blockKinds, blockTypeOf } from './blockKinds.js';
import { createCall } from './createCall.js';
import type { BlockContent, ContentBlock, MessagesState } from './state.js';
import { isCut } from './stopReasons.js';

type Index = JsonValue | undefined;

/** Opens a block as `content_block_start` gives it; whatever block had its index has ended. */
export function openBlock(state: MessagesState, index: Index, start: JsonObject, emit: Emit): ContentBlock {
  begin(state, emit);
  stopBlock(state, index, emit);
  settleDoubt(state, false, emit);
  const type = textOf(start['type']);
  const { content, executor } = blockTypeOf(type);
  const number = state.blockCount++;
  const call = executor && createCall(state, start, number, executor);
  const none = { input: undefined, citations: undefined, assigned: undefined };
  const block: ContentBlock = { number, start, type, content, call, text: createGrowingText(), ...none };
  state.open.set(index, block);
  blockKinds[content].start(block, emit);
  return block;
}

/**
 * The block that a delta extends. Text and thinking that fit no open block open their own, so that nothing is lost.
 *
 * @param content What the delta adds to; `undefined` if any block will do.
 */
export function blockFor(
  state: MessagesState,
  index: Index,
  content: BlockContent | undefined,
  emit: Emit,
): ContentBlock | undefined {
  const block = state.open.get(index);
  if (content === undefined || block?.content === content) return block;
  if (block?.content === 'opaque') return reveal(block, content, emit);
  return content === 'input' ? undefined : openBlock(state, index, { type: content }, emit);
}

/** Learns from its first delta what a block of unknown type holds. */
function reveal(block: ContentBlock, content: BlockContent, emit: Emit): ContentBlock {
  block.content = content;
  blockKinds[content].start(block, emit);
  return block;
}

/** Ends a block, unless it is a call that may be cut. */
export function stopBlock(state: MessagesState, index: Index, emit: Emit): void {
  const block = state.open.get(index);
  if (block === undefined) return;
  state.open.delete(index);
  settleDoubt(state, false, emit);
  blockKinds[block.content].stop(block, emit);
  if (mayBeCut(block)) state.doubtful = block;
  else endBlock(state, block, false, emit);
}

/** Ends what the provider left open, at the end of the message. */
export function endOpenBlocks(state: MessagesState, emit: Emit): void {
  const cut = isCut(state.stopReason);
  settleDoubt(state, cut, emit);
  for (const index of [...state.open.keys()]) {
    stopBlock(state, index, emit);
    settleDoubt(state, cut || state.doubtful?.input === undefined, emit);
  }
}

/** Ends the call that stopped and might be cut, now that something tells. */
export function settleDoubt(state: MessagesState, cut: boolean, emit: Emit): void {
  const block = state.doubtful;
  if (block === undefined) return;
  state.doubtful = undefined;
  endBlock(state, block, cut, emit);
}

/** A limit also stops the block in which it was reached; only a whole JSON text shows that the call is whole. */
function mayBeCut({ call, text, input }: ContentBlock): boolean {
  return call !== undefined && (input === undefined || wholeText(text).trim() === '');
}

function endBlock(state: MessagesState, block: ContentBlock, cut: boolean, emit: Emit): void {
  blockKinds[block.content].end(state, block, cut, emit);
  emit({ type: 'block-end', block: block.number, choice: 0, kind: block.type, native: toNative(block) });
}

function toNative(block: ContentBlock): JsonObject {
  const { start, citations, assigned } = block;
  const native = { ...start, ...blockKinds[block.content].native(block), ...assigned };
  return citations === undefined ? native : { ...native, citations: [...listOf(start['citations']), ...citations] };
}
