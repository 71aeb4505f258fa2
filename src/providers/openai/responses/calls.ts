import { nonEmptyText, textOf } from '../../../codecs/json/jsonFields.js';
import { append, createGrowingText, wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject } from '../../../events.js';
import { createCallIds, uniqueCallId } from '../../../message/callIds.js';
import type { Emit } from '../../wire/wireFormat.js';
import { argumentsRank, bestArguments, certainRank, fullerText } from './argumentsText.js';
import { type CallResult, callTypes } from './callTypes.js';
import { type CallIdentity, type ItemCall, type OutputItem, openBlock, type ResponsesState } from './state.js';

/** Opens the call of an item, if the item is one, and emits `tool-call-start` if its name is known. */
export function openCall(state: ResponsesState, item: OutputItem, emit: Emit): void {
  const type = callTypes.get(item.type);
  if (type === undefined) return;
  const call: ItemCall = {
    type,
    block: openBlock(state, item),
    identity: undefined,
    text: createGrowingText(),
    whole: '',
    command: undefined,
  };
  item.call = call;
  nameCall(state, call, item.added, emit);
}

/** Emits `tool-call-start` if it was not emitted and the item has the name. */
export function nameCall(state: ResponsesState, call: ItemCall, item: JsonObject, emit: Emit): void {
  const name = call.type.name ?? nonEmptyText(item['name']);
  if (call.identity === undefined && name !== undefined && !call.type.late) emitStart(state, call, item, emit);
}

/** Adds to the arguments of a call; they are held back until its name is known. */
export function extendCall(call: ItemCall, piece: string, emit: Emit): void {
  if (piece === '') return;
  append(call.text, piece);
  if (call.identity) emitArguments(call, call.identity, piece, emit);
}

/** Emits the part of the whole argument text that the deltas lack. Which of them is right is decided at the end of the call. */
export function completeCall(call: ItemCall, whole: string, emit: Emit): void {
  if (whole.startsWith(wholeText(call.text))) extendCall(call, whole.slice(call.text.length), emit);
  else if (whole !== '') call.whole = whole;
}

/**
 * Whether the end of a call's item came too early: without arguments that can be run, or with none at all although no event about the arguments
 * said so.
 */
export function isPremature(call: ItemCall, added: JsonObject, native: JsonObject): boolean {
  const { type, text, whole } = call;
  if (type.field === undefined || type.format !== 'json' || type.executor(native) !== 'client') return false;
  const rank = argumentsRank(argumentsOfCall(call, added, native));
  return rank <= 0 || (rank < certainRank && text.length === 0 && whole === '');
}

/** One text for the events, the message and the next turn. */
function argumentsOfCall({ type, text, whole }: ItemCall, added: JsonObject, native: JsonObject): string {
  const [said, last, first] = [wholeText(text), type.argumentsText(native), type.argumentsText(added)];
  return type.format === 'json' ? bestArguments([said, whole, last, first]) : [whole, last, first].reduce(fullerText, said);
}

/** @param cut Whether the model was stopped inside this call: then `tool-call-end` is not emitted. */
export function endCall(
  state: ResponsesState,
  call: ItemCall,
  added: JsonObject,
  native: JsonObject,
  cut: boolean,
  emit: Emit,
): void {
  const { type } = call;
  if (type.field === undefined || cut) {
    const whole = type.argumentsText(native);
    if (!cut && !whole.startsWith(wholeText(call.text))) extendCall(call, type.closing, emit);
    completeCall(call, whole, emit);
  } else {
    const whole = argumentsOfCall(call, added, native);
    completeCall(call, whole, emit);
    if (whole !== wholeText(call.text)) call.text = createGrowingText(whole);
  }
  const identity = call.identity ?? emitStart(state, call, { ...added, ...native }, emit);
  if (!cut) {
    emit({ type: 'tool-call-end', ...identity, argumentsText: wholeText(call.text), block: call.block, choice: 0 });
    if (identity.executor === 'client') state.unanswered.add(identity.callId);
  }
  const result = type.result(native);
  if (result) emitResult(state, identity, result, emit);
}

const outputSuffix = '_output';

/** Whether an item of that type is the result of a call. */
export function isOutput(type: string): boolean {
  return type.endsWith(outputSuffix);
}

/** Emits a result that is an item of its own. */
export function emitOutput(state: ResponsesState, type: string, item: JsonObject, emit: Emit): void {
  const name = type.slice(0, -outputSuffix.length).replace(/(_tool)?_call$/, '');
  const id = nonEmptyText(item['call_id']);
  // The result of the provider's own tool search has no call_id: it belongs to the latest search.
  const call = id === undefined ? [...state.calls.values()].findLast((known) => known.name === name) : state.calls.get(id);
  const output = item['output'] ?? item['result'] ?? item['tools'] ?? null;
  const identity = call ?? { callId: id ?? nonEmptyText(item['id']) ?? name, name };
  emitResult(state, identity, { output, isError: item['status'] === 'failed' }, emit);
}

function emitResult(
  state: ResponsesState,
  { callId, name }: Pick<CallIdentity, 'callId' | 'name'>,
  { output, isError }: CallResult,
  emit: Emit,
): void {
  state.unanswered.delete(callId);
  emit({ type: 'tool-result', callId, name, output, isError, preliminary: false });
}

function emitStart(state: ResponsesState, call: ItemCall, item: JsonObject, emit: Emit): CallIdentity {
  const identity = createIdentity(state, call, item);
  call.identity = identity;
  if (identity.executor === 'provider') countUse(state, identity.name);
  emit({ type: 'tool-call-start', ...identity, block: call.block, choice: 0 });
  if (call.text.length > 0) emitArguments(call, identity, wholeText(call.text), emit);
  return identity;
}

function createIdentity(state: ResponsesState, { type }: ItemCall, item: JsonObject): CallIdentity {
  const id = nonEmptyText(item['call_id']) ?? nonEmptyText(item['id']);
  state.callIds ??= createCallIds();
  const callId = uniqueCallId(state.callIds, id, state.id);
  const name = type.name ?? textOf(item['name']);
  const identity: CallIdentity = { callId, name, executor: type.executor(item), format: type.format };
  state.calls.set(id === undefined || state.calls.has(id) ? callId : id, identity);
  return identity;
}

function countUse({ serverTools }: ResponsesState, name: string): void {
  serverTools.set(name, (serverTools.get(name) ?? 0) + 1);
}

function emitArguments({ block }: ItemCall, { callId }: CallIdentity, argumentsText: string, emit: Emit): void {
  emit({ type: 'tool-call-delta', callId, argumentsText, block, choice: 0 });
}
