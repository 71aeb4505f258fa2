import { objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { itemOf } from './items.js';
import type { DecodeEvent, ResponsesState, TextKind } from './state.js';
import { completePart, completeText, emitCitation, extendText, textOfEvent } from './texts.js';

export function decodeTextDelta(state: ResponsesState, payload: JsonObject, emit: Emit): void {
  const part = textOfEvent(state, payload, 'text', payload['content_index'], emit);
  state.growing = part.text;
  extendText(part, textOf(payload['delta']), emit);
  const { logprobs } = payload;
  if (Array.isArray(logprobs) && logprobs.length > 0) {
    emit({ type: 'logprobs', block: part.block, choice: 0, tokens: logprobs });
  }
}

export function textDelta(kind: TextKind, indexField: string): DecodeEvent {
  return (state, payload, emit) => {
    const part = textOfEvent(state, payload, kind, payload[indexField], emit);
    state.growing = part.text;
    extendText(part, textOf(payload['delta']), emit);
  };
}

export function textDone(kind: TextKind, indexField: string, field: string): DecodeEvent {
  return (state, payload, emit) => {
    completeText(textOfEvent(state, payload, kind, payload[indexField], emit), textOf(payload[field]), emit);
  };
}

export function partDone(type: string, indexField: string): DecodeEvent {
  return (state, payload, emit) => {
    const item = itemOf(state, payload['output_index'], type, emit);
    completePart(state, item, payload[indexField], objectOf(payload['part']), emit);
  };
}

export function decodeAnnotation(state: ResponsesState, payload: JsonObject, emit: Emit): void {
  emitCitation(textOfEvent(state, payload, 'text', payload['content_index'], emit), payload['annotation'], emit);
}
