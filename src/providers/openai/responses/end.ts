import { isObject, listOf, nonEmptyText, objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import { EmptyStreamError, ProviderError } from '../../../errors.js';
import type { FinishReason, JsonObject } from '../../../events.js';
import { providerError } from '../../http/responseErrors.js';
import type { Emit } from '../../wire/wireFormat.js';
import { endOutput } from './output.js';
import { completedReason, stoppedReason } from './reasons.js';
import { begin, learn } from './start.js';
import type { DecodeEvent, ResponsesState } from './state.js';
import { toUsage } from './usage.js';

type End = (state: ResponsesState, response: JsonObject, emit: Emit) => void;

/** By status, because some servers report every end in the same event. */
const endings: ReadonlyMap<string, End> = new Map<string, End>([
  ['completed', complete],
  ['incomplete', stop],
  ['failed', fail],
  ['cancelled', cancel],
]);

/** Decodes the end of the response. @param status What the event says, where the response itself does not. */
export function responseEnd(status: 'completed' | 'incomplete' | 'failed' | 'cancelled'): DecodeEvent {
  return (state, payload, emit) => {
    const response = objectOf(payload['response']);
    learn(state, response);
    const end = endings.get(textOf(response['status'])) ?? endings.get(status);
    end?.(state, response, emit);
  };
}

function complete(state: ResponsesState, response: JsonObject, emit: Emit): void {
  endOutput(state, listOf(response['output']), false, emit);
  if (!state.started) throw new EmptyStreamError();
  emitUsage(state, response, emit);
  emitFinish(state, completedReason(state), nonEmptyText(response['status']) ?? 'completed', undefined, emit);
}

function stop(state: ResponsesState, response: JsonObject, emit: Emit): void {
  begin(state, emit);
  endOutput(state, listOf(response['output']), true, emit);
  emitUsage(state, response, emit);
  const details = objectOf(response['incomplete_details']);
  const reason = nonEmptyText(details['reason']) ?? 'incomplete';
  emitFinish(state, stoppedReason(reason), reason, details, emit);
}

function fail(state: ResponsesState, response: JsonObject, emit: Emit): void {
  begin(state, emit);
  emitUsage(state, response, emit);
  throw providerError(response['error'] ?? { message: 'The response failed' });
}

/** Somebody wanted it so: not transient. */
function cancel(state: ResponsesState, response: JsonObject, emit: Emit): void {
  begin(state, emit);
  emitUsage(state, response, emit);
  throw new ProviderError('The response was cancelled', { kind: 'conflict', retryable: false, code: 'cancelled' });
}

function emitUsage(state: ResponsesState, { usage }: JsonObject, emit: Emit): void {
  if (isObject(usage)) emit({ type: 'usage', usage: toUsage(usage, state.serverTools), requests: undefined });
}

function emitFinish(
  state: ResponsesState,
  reason: FinishReason,
  rawReason: string,
  stopDetails: JsonObject | undefined,
  emit: Emit,
): void {
  const { container, serviceTier } = state;
  state.finished = true;
  emit({
    type: 'finish',
    reason,
    rawReason,
    choices: [{ choice: 0, reason, rawReason }],
    metadata: { stopSequence: undefined, stopDetails, container, serviceTier, systemFingerprint: undefined },
    timing: undefined,
  });
}
