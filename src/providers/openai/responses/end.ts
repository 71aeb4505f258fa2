import { isObject, listOf, nonEmptyText, objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import { EmptyStreamError, ProviderError } from '../../../errors.js';
import type { FinishReason, JsonObject } from '../../../events.js';
import { providerError } from '../../http/responseErrors.js';
import type { Emit } from '../../wire/wireFormat.js';
import { endOutput } from './output.js';
import { ensureStarted, noteResponse } from './start.js';
import type { DecodeEvent, ResponsesState, TextKind } from './state.js';
import { responseUsage } from './usage.js';

type End = (state: ResponsesState, response: JsonObject, emit: Emit) => void;

/** By status, because some servers use the same event for every end. */
const ends: ReadonlyMap<string, End> = new Map<string, End>([
  ['completed', endCompleted],
  ['incomplete', endIncomplete],
  ['failed', throwFailed],
  ['cancelled', throwCancelled],
]);

/** Decodes the end of the response. @param status The status that the event implies, if the response itself has none. */
export function responseEnd(status: 'completed' | 'incomplete' | 'failed' | 'cancelled'): DecodeEvent {
  return (state, payload, emit) => {
    const response = objectOf(payload['response']);
    noteResponse(state, response);
    const end = ends.get(textOf(response['status'])) ?? ends.get(status);
    end?.(state, response, emit);
  };
}

function endCompleted(state: ResponsesState, response: JsonObject, emit: Emit): void {
  endOutput(state, listOf(response['output']), false, emit);
  if (!state.started) throw new EmptyStreamError();
  emitUsage(state, response, emit);
  emitFinish(state, completedReason(state), nonEmptyText(response['status']) ?? 'completed', undefined, emit);
}

function endIncomplete(state: ResponsesState, response: JsonObject, emit: Emit): void {
  ensureStarted(state, emit);
  endOutput(state, listOf(response['output']), true, emit);
  emitUsage(state, response, emit);
  const details = objectOf(response['incomplete_details']);
  const reason = nonEmptyText(details['reason']) ?? 'incomplete';
  emitFinish(state, incompleteReasons.get(reason) ?? 'other', reason, details, emit);
}

function throwFailed(state: ResponsesState, response: JsonObject, emit: Emit): void {
  ensureStarted(state, emit);
  emitUsage(state, response, emit);
  throw providerError(response['error'] ?? { message: 'The response failed' });
}

/** Cancelled on purpose, so the fault is not transient. */
function throwCancelled(state: ResponsesState, response: JsonObject, emit: Emit): void {
  ensureStarted(state, emit);
  emitUsage(state, response, emit);
  throw new ProviderError('The response was cancelled', { kind: 'conflict', retryable: false, code: 'cancelled' });
}

function emitUsage(state: ResponsesState, { usage }: JsonObject, emit: Emit): void {
  if (isObject(usage)) emit(responseUsage(state, usage));
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

const incompleteReasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['max_output_tokens', 'length'],
  ['content_filter', 'content-filter'],
]);

/** The finish reason of a completed response: the provider does not report one, so the output decides. */
function completedReason(state: ResponsesState): FinishReason {
  if (state.awaitsApproval) return 'paused';
  if (state.unanswered.size > 0) return 'tool-calls';
  if (hasText(state, 'refusal') && !hasText(state, 'text')) return 'refusal';
  return isCompactionOnly(state) ? 'paused' : 'stop';
}

function hasText({ items }: ResponsesState, kind: TextKind): boolean {
  return items.some(({ texts }) => [...texts[kind].values()].some(({ text }) => text.length > 0));
}

/** The provider stopped to compact the conversation, and continues at the next request. */
function isCompactionOnly({ items }: ResponsesState): boolean {
  const isCompaction = (type: string): boolean => type === 'compaction';
  return items.some(({ type }) => isCompaction(type)) && items.every(({ type }) => isCompaction(type) || type === 'reasoning');
}
