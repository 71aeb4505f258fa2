import type { JsonObject } from '../../../events.js';
import { providerError } from '../../http/responseErrors.js';
import type { Emit } from '../../wire/wireFormat.js';
import { isCall } from './blocks.js';
import { endCall } from './call.js';
import { cutsShort, finishEvent } from './finish.js';
import { chatNative } from './native.js';
import type { ChatChoice, ChatState } from './state.js';

/** A choice has its end: what it holds is whole, though usage and other choices may follow. */
export function finishChoice(state: ChatState, choice: ChatChoice, reason: string, payload: JsonObject, emit: Emit): void {
  if (reason === 'error') throw providerError(payload['error'] ?? { message: 'The provider ended the answer with an error' });
  if (choice.finishReason === undefined) {
    choice.finishReason = reason;
    state.unfinished--;
  }
  state.settled = state.unfinished === 0;
  endBlocks(state, choice, emit);
}

function endBlocks(state: ChatState, choice: ChatChoice, emit: Emit): void {
  const cut = cutsShort(choice.finishReason);
  for (; choice.endedBlocks < choice.blocks.length; choice.endedBlocks++) {
    const block = choice.blocks[choice.endedBlocks];
    if (block === undefined) break;
    if (isCall(block)) endCall(state, choice, block, cut && block === choice.latestCall, emit);
    const kind = block.kind === 'other' ? block.type : block.kind;
    emit({ type: 'block-end', block: block.number, choice: choice.index, kind, native: chatNative(block) });
  }
  choice.current = undefined;
  choice.latestCall = undefined;
  choice.calls = undefined;
}

/** Ends what is open where there is evidence of the end: a marker, or a finish reason for every choice. */
export function endResponse(state: ChatState, marked: boolean, emit: Emit): void {
  if (!state.started || !(marked || state.settled)) return;
  for (const choice of state.choices.values()) endBlocks(state, choice, emit);
  emit(finishEvent(state));
  state.finished = true;
}
