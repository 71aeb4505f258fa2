import type { JsonObject } from '../../events.js';
import type { Emit } from '../wire/wireFormat.js';
import { begin } from './begin.js';
import type { MessagesState } from './state.js';

/** Passes a payload on that we do not know. */
export function emitRaw(state: MessagesState, name: string, data: JsonObject, emit: Emit): void {
  begin(state, emit);
  emit({ type: 'raw', provider: 'anthropic', name, data });
}
