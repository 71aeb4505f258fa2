import { nonEmptyText, textOf } from '../../../codecs/json/jsonFields.js';
import { append, createGrowingText, wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { callTypes } from './callTypes.js';
import { emitResult } from './results.js';
import { type CallIdentity, type ItemCall, type OutputItem, openBlock, type ResponsesState } from './state.js';

/** Opens the call of an item that is one, and announces it if its name is known. */
export function openCall(state: ResponsesState, item: OutputItem, emit: Emit): void {
  const type = callTypes.get(item.type);
  if (type === undefined) return;
  item.call = { type, block: openBlock(state, item), identity: undefined, text: createGrowingText(), command: undefined };
  const named = type.name ?? nonEmptyText(item.added['name']);
  if (named !== undefined && !type.late) announce(state, item.call, item.added, emit);
}

/** Says more of a call's arguments; what came before its name is held. */
export function extendCall(call: ItemCall, piece: string, emit: Emit): void {
  if (piece === '') return;
  append(call.text, piece);
  if (call.identity) emitArguments(call, call.identity, piece, emit);
}

/** Says what the whole argument text has beyond its deltas; where it contradicts them, the deltas stand. */
export function completeCall(call: ItemCall, whole: string, emit: Emit): void {
  if (whole.startsWith(wholeText(call.text))) extendCall(call, whole.slice(call.text.length), emit);
}

/** @param cut Whether the model was stopped inside this call: then it never ends. */
export function endCall(state: ResponsesState, call: ItemCall, native: JsonObject, cut: boolean, emit: Emit): void {
  const { type } = call;
  const whole = type.argumentsText(native);
  if (!cut && !whole.startsWith(wholeText(call.text))) extendCall(call, type.closing, emit);
  completeCall(call, whole, emit);
  const identity = call.identity ?? announce(state, call, native, emit);
  if (!cut) {
    emit({ type: 'tool-call-end', ...identity, argumentsText: wholeText(call.text), block: call.block, choice: 0 });
    if (identity.executor === 'client') state.unanswered.add(identity.callId);
  }
  const result = type.result(native);
  if (result) emitResult(state, identity, result, emit);
}

function announce(state: ResponsesState, call: ItemCall, item: JsonObject, emit: Emit): CallIdentity {
  const identity = identify(state, call, item);
  call.identity = identity;
  state.calls.set(identity.callId, identity);
  if (identity.executor === 'provider') countUse(state, identity.name);
  emit({ type: 'tool-call-start', ...identity, block: call.block, choice: 0 });
  if (call.text.length > 0) emitArguments(call, identity, wholeText(call.text), emit);
  return identity;
}

function identify(state: ResponsesState, { type, block }: ItemCall, item: JsonObject): CallIdentity {
  const own = nonEmptyText(item['call_id']) ?? nonEmptyText(item['id']);
  let callId = own ?? `call-${block}`;
  for (let suffix = block; state.calls.has(callId); suffix++) callId = `${own ?? 'call'}-${suffix}`;
  return { callId, name: type.name ?? textOf(item['name']), executor: type.executor(item), format: type.format };
}

function countUse({ serverTools }: ResponsesState, name: string): void {
  serverTools.set(name, (serverTools.get(name) ?? 0) + 1);
}

function emitArguments({ block }: ItemCall, { callId }: CallIdentity, argumentsText: string, emit: Emit): void {
  emit({ type: 'tool-call-delta', callId, argumentsText, block, choice: 0 });
}
