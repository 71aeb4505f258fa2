import type { JsonObject } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { argumentsOf } from './argumentsText.js';
import { completeCall, extendCall, nameCall } from './calls.js';
import { itemOf } from './items.js';
import type { DecodeEvent, ResponsesState } from './state.js';
import { commandOpening, diffOpening, jsonPiece } from './writtenJson.js';

export function callDelta(type: string): DecodeEvent {
  return (state, payload, emit) => {
    const { call, native } = itemOf(state, payload, type, emit);
    // The call has ended with its arguments, which are told again.
    if (!call || native) return;
    state.growing = call.text;
    extendCall(call, argumentsOf(payload['delta']), emit);
  };
}

export function callDone(type: string, field: string): DecodeEvent {
  return (state, payload, emit) => {
    const { call, native } = itemOf(state, payload, type, emit);
    if (!call || native) return;
    nameCall(state, call, payload, emit);
    completeCall(call, argumentsOf(payload[field]), emit);
  };
}

export function commandDelta(field: string): DecodeEvent {
  return (state, payload, emit) => {
    const { call, native } = itemOf(state, payload, 'shell_call', emit);
    if (!call || native) return;
    const index = payload['command_index'];
    const isNew = call.text.length === 0 || index !== call.command;
    call.command = index;
    extendCall(call, (isNew ? commandOpening(call.text.length === 0) : '') + jsonPiece(payload[field]), emit);
  };
}

export function decodeDiffDelta(state: ResponsesState, payload: JsonObject, emit: Emit): void {
  const { call, added, native } = itemOf(state, payload, 'apply_patch_call', emit);
  if (!call || native) return;
  extendCall(call, (call.text.length === 0 ? diffOpening(added) : '') + jsonPiece(payload['delta']), emit);
}
