import { nonEmptyText } from '../../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import type { CallResult } from './callTypes.js';
import type { CallIdentity, ResponsesState } from './state.js';

const suffix = '_output';

/** Whether an item is a tool's answer. */
export function isOutput(type: string): boolean {
  return type.endsWith(suffix);
}

/** Emits the answer that an item of its own gives. */
export function emitOutput(state: ResponsesState, type: string, item: JsonObject, emit: Emit): void {
  const name = type.slice(0, -suffix.length).replace(/(_tool)?_call$/, '');
  const callId = nonEmptyText(item['call_id']);
  // The provider's own search has no call_id, so its answer is the latest search's.
  const call =
    callId === undefined ? [...state.calls.values()].findLast((known) => known.name === name) : state.calls.get(callId);
  const output = item['output'] ?? item['result'] ?? item['tools'] ?? null;
  const identity = call ?? { callId: callId ?? nonEmptyText(item['id']) ?? name, name };
  emitResult(state, identity, { output, isError: item['status'] === 'failed' }, emit);
}

export function emitResult(
  state: ResponsesState,
  { callId, name }: Pick<CallIdentity, 'callId' | 'name'>,
  { output, isError }: CallResult,
  emit: Emit,
): void {
  state.unanswered.delete(callId);
  emit({ type: 'tool-result', callId, name, output, isError });
}
