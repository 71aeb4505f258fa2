import { ProviderError, type ServiceErrorKind } from '../../../errors.js';
import type { FinishReason, RequestUsage, Usage } from '../../../events.js';
import { sumUsage } from '../../../metering/usageArithmetic.js';
import { readError } from '../fields/errorFields.js';
import { eventFields } from '../fields/eventFields.js';
import { isRecord, readFields } from '../fields/readers.js';
import type { EmitEvent } from '../wire.js';
import { beginRun, type Decoding, type Frame } from './decoding.js';
import { countOf, type Note, noteIn, tanStackNoteIn } from './notes.js';

/** Emits the end of a run: `usage`, then `finish`. @returns Whether the frame is one. @throws The error of a run that failed. */
export function decodeEnd(state: Decoding, type: string, frame: Frame, emit: EmitEvent): boolean {
  if (type === 'RUN_FINISHED') {
    finish(state, frame, emit);
    return true;
  }
  if (type !== 'RUN_ERROR') return false;
  emitUsage(state, frame, noteIn(frame['metadata']), emit);
  throw readError(noteIn(frame['metadata'])?.['error']) ?? reportedError(frame);
}

const serviceKinds: ReadonlySet<unknown> = new Set<ServiceErrorKind>([
  'authentication',
  'permission',
  'not-found',
  'invalid-request',
  'too-large',
  'rate-limit',
  'quota',
  'overloaded',
  'server',
  'conflict',
]);

/** The most of the message of another server's error. */
const maxMessage = 1_000;

function reportedError({ message, code }: Frame): ProviderError {
  const kind = serviceKinds.has(code) ? (code as ServiceErrorKind) : 'server';
  const text = typeof message === 'string' && message !== '' ? message.slice(0, maxMessage) : 'The run failed';
  return new ProviderError(text, { kind, code: typeof code === 'string' ? code : undefined });
}

function finish(state: Decoding, frame: Frame, emit: EmitEvent): void {
  const note = noteIn(frame['metadata']);
  beginRun(state, emit);
  emitUsage(state, frame, note, emit);
  // TanStack's server runs the tools then, and goes on.
  if (tanStackReason(frame) === 'tool_calls' && interruptsOf(frame) === undefined) return;
  emitApprovals(state, frame, emit);
  const reason = note?.['finishReason'] ?? reasonOf(state, frame);
  const rawReason = note ? note['rawReason'] : undefined;
  const choices = note?.['choices'] ?? [{ choice: 0, reason, rawReason }];
  const fields = { reason, rawReason, choices, metadata: note?.['metadata'] ?? {}, timing: note?.['timing'] };
  const event = readFields('finish', eventFields.finish, fields);
  state.finished = true;
  emit(event as never);
}

function tanStackReason(frame: Frame): unknown {
  return tanStackNoteIn(frame['metadata'])?.['finishReason'];
}

function interruptsOf({ outcome }: Frame): readonly Frame[] | undefined {
  if (!isRecord(outcome) || outcome['type'] !== 'interrupt') return undefined;
  const { interrupts } = outcome;
  return Array.isArray(interrupts) ? interrupts.filter(isRecord) : [];
}

/** Whether an interrupt asks for the result of a call, as TanStack's server does it, and not for a decision. */
function asksForResult({ metadata }: Frame): boolean {
  return isRecord(metadata) && metadata['kind'] === 'client_tool';
}

/** Emits the interrupts of a run that another server wrote; ours were emitted when they began. */
function emitApprovals(state: Decoding, frame: Frame, emit: EmitEvent): void {
  for (const interrupt of interruptsOf(frame) ?? []) {
    const { id, toolCallId = id } = interrupt;
    if (typeof toolCallId !== 'string' || asksForResult(interrupt)) continue;
    const callId = state.calls.get(toolCallId)?.callId ?? toolCallId;
    if (!state.waiting.has(callId)) emit({ type: 'tool-approval', callId, approved: undefined });
  }
}

const tanStackReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  content_filter: 'content-filter',
  tool_calls: 'tool-calls',
};

function reasonOf(state: Decoding, frame: Frame): FinishReason {
  const outcome = isRecord(frame['outcome']) ? frame['outcome']['type'] : undefined;
  const interrupts = interruptsOf(frame);
  if (interrupts) return interrupts.length > 0 && interrupts.every(asksForResult) ? 'tool-calls' : 'paused';
  if (outcome === 'cancelled') return 'aborted';
  const word = tanStackReason(frame);
  if (typeof word === 'string' && Object.hasOwn(tanStackReasons, word)) return tanStackReasons[word] ?? 'other';
  const isPending = [...state.calls.values()].some(({ ended, answered }) => ended && !answered);
  return isPending ? 'tool-calls' : 'stop';
}

function emitUsage(state: Decoding, frame: Frame, note: Note | undefined, emit: EmitEvent): void {
  if (isRecord(note?.['usage'])) {
    const { usage, requests } = note;
    emit(readFields('usage', eventFields.usage, { usage, requests }) as never);
    return;
  }
  const entries: readonly unknown[] = Array.isArray(frame['usage']) ? frame['usage'] : [];
  if (!entries.some(isRecord)) return;
  const { requests, step } = state;
  requests.push(...entries.filter(isRecord).map((entry) => toRequest(entry, step)));
  const usage = sumUsage(requests);
  if (usage) emit({ type: 'usage', usage, requests: [...requests] });
}

function toRequest(entry: Frame, step: number): RequestUsage {
  const { provider, model } = entry;
  const usage: Usage = {
    inputTokens: countOf(entry['inputTokens']),
    outputTokens: countOf(entry['outputTokens']),
    totalTokens: countOf(entry['totalTokens']),
    cachedInputTokens: countOf(entry['cachedInputTokens']),
    cacheWriteTokens: countOf(entry['cacheWriteInputTokens']),
    reasoningTokens: countOf(entry['reasoningTokens']),
    serverTools: undefined,
    estimated: false,
    confidence: 'exact',
    cost: undefined,
    native: undefined,
  };
  const traits = { serviceTier: undefined, speed: undefined, region: undefined, batch: undefined };
  const names = { model: textOf(model), provider: textOf(provider) };
  return { usage, ...names, attempt: 1, step, stands: true, ...traits };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
