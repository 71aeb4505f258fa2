import type {
  ArgumentsFormat,
  BlockEndEvent,
  CitationEvent,
  DeltaEvent,
  Executor,
  FileEvent,
  FinishEvent,
  FinishReason,
  JsonValue,
  LogprobsEvent,
  PingEvent,
  RawEvent,
  ReasoningDeltaEvent,
  RefusalDeltaEvent,
  ResetEvent,
  StartEvent,
  StepEvent,
  TextDeltaEvent,
  ToolApprovalEvent,
  ToolCallDeltaEvent,
  ToolCallEndEvent,
  ToolCallStartEvent,
  ToolResultEvent,
  Usage,
  UsageEvent,
} from '../../events.js';

/** The fields of an event that a builder can replace: all but its type. */
export type EventFields<Event extends DeltaEvent> = Partial<Omit<Event, 'type'>>;

const first = { block: 0, choice: 0 } as const;
const client: { readonly executor: Executor; readonly format: ArgumentsFormat } = { executor: 'client', format: 'json' };

/**
 * Builds a `start` event: the provider accepted the request.
 *
 * @param fields Fields to replace. @defaultValue id `id-1`, model `model-1`, provider `test`
 * @example start({ model: 'gpt-4o-mini' })
 */
export function start(fields: EventFields<StartEvent> = {}): StartEvent {
  return { type: 'start', id: 'id-1', model: 'model-1', provider: 'test', ...fields };
}

/**
 * Builds a `text-delta` event: more visible text.
 *
 * @param value The added text.
 * @param fields Fields to replace. @defaultValue block 0, choice 0, phase `answer`
 * @example text('Hel')
 */
export function text(value: string, fields: EventFields<TextDeltaEvent> = {}): TextDeltaEvent {
  return { type: 'text-delta', text: value, ...first, phase: 'answer', ...fields };
}

/**
 * Builds a `reasoning-delta` event: more reasoning.
 *
 * @param value The added reasoning text.
 * @param fields Fields to replace. @defaultValue block 0, choice 0
 * @example reasoning('Two and two…')
 */
export function reasoning(value: string, fields: EventFields<ReasoningDeltaEvent> = {}): ReasoningDeltaEvent {
  return { type: 'reasoning-delta', text: value, ...first, ...fields };
}

/**
 * Builds a `refusal-delta` event: the model refuses.
 *
 * @param value The added text of the refusal.
 * @param fields Fields to replace. @defaultValue block 0, choice 0
 * @example refusal('I cannot help with that')
 */
export function refusal(value: string, fields: EventFields<RefusalDeltaEvent> = {}): RefusalDeltaEvent {
  return { type: 'refusal-delta', text: value, ...first, ...fields };
}

/**
 * Builds a `tool-call-start` event: a tool call begins.
 *
 * @param callId Id of the call, unique within an attempt.
 * @param name Name of the tool.
 * @param fields Fields to replace. @defaultValue block 0, choice 0, executor `client`, format `json`
 * @example toolCallStart('call-1', 'get_weather', { block: 1 })
 */
export function toolCallStart(callId: string, name: string, fields: EventFields<ToolCallStartEvent> = {}): ToolCallStartEvent {
  return { type: 'tool-call-start', callId, name, ...first, ...client, ...fields };
}

/**
 * Builds a `tool-call-delta` event: more of a call's argument text.
 *
 * @param callId Id of the call that has started.
 * @param argumentsText The added argument text.
 * @param fields Fields to replace. @defaultValue block 0, choice 0
 * @example toolCallDelta('call-1', '{"city":', { block: 1 })
 */
export function toolCallDelta(
  callId: string,
  argumentsText: string,
  fields: EventFields<ToolCallDeltaEvent> = {},
): ToolCallDeltaEvent {
  return { type: 'tool-call-delta', callId, argumentsText, ...first, ...fields };
}

/**
 * Builds a `tool-call-end` event: the whole argument text of a call.
 *
 * @param argumentsText All argument text of the call, as sent.
 * @param fields Fields to replace. @defaultValue block 0, choice 0, executor `client`, format `json`
 * @example toolCallEnd('call-1', 'get_weather', '{"city":"Paris"}', { block: 1 })
 */
export function toolCallEnd(
  callId: string,
  name: string,
  argumentsText: string,
  fields: EventFields<ToolCallEndEvent> = {},
): ToolCallEndEvent {
  return { type: 'tool-call-end', callId, name, argumentsText, ...first, ...client, ...fields };
}

/**
 * Builds a `tool-result` event: a tool returned its output, or reports progress.
 *
 * @param output Any JSON.
 * @param isError Whether the tool failed. @defaultValue false
 * @param preliminary Whether this is progress, which a later result replaces. @defaultValue false
 * @example toolResult('call-1', 'get_weather', { celsius: 21 })
 */
export function toolResult(
  callId: string,
  name: string,
  output: JsonValue,
  isError: boolean = false,
  preliminary: boolean = false,
): ToolResultEvent {
  return { type: 'tool-result', callId, name, output, isError, preliminary };
}

/**
 * Builds a `tool-approval` event: a call waits for a decision, or has one.
 *
 * @param approved The decision. @defaultValue `undefined`: the call waits
 * @example toolApproval('call-1', true)
 */
