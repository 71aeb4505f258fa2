import { nonEmptyText } from '../../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import type { ResponsesState } from './state.js';

export const provider = 'openai';

/** Takes note of what a response says about itself. */
export function learn(state: ResponsesState, response: JsonObject): void {
  state.id ??= nonEmptyText(response['id']);
  state.model ??= nonEmptyText(response['model']);
  state.serviceTier = nonEmptyText(response['service_tier']) ?? state.serviceTier;
}

/** Emits `start` before the first event that needs one, whether `response.created` came or not. */
export function begin(state: ResponsesState, emit: Emit): void {
  if (state.started) return;
  state.started = true;
  emit({ type: 'start', id: state.id, model: state.model, provider });
}

/** Passes a payload on that we do not know, or that only reports progress. */
export function emitRaw(state: ResponsesState, name: string, data: JsonObject, emit: Emit): void {
  begin(state, emit);
  emit({ type: 'raw', provider, name, data });
}
