import { tryParseJson } from '../../../codecs/json/tryParseJson.js';
import type { ErrorInfo, FinishEvent, JsonObject, RequestUsage, StartEvent, Usage, UsageEvent } from '../../../events.js';
import { noteKey } from './notes.js';
import type { RunInput } from './runInput.js';

/** What the encoder knows of a call when the run ends. */
export interface EndedCall {
  /** Its id on this wire. */
  readonly id: string;
  readonly callId: string;
  readonly name: string;
  readonly argumentsText: string;
  readonly executor: 'client' | 'provider';
  /** Whether it waits for a decision. */
  readonly waits: boolean;
}

/** The terminal frame of a run that ended well. */
export function runFinished(
  { threadId, runId, protocolVersion }: RunInput,
  event: FinishEvent,
  usage: UsageEvent | undefined,
  start: StartEvent | undefined,
  unanswered: readonly EndedCall[],
): object {
  const { reason, rawReason, choices, metadata, timing } = event;
  const waiting = unanswered.filter(({ waits }) => waits);
  const pending = unanswered.filter(({ waits, executor }) => !waits && executor === 'client').map(({ id }) => id);
  const note = { finishReason: reason, rawReason, choices, metadata, timing, ...usageNote(usage) };
  return {
    type: 'RUN_FINISHED',
    threadId,
    runId,
    outcome: outcome(reason, waiting, protocolVersion === undefined ? undefined : pending),
    usage: tokenUsages(usage, start),
    metadata: { [noteKey]: note },
  };
}

/** The terminal frame of a run that failed. */
export function runError(error: ErrorInfo, usage: UsageEvent | undefined, start: StartEvent | undefined): object {
  const { message, kind } = error;
  const metadata = { [noteKey]: { error, ...usageNote(usage) } };
  return { type: 'RUN_ERROR', message, code: kind, usage: tokenUsages(usage, start), metadata };
}

function usageNote(event: UsageEvent | undefined): object {
  return event ? { usage: event.usage, requests: event.requests } : {};
}

/** @param pending The calls that wait for the client's results; `undefined` for a client that knows only the older outcomes. */
function outcome(reason: FinishEvent['reason'], waiting: readonly EndedCall[], pending: readonly string[] | undefined): object {
  if (reason === 'paused' && waiting.length > 0) return { type: 'interrupt', interrupts: waiting.map(interrupt) };
  if (pending === undefined) return { type: 'success' };
  if (reason === 'aborted') return { type: 'cancelled' };
  return { type: 'success', pendingToolCallIds: pending.length === 0 ? undefined : pending };
}

const decision = { type: 'object', properties: { approved: { type: 'boolean' } }, required: ['approved'] };

/** `kind`, `toolName` and `input` are what TanStack's client shows. */
function interrupt({ id, callId, name, argumentsText }: EndedCall): object {
  const note = id === callId ? {} : { [noteKey]: { callId } };
  const metadata = { kind: 'approval', toolName: name, input: tryParseJson(argumentsText) ?? argumentsText, ...note };
  return { id, reason: 'tool_call', toolCallId: id, responseSchema: decision, metadata };
}

/** One entry, or one for each request if several models were asked. */
function tokenUsages(event: UsageEvent | undefined, start: StartEvent | undefined): readonly JsonObject[] | undefined {
  if (event === undefined) return undefined;
  const { usage, requests = [] } = event;
  const [first] = requests;
  const isOne = requests.every(({ model, provider }) => model === first?.model && provider === first?.provider);
  if (!isOne) return requests.map((request) => tokenUsage(request.usage, request));
  return [tokenUsage(usage, { model: first?.model ?? start?.model, provider: first?.provider ?? start?.provider })];
}

function tokenUsage(usage: Usage, { provider, model }: Pick<RequestUsage, 'provider' | 'model'>): JsonObject {
  return {
    provider,
    model,
    inputTokens: tokens(usage.inputTokens),
    outputTokens: tokens(usage.outputTokens),
    totalTokens: tokens(usage.totalTokens),
    reasoningTokens: tokens(usage.reasoningTokens),
    cachedInputTokens: tokens(usage.cachedInputTokens),
    cacheWriteInputTokens: tokens(usage.cacheWriteTokens),
  };
}

/** The protocol refuses anything but whole numbers. */
function tokens(count: number | undefined): number | undefined {
  return count !== undefined && count >= 0 && Number.isFinite(count) ? Math.round(count) : undefined;
}
