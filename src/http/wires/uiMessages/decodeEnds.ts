import { ProviderError, TruncatedError, toFault } from '../../../errors.js';
import type { FinishEvent, FinishReason, ResetEvent, StartEvent, StepEvent, UsageEvent } from '../../../events.js';
import { localFinish } from '../../../message/localFinish.js';
import { readError } from '../fields/errorFields.js';
import { eventFields } from '../fields/eventFields.js';
import { isRecord, shape } from '../fields/readers.js';
import type { Chunk } from './chunks.js';
import { type DecoderState, emitContent, emitRaw, ensureStart, readNote, textField } from './decoderState.js';
import { noteOf, ownField } from './notes.js';

type FieldsOf<Event> = Omit<Event, 'type'>;

/** Emits the start of a message, or of another attempt, which metadata begin. */
export function readStart(state: DecoderState, chunk: Chunk): void {
  const { start, reset } = noteOf(chunk);
  const note = noteOf(chunk['messageMetadata']);
  const voided = readNote<FieldsOf<ResetEvent>>(shape(eventFields.reset), reset);
  if (voided) emitReset(state, voided);
  const own = start === true ? readNote<FieldsOf<StartEvent>>(shape(eventFields.start), note) : undefined;
  const messageId = chunk['messageId'];
  Object.assign(state, own ?? (typeof messageId === 'string' && { id: messageId }));
  ensureStart(state);
  if (!own && isRecord(chunk['messageMetadata'])) emitRaw(state, chunk);
}

export function readMetadata(state: DecoderState, chunk: Chunk): void {
  if (noteOf(chunk)['start'] === true) return readStart(state, chunk);
  const { messageMetadata } = chunk;
  const fields = { usage: ownField(messageMetadata, 'usage'), requests: noteOf(messageMetadata)['requests'] };
  const usage = readNote<FieldsOf<UsageEvent>>(shape(eventFields.usage), fields);
  if (usage) emitContent(state, { type: 'usage', ...usage });
  else emitRaw(state, chunk);
}

/** Emits a step, unless it is the first one, which begins with the message. */
export function readStep(state: DecoderState, chunk: Chunk): void {
  state.steps++;
  if (state.steps === 1) return;
  const step = readNote<FieldsOf<StepEvent>>(shape(eventFields.step), noteOf(chunk));
  state.texts.clear();
  emitContent(state, { type: 'step', ...(step ?? peerStep(state)) });
}

function peerStep({ steps, calls }: DecoderState): FieldsOf<StepEvent> {
  const called = [...calls.values()].some(({ step, executor }) => step === steps - 1 && executor === 'client');
  return { step: steps - 1, id: undefined, model: undefined, reason: called ? 'tool-calls' : 'other', rawReason: undefined };
}

/** Emits that the step that runs is void. */
export function readReset(state: DecoderState, chunk: Chunk): void {
  const step = Math.max(0, state.steps - 1);
  const reset = readNote<FieldsOf<ResetEvent>>(shape(eventFields.reset), noteOf(chunk));
  const error = toFault(new ProviderError('The server repeats a step that failed', { kind: 'server' }));
  emitReset(state, reset ?? { attempt: state.attempt + 1, step, cause: 'retry', delayMs: 0, error });
  state.texts.clear();
  state.inputErrors.clear();
  for (const [callId, call] of state.calls) if (call.step === state.steps) state.calls.delete(callId);
}

function emitReset(state: DecoderState, reset: FieldsOf<ResetEvent>): void {
  state.attempt = Math.max(state.attempt + 1, reset.attempt);
  state.started = false;
  state.emit({ type: 'reset', ...reset });
}

const reasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content-filter',
  'tool-calls': 'tool-calls',
};

/** @throws TruncatedError, ProviderError for a finish that reports a failure. */
export function readFinish(state: DecoderState, chunk: Chunk): void {
  const { messageMetadata, finishReason } = chunk;
  if (finishReason === 'interrupted') throw new TruncatedError();
  if (finishReason === 'error') throw new ProviderError('The answer ended with an error', { kind: 'server' });
  const { rawReason, choices, metadata } = noteOf(messageMetadata);
  const reason = ownField(messageMetadata, 'finishReason');
  const timing = ownField(messageMetadata, 'timing');
  const fields = { reason, rawReason, choices, metadata, timing };
  const own = readNote<FieldsOf<FinishEvent>>(shape(eventFields.finish), fields);
  if (!own && isRecord(messageMetadata)) emitRaw(state, chunk);
  emitFinish(state, own ? { type: 'finish', ...own } : peerFinish(state, finishReason));
}

function peerFinish({ aborted }: DecoderState, finishReason: unknown): FinishEvent {
  const raw = typeof finishReason === 'string' ? finishReason : undefined;
  const known = raw !== undefined && Object.hasOwn(reasons, raw) ? reasons[raw] : undefined;
  const reason = aborted ? 'aborted' : (known ?? 'other');
  return { ...localFinish('aborted'), reason, rawReason: raw, choices: [{ choice: 0, reason, rawReason: raw }] };
}

/** The body ended after the server reported an abort: that is a definite end. */
export function finishAborted(state: DecoderState): void {
  emitFinish(state, localFinish('aborted'));
}

function emitFinish(state: DecoderState, finish: FinishEvent): void {
  ensureStart(state);
  state.finished = true;
  state.emit(finish);
}

/** @throws StreamError: ours of the same class and kind, else a `ProviderError` with the text of the chunk. */
export function throwReported(chunk: Chunk): never {
  const text = textField(chunk, 'errorText').slice(0, 200);
  const { error } = noteOf(chunk);
  const own = isRecord(error) ? readError(error) : undefined;
  throw own ?? new ProviderError(text || 'The server reported an error', { kind: 'server' });
}
