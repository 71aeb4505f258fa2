import { nonEmptyText, textOf } from '../../codecs/json/jsonFields.js';
import type { Executor, JsonObject } from '../../events.js';
import type { Call, MessagesState } from './state.js';

/** Names the call of a `…tool_use` block, with an id that no other call of this message has. */
export function createCall(state: MessagesState, start: JsonObject, block: number, executor: Executor): Call {
  const id = nonEmptyText(start['id']);
  let callId = id ?? `call-${block}`;
  for (let suffix = block; state.callIds.has(callId); suffix++) callId = `${id ?? 'call'}-${suffix}`;
  const call: Call = { callId, name: textOf(start['name']), executor };
  state.callIds.add(callId);
  if (id !== undefined) state.calls.set(id, call);
  return call;
}
