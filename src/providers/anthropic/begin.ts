import type { Emit } from '../wire/wireFormat.js';
import type { MessagesState } from './state.js';

/** Emits `start` before the first event that needs one, whether `message_start` came or not. */
export function begin(state: MessagesState, emit: Emit): void {
  if (state.started) return;
  state.started = true;
  emit({ type: 'start', id: state.id, model: state.model, provider: 'anthropic' });
}
