import { isObject, listOf, nonEmptyText, objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import { EmptyStreamError, ProviderError } from '../../../errors.js';
import type { FinishReason, JsonObject, JsonValue } from '../../../events.js';
import { providerError } from '../../http/responseErrors.js';
import { finishMeaning, isFinishFault } from '../../wire/finishReasons.js';
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
  ['error', throwFailed],
  ['expired', throwFailed],
  ['cancelled', throwCancelled],
  ['canceled', throwCancelled],
]);

/** Decodes the end of the response. @param status The status that the event implies, if the response itself has none. */
export function responseEnd(status: 'completed' | 'incomplete' | 'failed' | 'cancelled'): DecodeEvent {
  return (state, payload, emit) => {
    // Some servers send no wrapper.
    const { error } = payload;
    const given = objectOf(payload['response'] ?? payload);
    const response = isFilled(given['error']) || !isFilled(error) ? given : { ...given, error };
    if (state.failure) throw state.failure;
    noteResponse(state, response);
    const known = ends.get(textOf(response['status']).toLowerCase()) ?? ends.get(status);
    const end = known === endCompleted && isFilled(response['error']) ? throwFailed : known;
    end?.(state, response, emit);
  };
}

function endCompleted(state: ResponsesState, response: JsonObject, emit: Emit): void {
  if (nonEmptyText(objectOf(response['incomplete_details'])['reason'])) return endIncomplete(state, response, emit);
  endOutput(state, outputOf(state, response), false, emit);
  if (state.items.length === 0) {
    if (state.started) emitUsage(state, response, emit);
    throw new EmptyStreamError();
  }
  emitUsage(state, response, emit);
  emitFinish(state, completedReason(state), nonEmptyText(response['status']) ?? 'completed', undefined, emit);
}

function endIncomplete(state: ResponsesState, response: JsonObject, emit: Emit): void {
  ensureStarted(state, emit);
  const details = objectOf(response['incomplete_details']);
  const reason = nonEmptyText(details['reason']);
  endOutput(state, outputOf(state, response), true, emit);
  emitUsage(state, response, emit);
  if (isFilled(response['error'])) throw providerError(response['error'] ?? null);
  const meaning = reason === undefined ? 'other' : incompleteReason(reason);
  emitFinish(state, meaning, reason ?? 'incomplete', details, emit);
}

/** Why a response is incomplete. @throws ProviderError for a word that reports a fault. */
function incompleteReason(reason: string): FinishReason {
  const meaning = finishMeaning(reason);
  const fault = providerError({ code: reason, message: `The provider ended the answer with an error (${reason})` });
  if (isFinishFault(meaning)) throw new ProviderError(fault.message, { kind: meaning, code: fault.code });
  // A word of errors, for instance of a policy.
  if (meaning === 'other' && fault.kind !== 'server') throw fault;
  return meaning === 'unfinished' ? 'other' : meaning;
}

/** The output of the whole response. Some servers have only its text. */
function outputOf({ items }: ResponsesState, { output, output_text: text }: JsonObject): readonly JsonValue[] {
  const list = listOf(output);
  const isText = items.length === 0 && list.length === 0 && textOf(text) !== '';
  return isText ? [{ type: 'message', role: 'assistant', content: textOf(text) }] : list;
}

function isFilled(error: JsonValue | undefined): error is JsonValue {
  return isObject(error) ? Object.keys(error).length > 0 : textOf(error) !== '';
}

/** Throws the error that an event reports, after the usage that it has. */
export function throwReported(state: ResponsesState, payload: JsonObject, emit: Emit): never {
  const response = objectOf(payload['response']);
  for (const holder of [payload, response, objectOf(payload['error'])]) {
    if (!isObject(holder['usage'])) continue;
    ensureStarted(state, emit);
    emitUsage(state, holder, emit);
    break;
  }
  throw providerError(isFilled(payload['error']) || !isFilled(response['error']) ? payload : (response['error'] ?? null));
}

function throwFailed(state: ResponsesState, response: JsonObject, emit: Emit): void {
  ensureStarted(state, emit);
  emitUsage(state, response, emit);
  const told = [response['error'], response['last_error']].find(isFilled);
  const reported = told ?? (isFilled(response['message']) ? response : undefined);
  const failure = providerError(reported ?? { message: 'The response failed' });
  if (reported !== undefined) throw failure;
  // Azure tells the reason in an event that follows.
  state.failure = failure;
  state.settled = true;
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

/** The finish reason of a completed response: the provider does not report one, so the output decides. */
function completedReason(state: ResponsesState): FinishReason {
  if (state.awaitsApproval) return 'paused';
  if (state.unanswered.size > 0) return 'tool-calls';
  if (hasText(state, 'refusal') && !hasText(state, 'text')) return 'refusal';
  return isCompactionOnly(state) ? 'paused' : 'stop';
}

function hasText({ items }: ResponsesState, kind: TextKind): boolean {
  return items.some(({ texts }) => texts[kind].some(({ text }) => text.length > 0));
}

/** The provider stopped to compact the conversation, and continues at the next request. */
function isCompactionOnly({ items }: ResponsesState): boolean {
  const isCompaction = (type: string): boolean => type === 'compaction';
  return items.some(({ type }) => isCompaction(type)) && items.every(({ type }) => isCompaction(type) || type === 'reasoning');
}
