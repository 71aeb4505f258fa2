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
  ToolCallDeltaEvent,
  ToolCallEndEvent,
  ToolCallStartEvent,
  ToolResultEvent,
  Usage,
  UsageEvent,
} from '../../events.js';

/** The fields of an event that a builder lets you replace. */
export type EventFields<Event extends DeltaEvent> = Partial<Omit<Event, 'type'>>;

const none = { block: 0, choice: 0 } as const;
const client: { readonly executor: Executor; readonly format: ArgumentsFormat } = { executor: 'client', format: 'json' };

/**
 * A `start`: the provider accepted the request.
 *
 * @param fields What is to be different. @defaultValue id `id-1`, model `model-1`, provider `test`
 * @example start({ model: 'gpt-4o-mini' })
 */
export function start(fields: EventFields<StartEvent> = {}): StartEvent {
  return { type: 'start', id: 'id-1', model: 'model-1', provider: 'test', ...fields };
}

/**
 * A `text-delta`: more visible text.
 *
 * @param fields What is to be different. @defaultValue block 0, choice 0, phase `answer`
 * @example text('Hel')
 */
export function text(value: string, fields: EventFields<TextDeltaEvent> = {}): TextDeltaEvent {
  return { type: 'text-delta', text: value, ...none, phase: 'answer', ...fields };
}

/**
 * A `reasoning-delta`: more reasoning.
 *
 * @param fields What is to be different. @defaultValue block 0, choice 0
 * @example reasoning('Two and two…')
 */
export function reasoning(value: string, fields: EventFields<ReasoningDeltaEvent> = {}): ReasoningDeltaEvent {
  return { type: 'reasoning-delta', text: value, ...none, ...fields };
}

/**
 * A `refusal-delta`: the model refuses, in these words.
 *
 * @param fields What is to be different. @defaultValue block 0, choice 0
 * @example refusal('I cannot help with that')
 */
export function refusal(value: string, fields: EventFields<RefusalDeltaEvent> = {}): RefusalDeltaEvent {
  return { type: 'refusal-delta', text: value, ...none, ...fields };
}

/**
 * A `tool-call-start`: a tool call begins.
 *
 * @param fields What is to be different. @defaultValue block 0, choice 0, executor `client`, format `json`
 * @example toolCallStart('call-1', 'get_weather', { block: 1 })
 */
export function toolCallStart(callId: string, name: string, fields: EventFields<ToolCallStartEvent> = {}): ToolCallStartEvent {
  return { type: 'tool-call-start', callId, name, ...none, ...client, ...fields };
}

/**
 * A `tool-call-delta`: more of a call's argument text.
 *
 * @param fields What is to be different. @defaultValue block 0, choice 0
 * @example toolCallDelta('call-1', '{"city":', { block: 1 })
 */
export function toolCallDelta(
  callId: string,
  argumentsText: string,
  fields: EventFields<ToolCallDeltaEvent> = {},
): ToolCallDeltaEvent {
  return { type: 'tool-call-delta', callId, argumentsText, ...none, ...fields };
}

/**
 * A `tool-call-end`: the whole argument text of a call.
 *
 * @param fields What is to be different. @defaultValue block 0, choice 0, executor `client`, format `json`
 * @example toolCallEnd('call-1', 'get_weather', '{"city":"Paris"}', { block: 1 })
 */
export function toolCallEnd(
  callId: string,
  name: string,
  argumentsText: string,
  fields: EventFields<ToolCallEndEvent> = {},
): ToolCallEndEvent {
  return { type: 'tool-call-end', callId, name, argumentsText, ...none, ...client, ...fields };
}

/**
 * A `tool-result`: a tool answered.
 *
 * @param isError Whether the tool failed. @defaultValue false
 * @example toolResult('call-1', 'get_weather', { celsius: 21 })
 */
export function toolResult(callId: string, name: string, output: JsonValue, isError: boolean = false): ToolResultEvent {
  return { type: 'tool-result', callId, name, output, isError };
}

