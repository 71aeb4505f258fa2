import type { ChatChoice, ChatState } from './state.js';

const tailLength = 12;

/** The provider's own id, unless it is missing or was given to another call of this response. */
export function uniqueCallId(state: ChatState, choice: ChatChoice, own: string | undefined, block: number): string {
  let callId = own ?? '';
  state.callIds ??= new Set();
  if (callId === '' || state.callIds.has(callId)) callId = inventCallId(state, choice.index, block);
  while (state.callIds.has(callId)) callId += '_';
  state.callIds.add(callId);
  return callId;
}

/** Short, because OpenAI refuses ids of more than 40 characters; with a piece of the response's id, so that the next response's differ. */
function inventCallId(state: ChatState, choice: number, block: number): string {
  const tail = state.id?.slice(-tailLength);
  return `call_${choice}_${block}${tail === undefined ? '' : `_${tail}`}`;
}
