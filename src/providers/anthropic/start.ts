import type { JsonObject } from '../../events.js';
import type { Emit } from '../wire/wireFormat.js';
import type { MessagesState } from './state.js';

export const provider = 'anthropic';

/** Emits `start` before the first event that needs one, whether `message_start` came or not. */
export function ensureStarted(state: MessagesState, emit: Emit): void {
  if (state.started) return;
  state.started = true;
  emit({ type: 'start', id: state.id, model: state.model, provider });
}

/** Emits a payload of unknown type as a `raw` event. */
export function emitRaw(state: MessagesState, name: string, data: JsonObject, emit: Emit): void {
  ensureStarted(state, emit);
  emit({ type: 'raw', provider, name, data });
}
