import type {
  ArgumentsFormat,
  BlockEndEvent,
  Executor,
  FinishEvent,
  FinishReason,
  JsonValue,
  PingEvent,
  RawEvent,
  ReasoningDeltaEvent,
  RefusalDeltaEvent,
  ResetEvent,
  StartEvent,
  StepEvent,
  TextDeltaEvent,
  ToolCallDeltaEvent,
  ToolCallEndEvent,
  ToolCallStartEvent,
  ToolResultEvent,
  Usage,
  UsageEvent,
} from '../../src/events.js';

type Fields<Event> = Partial<Omit<Event, 'type'>>;

const none = { block: 0, choice: 0 } as const;

export function start(fields: Fields<StartEvent> = {}): StartEvent {
  return { type: 'start', id: 'id-1', model: 'model-1', provider: 'test', ...fields };
}

export function text(value: string, fields: Fields<TextDeltaEvent> = {}): TextDeltaEvent {
  return { type: 'text-delta', text: value, ...none, phase: 'answer', ...fields };
}

export function reasoning(value: string, fields: Fields<ReasoningDeltaEvent> = {}): ReasoningDeltaEvent {
  return { type: 'reasoning-delta', text: value, ...none, ...fields };
}

export function refusal(value: string, fields: Fields<RefusalDeltaEvent> = {}): RefusalDeltaEvent {
  return { type: 'refusal-delta', text: value, ...none, ...fields };
}

const client: { readonly executor: Executor; readonly format: ArgumentsFormat } = { executor: 'client', format: 'json' };

export function toolCallStart(callId: string, name: string, fields: Fields<ToolCallStartEvent> = {}): ToolCallStartEvent {
  return { type: 'tool-call-start', callId, name, ...none, ...client, ...fields };
}

export function toolCallDelta(
  callId: string,
  argumentsText: string,
  fields: Fields<ToolCallDeltaEvent> = {},
): ToolCallDeltaEvent {
  return { type: 'tool-call-delta', callId, argumentsText, ...none, ...fields };
}

export function toolCallEnd(
  callId: string,
  name: string,
  argumentsText: string,
  fields: Fields<ToolCallEndEvent> = {},
): ToolCallEndEvent {
  return { type: 'tool-call-end', callId, name, argumentsText, ...none, ...client, ...fields };
}

export function toolResult(callId: string, name: string, output: JsonValue, isError: boolean = false): ToolResultEvent {
  return { type: 'tool-result', callId, name, output, isError };
}

export function blockEnd(native: JsonValue, fields: Fields<BlockEndEvent> = {}): BlockEndEvent {
  return { type: 'block-end', ...none, kind: 'text', native, ...fields };
}

export function usageOf(fields: Partial<Usage> = {}): Usage {
  const noFigures = { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined };
  const noDetails = {
    cachedInputTokens: undefined,
    cacheWriteTokens: undefined,
    reasoningTokens: undefined,
    serverTools: undefined,
  };
  return { ...noFigures, ...noDetails, estimated: false, confidence: 'exact', cost: undefined, native: undefined, ...fields };
}

export function usage(fields: Partial<Usage> = {}): UsageEvent {
  return { type: 'usage', usage: usageOf(fields) };
}

export function step(number: number, fields: Fields<StepEvent> = {}): StepEvent {
  return { type: 'step', step: number, id: undefined, model: undefined, reason: 'tool-calls', rawReason: undefined, ...fields };
}

export function ping(): PingEvent {
  return { type: 'ping' };
}

export function raw(name: string, data: JsonValue = {}): RawEvent {
  return { type: 'raw', provider: 'test', name, data };
}

export function reset(fields: Fields<ResetEvent> = {}): ResetEvent {
  const unknown = { status: undefined, code: undefined, requestId: undefined, retryAfterMs: undefined };
  const error = { kind: 'connection', message: 'The connection failed', retryable: true, ...unknown };
  return { type: 'reset', attempt: 2, step: 0, cause: 'retry', delayMs: 0, error, ...fields };
}

const noMetadata: FinishEvent['metadata'] = {
  stopSequence: undefined,
  stopDetails: undefined,
  container: undefined,
  serviceTier: undefined,
  systemFingerprint: undefined,
};

export function finish(reason: FinishReason = 'stop', fields: Fields<FinishEvent> = {}): FinishEvent {
  const choices = [{ choice: 0, reason, rawReason: reason }];
  return { type: 'finish', reason, rawReason: reason, choices, metadata: noMetadata, timing: undefined, ...fields };
}
