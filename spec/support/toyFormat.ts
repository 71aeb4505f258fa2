import { providerError } from '../../src/providers/http/responseErrors.js';
import type { WireFormat, WireState } from '../../src/providers/wire/wireFormat.js';
import { finish, start, text } from '../../src/testing/index.js';

/** The smallest wire format. Payloads: `{text}`, `{error}`, `{stop}` (every choice has finished), `{end}` (the definite end) and `[DONE]`. */
export const toyFormat: WireFormat = {
  provider: 'toy',
  variables: { text: [['text']], padding: [] },
  knows: () => true,
  createState: () => ({ started: false, finished: false, settled: false, growing: undefined }),
  decode(state, payload, name, emit) {
    if (payload['error'] !== undefined || name === 'error') throw providerError(payload);
    if (!state.started) emit(start({ provider: 'toy' }));
    state.started = true;
    if (typeof payload['text'] === 'string') emit(text(payload['text']));
    if (payload['stop'] === true) state.settled = true;
    if (payload['end'] === true) end(state, emit);
  },
  end(state, marked, emit) {
    if (state.started && (marked || state.settled)) end(state, emit);
  },
};

function end(state: WireState, emit: Parameters<WireFormat['decode']>[3]): void {
  emit(finish());
  state.finished = true;
}
