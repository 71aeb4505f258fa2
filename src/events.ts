/** A value that JSON can carry: what providers send, and what crosses a wire unchanged. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. An absent member may be undefined. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Whether text is meant for the reader (`answer`) or tells what the model is doing (`commentary`). */
export type Phase = 'answer' | 'commentary';

/** Who runs a tool: the caller's own code, or the provider. */
export type Executor = 'client' | 'provider';

/** Whether a tool call's arguments are JSON or free text. */
export type ArgumentsFormat = 'json' | 'text';

/** Why an answer ended, in one vocabulary for all providers; `rawReason` has the provider's own word. */
export type FinishReason =
  | 'stop'
  | 'length'
  | 'tool-calls'
  | 'content-filter'
  | 'refusal'
  | 'paused'
  | 'aborted'
  | 'budget'
  | 'other';

/** How far a usage figure can be trusted: the provider's own, counted by a tokenizer, or guessed from characters. */
export type Confidence = 'exact' | 'high' | 'low';

/** What a stream cost; an unknown part is `undefined`, never 0. */
export interface Cost {
  readonly total: number;
  /** ISO 4217 code. */
  readonly currency: string;
  readonly input: number | undefined;
  readonly output: number | undefined;
  /** What reading the prompt from the cache spared; already taken off `input` and `total`. */
  readonly cacheSavings: number | undefined;
}

/** Token figures, cumulative over the whole stream. Cached, cache-write and reasoning tokens are parts of the totals. */
export interface Usage {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly totalTokens: number | undefined;
  readonly cachedInputTokens: number | undefined;
  readonly cacheWriteTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
  /** Uses of the provider's own tools, by the provider's name for them. */
  readonly serverTools: Readonly<Record<string, number>> | undefined;
  readonly estimated: boolean;
  readonly confidence: Confidence;
  readonly cost: Cost | undefined;
  /** The provider's own usage object, as sent. */
  readonly native: JsonValue | undefined;
}

/** What one request of a stream used: a price and its tiers apply to one request, not to the sum of several. */
export interface RequestUsage {
  readonly usage: Usage;
  readonly model: string | undefined;
  readonly provider: string | undefined;
  /** The attempt that the request belongs to; the first is 1. */
  readonly attempt: number;
  /** The step that the request belongs to; the first is 0. */
  readonly step: number;
  /** Whether the answer of the request is a part of the stream's answer: false after a `reset`, and for a request that lost a race. */
  readonly stands: boolean;
}

/** Says what a request cost by its usage; `undefined` where it knows no price, never 0. */
export type Price = (usage: Usage, model: string, provider: string) => Cost | undefined;