/**
 * A `file`: a piece of an image or of audio.
 *
 * @param data Base64.
 * @param fields What is to be different. @defaultValue block 0, choice 0, `image/png`, no transcript, final
 * @example file('iVBORw0KGgo=')
 */
export function file(data: string, fields: EventFields<FileEvent> = {}): FileEvent {
  return { type: 'file', ...none, mediaType: 'image/png', data, transcript: undefined, final: true, ...fields };
}

/**
 * A `citation`: a source that the answer rests on.
 *
 * @param fields What is to be different. @defaultValue block 0, choice 0, no title, text or place, `native` null
 * @example citation('https://example.com/paris', { title: 'Paris' })
 */
export function citation(url: string, fields: EventFields<CitationEvent> = {}): CitationEvent {
  const unknown = { title: undefined, text: undefined, start: undefined, end: undefined };
  return { type: 'citation', ...none, url, ...unknown, native: null, ...fields };
}

/**
 * A `logprobs`: log-probabilities of tokens, in the provider's form.
 *
 * @param fields What is to be different. @defaultValue block 0, choice 0
 * @example logprobs([{ token: 'Hel', logprob: -0.1 }])
 */
export function logprobs(tokens: readonly JsonValue[], fields: EventFields<LogprobsEvent> = {}): LogprobsEvent {
  return { type: 'logprobs', ...none, tokens, ...fields };
}

/**
 * A `block-end`: a finished block in the provider's own form.
 *
 * @param fields What is to be different. @defaultValue block 0, choice 0, kind `text`
 * @example blockEnd({ type: 'text', text: 'Hello' })
 */
export function blockEnd(native: JsonValue, fields: EventFields<BlockEndEvent> = {}): BlockEndEvent {
  return { type: 'block-end', ...none, kind: 'text', native, ...fields };
}

/**
 * Usage figures, for a `usage` event or for what an operator makes of them.
 *
 * @param fields What is known. @defaultValue nothing is known, and it is exact
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
 * A `usage`: token figures so far.
 *
 * @param fields What is known. @defaultValue nothing is known, and it is exact
 * @example usage({ inputTokens: 10, outputTokens: 5, totalTokens: 15 })
 */
export function usage(fields: Partial<Usage> = {}): UsageEvent {
  return { type: 'usage', usage: usageOf(fields), requests: undefined };
}

/**
 * A `step`: a round of a tool loop ended, and another begins.
 *
 * @param number The round that begins; the first is 0.
 * @param fields What is to be different. @defaultValue no id or model, reason `tool-calls`
 * @example step(1)
 */
export function step(number: number, fields: EventFields<StepEvent> = {}): StepEvent {
  return { type: 'step', step: number, id: undefined, model: undefined, reason: 'tool-calls', rawReason: undefined, ...fields };
}

/**
 * A `ping`: alive, no content.
 *
 * @example ping()
 */
export function ping(): PingEvent {
  return { type: 'ping' };
}

/**
 * A `raw`: an event that we do not know.
 *
 * @param data The payload. @defaultValue an empty object
 * @example raw('response.queued')
 */
export function raw(name: string, data: JsonValue = {}): RawEvent {
  return { type: 'raw', provider: 'test', name, data };
}

/**
 * A `reset`: a repeat begins, what came before is void.
 *
 * @param fields What is to be different. @defaultValue attempt 2, step 0, cause `retry`, no delay, after a failed connection
 * @example reset({ attempt: 3, delayMs: 1_000 })
 */
export function reset(fields: EventFields<ResetEvent> = {}): ResetEvent {
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

/**
 * A `finish`: the definite end.
 *
 * @param reason Why the answer ended, of choice 0. @defaultValue 'stop'
 * @param fields What is to be different. @defaultValue one choice, no metadata, no timing
 * @example finish('length')
 */
export function finish(reason: FinishReason = 'stop', fields: EventFields<FinishEvent> = {}): FinishEvent {
  const choices = [{ choice: 0, reason, rawReason: reason }];
  return { type: 'finish', reason, rawReason: reason, choices, metadata: noMetadata, timing: undefined, ...fields };
}
