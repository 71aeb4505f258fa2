import { textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { emitOutput, endCall, isOutput } from './calls.js';
import { endImage } from './files.js';
import { noteContainer } from './items.js';
import { type OutputItem, openBlock, type ResponsesState } from './state.js';
import { completeTexts } from './texts.js';

/**
 * Ends an item, once: emits the content that only the whole item has, and its native form.
 *
 * @param cut Whether the response was stopped, perhaps inside this item.
 */
export function endItem(state: ResponsesState, item: OutputItem, native: JsonObject, cut: boolean, emit: Emit): void {
  if (item.native) return;
  item.native = native;
  noteContainer(state, native);
  const kind = textOf(native['type']) || item.type;
  completeTexts(state, item, native, emit);
  if (item.call) endCall(state, item.call, native, isCut(native, cut), emit);
  if (kind === 'image_generation_call') endImage(state, item, native, emit);
  if (kind === 'mcp_approval_request') state.awaitsApproval = true;
  if (isOutput(kind)) emitOutput(state, kind, native, emit);
  const block = item.block ?? openBlock(state, item);
  emit({ type: 'block-end', block, choice: 0, kind, native, format: 'responses' });
}

/** An item of a stopped response is whole only if its status is `completed`. */
function isCut({ status }: JsonObject, stopped: boolean): boolean {
  return status === 'incomplete' || (stopped && status !== 'completed');
}