export function toolApproval(callId: string, approved?: boolean): ToolApprovalEvent {
  return { type: 'tool-approval', callId, approved };
}

/**
 * Builds a `file` event: a piece of an image or of audio.
 *
 * @param data The bytes in base64.
 * @param fields Fields to replace. @defaultValue block 0, choice 0, `image/png`, no transcript, final
 * @example file('iVBORw0KGgo=')
 */
export function file(data: string, fields: EventFields<FileEvent> = {}): FileEvent {
  return { type: 'file', ...first, mediaType: 'image/png', data, transcript: undefined, final: true, ...fields };
}

/**
 * Builds a `citation` event: a source of the answer.
 *
 * @param fields Fields to replace. @defaultValue block 0, choice 0, no title, text or position, `native` null
 * @example citation('https://example.com/paris', { title: 'Paris' })
 */
export function citation(url: string, fields: EventFields<CitationEvent> = {}): CitationEvent {
  const unknown = { title: undefined, text: undefined, start: undefined, end: undefined };
  return { type: 'citation', ...first, url, ...unknown, native: null, ...fields };
}

/**
 * Builds a `logprobs` event: log-probabilities of tokens.
 *
 * @param tokens Any JSON, in the provider's form.
 * @param fields Fields to replace. @defaultValue block 0, choice 0
 * @example logprobs([{ token: 'Hel', logprob: -0.1 }])
 */
export function logprobs(tokens: readonly JsonValue[], fields: EventFields<LogprobsEvent> = {}): LogprobsEvent {
  return { type: 'logprobs', ...first, tokens, ...fields };
}

/**
 * Builds a `block-end` event: a block is complete.
 *
 * @param native The block in the provider's own form.
 * @param fields Fields to replace. @defaultValue block 0, choice 0, kind `text`, format `undefined`
 * @example blockEnd({ type: 'text', text: 'Hello' })
 */
export function blockEnd(native: JsonValue, fields: EventFields<BlockEndEvent> = {}): BlockEndEvent {
  return { type: 'block-end', ...first, kind: 'text', native, format: undefined, ...fields };
}

/**
 * Builds usage figures, for a `usage` event or to compare with the usage of a message.
 *
 * @param fields Known figures and other fields. @defaultValue no figure is known; `estimated` is false, `confidence` is `exact`
 * @example usageOf({ inputTokens: 10, outputTokens: 5, totalTokens: 15 })
 */
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

/**
 * Builds a `usage` event: the token figures so far.
 *
 * @param fields Known figures and other fields. @defaultValue no figure is known; `estimated` is false, `confidence` is `exact`
 * @example usage({ inputTokens: 10, outputTokens: 5, totalTokens: 15 })
 */
export function usage(fields: Partial<Usage> = {}): UsageEvent {
  return { type: 'usage', usage: usageOf(fields), requests: undefined };
}

/**
 * Builds a `step` event: a round of a tool loop ended, and the next one begins.
 *
 * @param number Number of the round that begins; the first round is 0.
 * @param fields Fields to replace. @defaultValue no id or model, reason `tool-calls`
 * @example step(1)
 */
export function step(number: number, fields: EventFields<StepEvent> = {}): StepEvent {
  return { type: 'step', step: number, id: undefined, model: undefined, reason: 'tool-calls', rawReason: undefined, ...fields };
}

/**
 * Builds a `ping` event: the connection is alive, without content.
 *
 * @example ping()
 */
export function ping(): PingEvent {
  return { type: 'ping' };
}

/**
 * Builds a `raw` event: a provider event that rxllm does not map.
 *
 * @param name The provider's name of the event.
 * @param data Its payload. @defaultValue an empty object
 * @example raw('response.queued')
 */
export function raw(name: string, data: JsonValue = {}): RawEvent {
  return { type: 'raw', provider: 'test', name, data };
}

/**
 * Builds a `reset` event: a repeat begins, and the events of the failed attempt are void.
 *
 * @param fields Fields to replace. @defaultValue attempt 2, step 0, cause `retry`, no delay, after a failed connection
 * @example reset({ attempt: 3, delayMs: 1_000 })
 */
export function reset(fields: EventFields<ResetEvent> = {}): ResetEvent {
  const unknown = { status: undefined, code: undefined, requestId: undefined, retryAfterMs: undefined };
  const fault = { name: 'ConnectionError', kind: 'connection', message: 'The connection failed', retryable: true };
  const error = { ...fault, ...unknown, details: undefined, partial: undefined };
  return { type: 'reset', attempt: 2, step: 0, cause: 'retry', delayMs: 0, error, ...fields };
}

const noMetadata: FinishEvent['metadata'] = {
  stopSequence: undefined,
  stopDetails: undefined,
  container: undefined,
  serviceTier: undefined,
  systemFingerprint: undefined,
};

/**
 * Builds a `finish` event: the definite end.
 *
 * @param reason Why choice 0 ended. @defaultValue 'stop'
 * @param fields Fields to replace. @defaultValue one choice, no metadata, no timing
 * @example finish('length')
 */
export function finish(reason: FinishReason = 'stop', fields: EventFields<FinishEvent> = {}): FinishEvent {
  const choices = [{ choice: 0, reason, rawReason: reason }];
  return { type: 'finish', reason, rawReason: reason, choices, metadata: noMetadata, timing: undefined, ...fields };
}
