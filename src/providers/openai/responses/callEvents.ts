import { textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { completeCall, extendCall } from './calls.js';
import { callOf, itemOf } from './items.js';
import type { DecodeEvent, ResponsesState } from './state.js';
import { commandOpening, diffOpening, jsonPiece } from './writtenJson.js';

export function callDelta(type: string): DecodeEvent {
  return (state, payload, emit) => {
    const call = callOf(state, payload['output_index'], type, emit);
    if (!call) return;
    state.growing = call.text;
    extendCall(call, textOf(payload['delta']), emit);
  };
}

export function callDone(type: string, field: string): DecodeEvent {
  return (state, payload, emit) => {
    const call = callOf(state, payload['output_index'], type, emit);
    if (call) completeCall(call, textOf(payload[field]), emit);
  };
}

export function commandDelta(field: string): DecodeEvent {
  return (state, payload, emit) => {
    const call = callOf(state, payload['output_index'], 'shell_call', emit);
    if (!call) return;
    const index = payload['command_index'];
    const isNew = call.text.length === 0 || index !== call.command;
    call.command = index;
    extendCall(call, (isNew ? commandOpening(call.text.length === 0) : '') + jsonPiece(payload[field]), emit);
  };
}

export function decodeDiffDelta(state: ResponsesState, payload: JsonObject, emit: Emit): void {
  const item = itemOf(state, payload['output_index'], 'apply_patch_call', emit);
  const { call, added } = item;
  if (call) extendCall(call, (call.text.length === 0 ? diffOpening(added) : '') + jsonPiece(payload['delta']), emit);
}