/** An error as plain JSON, so that it can cross a wire inside an event. */
export interface ErrorInfo {
  readonly kind: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/** Why one of several choices ended. */
export interface ChoiceFinish {
  readonly choice: number;
  readonly reason: FinishReason;
  /** The provider's own word for it. */
  readonly rawReason: string | undefined;
}

/** What else the provider said of the end. */
export interface FinishMetadata {
  readonly stopSequence: string | undefined;
  readonly stopDetails: JsonValue | undefined;
  readonly container: JsonValue | undefined;
  readonly serviceTier: string | undefined;
  readonly systemFingerprint: string | undefined;
}

/** How fast a stream was, as `measureStream` tells; times in milliseconds. */
export interface Timing {
  /** From subscribe to the first delta that was not taken back. */
  readonly firstDeltaMs: number | undefined;
  /** From subscribe to the end, repeats and their waits included. */
  readonly totalMs: number;
  /** Pieces of text, reasoning, refusals, arguments and files. */
  readonly deltas: number;
  /** UTF-16 code units, over the whole time of the attempt that stands. */
  readonly charactersPerSecond: number | undefined;
  /** Output tokens, hidden reasoning too, over the same time. */
  readonly tokensPerSecond: number | undefined;
  /** The median time between two deltas. */
  readonly medianDeltaMs: number | undefined;
  /** The longest time between two deltas. */
  readonly maxDeltaMs: number | undefined;
}

/** The provider accepted the request. */
export interface StartEvent {
  readonly type: 'start';
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly provider: string;
}

/** More visible text. */
export interface TextDeltaEvent {
  readonly type: 'text-delta';
  readonly text: string;
  readonly block: number;
  readonly choice: number;
  readonly phase: Phase;
}

/** More reasoning ("thinking"); never part of the text. */
export interface ReasoningDeltaEvent {
  readonly type: 'reasoning-delta';
  readonly text: string;
  readonly block: number;
  readonly choice: number;
}

/** The model refuses, in these words. */
export interface RefusalDeltaEvent {
  readonly type: 'refusal-delta';
  readonly text: string;
  readonly block: number;
  readonly choice: number;
}

/** A tool call begins. */
export interface ToolCallStartEvent {
  readonly type: 'tool-call-start';
  readonly callId: string;
  readonly name: string;
  readonly block: number;
  readonly choice: number;
  readonly executor: Executor;
  readonly format: ArgumentsFormat;
}

/** More of a call's argument text. */
export interface ToolCallDeltaEvent {
  readonly type: 'tool-call-delta';
  readonly callId: string;
  readonly argumentsText: string;
  readonly block: number;
  readonly choice: number;
}

/** The whole argument text, as sent. Never on a truncated call. */
export interface ToolCallEndEvent {
  readonly type: 'tool-call-end';
  readonly callId: string;
  readonly name: string;
  readonly argumentsText: string;
  readonly block: number;
  readonly choice: number;
  readonly executor: Executor;
  readonly format: ArgumentsFormat;
}

/** A tool answered. */
export interface ToolResultEvent {
  readonly type: 'tool-result';
  readonly callId: string;
  readonly name: string;
  readonly output: JsonValue;
  readonly isError: boolean;
}

/** A piece of an image or of audio. */
export interface FileEvent {
  readonly type: 'file';
  readonly block: number;
  readonly choice: number;
  readonly mediaType: string;
  /** Base64. Pieces of one block add up, unless `final`, which replaces earlier (preview) pieces. */
  readonly data: string;
  readonly transcript: string | undefined;
  readonly final: boolean;
}

/** A source that the answer rests on. */
export interface CitationEvent {
  readonly type: 'citation';
  readonly block: number;
  readonly choice: number;
  readonly url: string | undefined;
  readonly title: string | undefined;
  /** The cited text. */
  readonly text: string | undefined;
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly native: JsonValue;
}

/** Log-probabilities of tokens, in the provider's own form. */
export interface LogprobsEvent {
  readonly type: 'logprobs';
  readonly block: number;
  readonly choice: number;
  readonly tokens: readonly JsonValue[];
}

/** A finished block or item in the provider's own form: what must go back on the next turn. */
export interface BlockEndEvent {
  readonly type: 'block-end';
  readonly block: number;
  readonly choice: number;
  /** The provider's own name for the block's type. */
  readonly kind: string;
  readonly native: JsonValue;
}

/** Usage so far; a later one replaces an earlier one. */
export interface UsageEvent {
  readonly type: 'usage';
  readonly usage: Usage;
  /** The requests that `usage` is the sum of; undefined where it is the one request of this stream. */
  readonly requests: readonly RequestUsage[] | undefined;
}

/** One round of a tool loop ended and round `step` (the first is 0) begins. */
export interface StepEvent {
  readonly type: 'step';
  readonly step: number;
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly reason: FinishReason;
  readonly rawReason: string | undefined;
}

/** Alive, no content. */
export interface PingEvent {
  readonly type: 'ping';
}

/** An event we do not know, or one that only reports progress. */
export interface RawEvent {
  readonly type: 'raw';
  readonly provider: string;
  readonly name: string;
  readonly data: JsonValue;
}

/** A repeat begins: events of steps ≥ `step` are void, usage never. */
export interface ResetEvent {
  readonly type: 'reset';
  /** 2 for the first repeat; only grows. */
  readonly attempt: number;
  readonly step: number;
  readonly cause: 'retry' | 'fallback';
  readonly delayMs: number;
  readonly error: ErrorInfo;
}

/** The definite end: occurs once and is the last event. */
export interface FinishEvent {
  readonly type: 'finish';
  /** Choice 0's. */
  readonly reason: FinishReason;
  readonly rawReason: string | undefined;
  readonly choices: readonly ChoiceFinish[];
  readonly metadata: FinishMetadata;
  readonly timing: Timing | undefined;
}

/**
 * What a model stream is made of: flat, readonly objects of constant shape, told apart by `type`.
 *
 *     stream  := attempt (reset attempt)* finish complete   |   … error
 *     attempt := ping* (start (delta | usage | ping | raw | step)*)?
 */
export type DeltaEvent =
  | StartEvent
  | TextDeltaEvent
  | ReasoningDeltaEvent
  | RefusalDeltaEvent
  | ToolCallStartEvent
  | ToolCallDeltaEvent
  | ToolCallEndEvent
  | ToolResultEvent
  | FileEvent
  | CitationEvent
  | LogprobsEvent
  | BlockEndEvent
  | UsageEvent
  | StepEvent
  | PingEvent
  | RawEvent
  | ResetEvent
  | FinishEvent;

/** An event that delivers a part of the answer. */
export type ContentEvent = Exclude<
  DeltaEvent,
  StartEvent | UsageEvent | StepEvent | PingEvent | RawEvent | ResetEvent | FinishEvent
>;

/** One piece of a message, in block order. `native` is the provider's own form, once the block has ended. */
export type MessagePart =
  | { readonly type: 'text'; readonly text: string; readonly phase: Phase; readonly native: JsonValue | undefined }
  | { readonly type: 'reasoning'; readonly text: string; readonly native: JsonValue | undefined }
  | { readonly type: 'refusal'; readonly text: string; readonly native: JsonValue | undefined }
  | (ToolCall & { readonly type: 'tool-call'; readonly native: JsonValue | undefined })
  | {
      readonly type: 'tool-result';
      readonly callId: string;
      readonly name: string;
      readonly output: JsonValue;
      readonly isError: boolean;
      readonly native: JsonValue | undefined;
    }
  | {
      readonly type: 'file';
      readonly mediaType: string;
      readonly data: string;
      readonly transcript: string | undefined;
      readonly native: JsonValue | undefined;
    }
  | { readonly type: 'other'; readonly kind: string; readonly native: JsonValue };

/** A tool call of a message. */
export interface ToolCall {
  readonly callId: string;
  readonly name: string;
  /** The argument text as sent; empty text means no arguments. */
  readonly argumentsText: string;
  /** The parsed arguments; `undefined` while the call is open, for free text, and for text that is not JSON. */
  readonly input: JsonValue | undefined;
  readonly executor: Executor;
  readonly format: ArgumentsFormat;
  /** False when the stream ended inside the call. */
  readonly ended: boolean;
}

/** What a stream has said so far, as plain data. */
export interface PartialMessage {
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly provider: string | undefined;
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly toolCalls: readonly ToolCall[];
  readonly citations: readonly CitationEvent[];
  readonly parts: readonly MessagePart[];
  readonly usage: Usage | undefined;
  readonly finishReason: FinishReason | undefined;
  readonly timing: Timing | undefined;
}

/** A whole answer. */
export interface Message extends PartialMessage {
  /** `aborted` when the stream completed without a `finish`. */
  readonly finishReason: FinishReason;
  /**
   * Parses the answer's text as JSON.
   * @throws ParseError if it is not JSON.
   */
  json<Value = unknown>(): Value;
}

const contentTypes = {
  'text-delta': true,
  'reasoning-delta': true,
  'refusal-delta': true,
  'tool-call-start': true,
  'tool-call-delta': true,
  'tool-call-end': true,
  'tool-result': true,
  file: true,
  citation: true,
  logprobs: true,
  'block-end': true,
  start: false,
  usage: false,
  step: false,
  ping: false,
  raw: false,
  reset: false,
  finish: false,
} as const satisfies Record<DeltaEvent['type'], boolean>;

/** The name of every kind of event. */
export const eventTypes: readonly string[] = Object.keys(contentTypes);

/**
 * Tells whether a value is one of our events, for instance one that crossed a wire.
 *
 * @example socket$.pipe(map((data) => JSON.parse(data)), filter(isDeltaEvent))
 */
export function isDeltaEvent(value: unknown): value is DeltaEvent {
  if (typeof value !== 'object' || value === null) return false;
  const { type } = value as { readonly type?: unknown };
  return typeof type === 'string' && Object.hasOwn(contentTypes, type);
}

/** Tells whether an event delivers a part of the answer, so that repeating the request would say it twice. */
export function isContent(event: DeltaEvent): event is ContentEvent {
  return contentTypes[event.type];
}
