import { textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { emitOutput, endCall, isOutput, isPremature } from './calls.js';
import { endImage } from './files.js';
import { noteContainer } from './items.js';
import { fillFields, nativeItem } from './nativeItem.js';
import { type OutputItem, openBlock, type ResponsesState } from './state.js';
import { completeTexts, tellAnnounced } from './texts.js';

/**
 * Ends an item: emits the content that only the whole item has, and its native form. The end of a call that came too early is kept for the end
 * of the response.
 *
 * @param cut Whether the response was stopped, perhaps inside this item; undefined if it goes on.
 */
export function endItem(state: ResponsesState, item: OutputItem, whole: JsonObject, cut: boolean | undefined, emit: Emit): void {
  const { added, call } = item;
  noteContainer(state, whole);
  item.type ||= textOf(whole['type']);
  completeTexts(state, item, whole, emit);
  tellAnnounced(state, item, emit);
  if (call && cut === undefined && isPremature(call, added, whole)) {
    item.added = fillFields(whole, added);
    item.held = true;
    return;
  }
  const kind = textOf(whole['type']) || item.type;
  if (call) endCall(state, call, added, whole, isCut(whole, cut === true), emit);
  if (kind === 'image_generation_call') endImage(state, item, whole, emit);
  if (kind === 'mcp_approval_request') state.awaitsApproval = true;
  const native = nativeItem(item, fillFields(whole, added), cut === true);
  item.native = native;
  item.held = false;
  if (isOutput(kind)) emitOutput(state, kind, native, emit);
  const block = item.block ?? openBlock(state, item);
  emit({ type: 'block-end', block, choice: 0, kind, native, format: 'responses' });
}

/**
 * Adds to an item that has ended what a later form of it has, and gives its native form again if that changed. Its content is emitted once.
 */
export function amendItem(state: ResponsesState, item: OutputItem, whole: JsonObject, emit: Emit): void {
  const { native: earlier } = item;
  if (earlier === undefined) return;
  completeTexts(state, item, whole, emit);
  const native = nativeItem(item, fillFields(earlier, whole), false);
  if (native === earlier) return;
  item.native = native;
  const kind = textOf(native['type']) || item.type;
  emit({ type: 'block-end', block: item.block ?? openBlock(state, item), choice: 0, kind, native, format: 'responses' });
}

/** An item of a stopped response is whole only if its status is `completed`. */
function isCut({ status }: JsonObject, stopped: boolean): boolean {
  return status === 'incomplete' || (stopped && status !== 'completed');
}
