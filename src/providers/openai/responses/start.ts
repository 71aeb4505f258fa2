import { nonEmptyText } from '../../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import type { ResponsesState } from './state.js';

export const provider = 'openai';

/** Emits `start` before the first event that needs one, whether `response.created` came or not. */
export function ensureStarted(state: ResponsesState, emit: Emit): void {
  if (state.started) return;
  state.started = true;
  emit({ type: 'start', id: state.id, model: state.model, provider });
}

/** Notes the fields of the response itself. */
export function noteResponse(state: ResponsesState, response: JsonObject): void {
  state.id ??= nonEmptyText(response['id']);
  state.model ??= nonEmptyText(response['model']);
  state.serviceTier = nonEmptyText(response['service_tier']) ?? state.serviceTier;
}

/** Emits a payload of unknown type, or one that only reports progress, as a `raw` event. */
export function emitRaw(state: ResponsesState, name: string, data: JsonObject, emit: Emit): void {
  ensureStarted(state, emit);
  emit({ type: 'raw', provider, name, data });
}
