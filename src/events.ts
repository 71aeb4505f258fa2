/**
 * An event of a model stream. All events are flat, readonly objects of plain JSON data, told apart by `type`. Each type has always the same
 * fields: a field that is unknown is `undefined`, not absent.
 *
 *     stream  := attempt (reset attempt)* finish complete   |   … error
 *     attempt := ping* (start (content | usage | ping | raw | step)*)?
 *
 * An attempt is one request, or the requests of one tool loop: a `step` separates its rounds. When an operator such as `retryStream` sends
 * the request again, a `reset` voids the content of the attempt before it. A stream may error at any point.
 *
 * The content is divided into blocks: `block` counts the texts, tool calls and other parts of an attempt from 0, in the order in which they
 * begin. `choice` is 0 unless the request asked for several alternatives. See {@link ContentEvent} for the events with content.
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
  | ToolApprovalEvent
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

/** An event with a part of the answer. */
export type ContentEvent = Exclude<
  DeltaEvent,
  StartEvent | UsageEvent | StepEvent | PingEvent | RawEvent | ResetEvent | FinishEvent
>;

/** The provider accepted the request. */
export interface StartEvent {
  readonly type: 'start';
  /** The provider's id of the response. */
  readonly id: string | undefined;
  /** The model that answers, as the provider names it. */
  readonly model: string | undefined;
  readonly provider: string;
}

/** A piece of visible text. */
export interface TextDeltaEvent {
  readonly type: 'text-delta';
  readonly text: string;
  readonly block: number;
  readonly choice: number;
  readonly phase: Phase;
}

/** A piece of reasoning ("thinking"). It is never part of the text. */
export interface ReasoningDeltaEvent {
  readonly type: 'reasoning-delta';
  readonly text: string;
  readonly block: number;
  readonly choice: number;
}

/** A piece of the text by which the model refuses to answer. It is never part of the text. */
export interface RefusalDeltaEvent {
  readonly type: 'refusal-delta';
  readonly text: string;
  readonly block: number;
  readonly choice: number;
}

/** A tool call begins. */
export interface ToolCallStartEvent {
  readonly type: 'tool-call-start';
  /** Unique within the attempt, also where the provider sends no id or repeats one. */
  readonly callId: string;
  /** The name of the tool. */
  readonly name: string;
  readonly block: number;
  readonly choice: number;
  readonly executor: Executor;
  readonly format: ArgumentsFormat;
}

/** A piece of the argument text of a tool call. */
export interface ToolCallDeltaEvent {
  readonly type: 'tool-call-delta';
  readonly callId: string;
  readonly argumentsText: string;
  readonly block: number;
  readonly choice: number;
}

/** A tool call is complete. There is no such event for a call that was truncated. */
export interface ToolCallEndEvent {
  readonly type: 'tool-call-end';
  readonly callId: string;
  readonly name: string;
  /** The whole argument text, as sent; empty text means no arguments. */
  readonly argumentsText: string;
  readonly block: number;
  readonly choice: number;
  readonly executor: Executor;
  readonly format: ArgumentsFormat;
}

/** The result of a tool call, or the progress of a tool that still runs. */
export interface ToolResultEvent {
  readonly type: 'tool-result';
  readonly callId: string;
  readonly name: string;
  readonly output: JsonValue;
  /** Whether the tool failed; `output` describes the error then. */
  readonly isError: boolean;
  /** Whether this is progress, which a later result of the same call replaces. A message has only the last result. */
  readonly preliminary: boolean;
}

/** A tool call waits for a decision, or has one: it runs only if it is approved. */
export interface ToolApprovalEvent {
  readonly type: 'tool-approval';
  readonly callId: string;
  /** `undefined` while the call waits. */
  readonly approved: boolean | undefined;
}

/** A piece of an image or of audio. */
export interface FileEvent {
  readonly type: 'file';
  readonly block: number;
  readonly choice: number;
  readonly mediaType: string;
  /**
   * Base64. The pieces of a block are concatenated, unless one is `final`: its data, if not empty, replaces the earlier ones, which were
   * previews.
   */
  readonly data: string;
  /** A piece of the transcript of audio. */
  readonly transcript: string | undefined;
  readonly final: boolean;
}

/** A source that the answer cites. */
export interface CitationEvent {
  readonly type: 'citation';
  readonly block: number;
  readonly choice: number;
  readonly url: string | undefined;
  readonly title: string | undefined;
  /** The cited text. */
  readonly text: string | undefined;
  /** Where the cited passage starts, in the provider's own unit. */
  readonly start: number | undefined;
  /** Where the cited passage ends, in the provider's own unit. */
  readonly end: number | undefined;
  /** The provider's own citation object. */
  readonly native: JsonValue;
}

/** Log-probabilities of tokens. */
export interface LogprobsEvent {
  readonly type: 'logprobs';
  readonly block: number;
  readonly choice: number;
  /** One value for each token, in the provider's own form. */
  readonly tokens: readonly JsonValue[];
}

/** A block is complete. */
export interface BlockEndEvent {
  readonly type: 'block-end';
  /** A later event of the same block replaces the native form of an earlier one. */
  readonly block: number;
  readonly choice: number;
  /** The provider's own name for the type of the block. */
  readonly kind: string;
  /** The block in the provider's own form: what the next request has to send back. */
  readonly native: JsonValue;
  /** The API that the form of `native` belongs to. Another one does not understand it. */
  readonly format: NativeFormat | undefined;
}

/** The usage so far. A later event replaces an earlier one. */
export interface UsageEvent {
  readonly type: 'usage';
  readonly usage: Usage;
  /** The requests that `usage` is the sum of; `undefined` if it is the usage of this stream's only request, and no trait of it is known. */
  readonly requests: readonly RequestUsage[] | undefined;
}

/** A round of a tool loop ended, and the next one begins. */
export interface StepEvent {
  readonly type: 'step';
  /** The number of the round that begins; the first round, which no event announces, is 0. */
  readonly step: number;
  /** The provider's id of the response of the next round. */
  readonly id: string | undefined;
  readonly model: string | undefined;
  /** Why the previous round ended. */
  readonly reason: FinishReason;
  readonly rawReason: string | undefined;
}

/** The connection is alive: a keep-alive of the provider, without content. */
export interface PingEvent {
  readonly type: 'ping';
}

/** An event of the provider that has no equivalent here, or only reports progress. Folds ignore it. */
export interface RawEvent {
  readonly type: 'raw';
  readonly provider: string;
  /** The provider's own name for the type of the event. */
  readonly name: string;
  readonly data: JsonValue;
}

/** An attempt failed, and the request is repeated. All content of steps ≥ `step` is void; usage never is, because it has to be paid. */
export interface ResetEvent {
  readonly type: 'reset';
  /** The number of the attempt that begins: 2 at the first `reset`, and always growing. */
  readonly attempt: number;
  readonly step: number;
  /** Whether the same provider is asked again (`retry`) or another one (`fallback`). */
  readonly cause: 'retry' | 'fallback';
  /** How long the stream waits before the next request, in milliseconds. */
  readonly delayMs: number;
  /** The error of the failed attempt. */
  readonly error: ErrorInfo;
}

/** The definite end of the answer. It occurs once and is the last event; a stream that completes without it was cut off. */
export interface FinishEvent {
  readonly type: 'finish';
  /** Why choice 0 ended. */
  readonly reason: FinishReason;
  /** The provider's own value of `reason`. */
  readonly rawReason: string | undefined;
  /** Why each choice ended. */
  readonly choices: readonly ChoiceFinish[];
  readonly metadata: FinishMetadata;
  /** Present if `measureStream` is applied. */
  readonly timing: Timing | undefined;
}

/** Whether text belongs to the answer (`answer`), or comments on what the model is doing (`commentary`). Parsers read only the answer. */
export type Phase = 'answer' | 'commentary';

/** Who executes a tool: the caller's own code, or the provider. */
export type Executor = 'client' | 'provider';

/** Whether the arguments of a tool call are JSON or free text. */
export type ArgumentsFormat = 'json' | 'text';

/** The API that a native form belongs to: chat completions or responses (OpenAI and compatible servers), or messages (Anthropic). */
export type NativeFormat = 'chat' | 'responses' | 'messages';

/** Why an answer ended, in the same terms for all providers. `rawReason` has the provider's own value. */
export type FinishReason =
  /** The answer is complete. */
  | 'stop'
  /** A token limit was reached: the answer is cut off. */
  | 'length'
  /** The model waits for the results of tool calls. */
  | 'tool-calls'
  /** A content filter of the provider stopped the answer. */
  | 'content-filter'
  /** The model refused to answer. */
  | 'refusal'
  /** The provider paused the answer: another request has to continue it. */
  | 'paused'
  /** The consumer ended the stream, for instance by `stopOn`. */
  | 'aborted'
  /** `takeWithinBudget` ended the stream. */
  | 'budget'
  /** A tool loop reached its largest number of rounds, and the model asks for more. */
  | 'max-steps'
  /** Any other reason of the provider. */
  | 'other';

/** Why one of several choices ended. */
export interface ChoiceFinish {
  readonly choice: number;
  readonly reason: FinishReason;
  /** The provider's own value of `reason`. */
  readonly rawReason: string | undefined;
}

/** What else the provider reports at the end. */
export interface FinishMetadata {
  /** The stop sequence at which the model stopped. */
  readonly stopSequence: string | undefined;
  readonly stopDetails: JsonValue | undefined;
  readonly container: JsonValue | undefined;
  readonly serviceTier: string | undefined;
  readonly systemFingerprint: string | undefined;
}

/** How fast a stream was, as `measureStream` measures it. All times are in milliseconds. */
export interface Timing {
  /** From subscribe to the first delta that no `reset` voided. */
  readonly firstDeltaMs: number | undefined;
  /** From subscribe to the end, including repeated attempts and the delays between them. */
  readonly totalMs: number;
  /** The number of deltas: pieces of text, reasoning, refusals, tool arguments and files. */
  readonly deltas: number;
  /** UTF-16 code units per second, from the request of the last attempt to the end. */
  readonly charactersPerSecond: number | undefined;
  /** Output tokens per second, including hidden reasoning, over the same time. */
  readonly tokensPerSecond: number | undefined;
  /** The median time between two deltas. */
  readonly medianDeltaMs: number | undefined;
  /** The longest time between two deltas. */
  readonly maxDeltaMs: number | undefined;
}

/**
 * Token counts, cumulative over the whole stream with all its attempts and steps. Cached, cache-write and reasoning tokens are included in
 * the totals. An unknown count is `undefined`, not 0.
 */
export interface Usage {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly totalTokens: number | undefined;
  /** Input tokens that were read from the provider's cache. */
  readonly cachedInputTokens: number | undefined;
  /** Input tokens that were written to the provider's cache. */
  readonly cacheWriteTokens: number | undefined;
  /** Output tokens of reasoning. */
  readonly reasoningTokens: number | undefined;
  /** How often the provider's own tools were used, by the provider's names for them. */
  readonly serverTools: Readonly<Record<string, number>> | undefined;
  /** Whether any count is an estimate of ours, instead of the provider's report. */
  readonly estimated: boolean;
  readonly confidence: Confidence;
  /** Present if the provider reports it or `withCost` is applied. */
  readonly cost: Cost | undefined;
  /** The provider's own usage object, as sent. */
  readonly native: JsonValue | undefined;
}

/**
 * How reliable a usage is: reported by the provider (`exact`), counted by a tokenizer and by published rules (`high`), or estimated from
 * characters, or without a rule for all of it (`low`).
 */
export type Confidence = 'exact' | 'high' | 'low';

/** What one request of a stream used. Prices and their tiers apply to single requests, not to the sum of several. */
export interface RequestUsage extends RequestTraits {
  readonly usage: Usage;
  readonly model: string | undefined;
  readonly provider: string | undefined;
  /** The number of the attempt that the request belongs to, from 1. */
  readonly attempt: number;
  /** The number of the step that the request belongs to, from 0. */
  readonly step: number;
  /** Whether the answer of this request is part of the final answer: false if a `reset` voided it, or if it lost a race of `hedge`. */
  readonly stands: boolean;
}

/** What a provider reports of a request that changes its price, in the provider's own words; `undefined` where it reports nothing. */
export interface RequestTraits {
  /** `default`, `flex`, `priority` and `scale` of OpenAI, `standard`, `priority` and `batch` of Anthropic. */
  readonly serviceTier: string | undefined;
  /** `standard` or `fast`. */
  readonly speed: string | undefined;
  /** Where inference was performed. */
  readonly region: string | undefined;
  /** Whether the request was part of a batch. */
  readonly batch: boolean | undefined;
}

/** What a stream cost. An unknown part is `undefined`, not 0. */
export interface Cost {
  readonly total: number;
  /** ISO 4217 code. */
  readonly currency: string;
  readonly input: number | undefined;
  readonly output: number | undefined;
  /** How much reading input from the cache saved; `input` and `total` are without it already. */
  readonly cacheSavings: number | undefined;
}

/** The request that is priced. */
export interface PricedRequest extends RequestTraits {
  readonly model: string;
  /** Empty text if no event named it. */
  readonly provider: string;
}

/** Returns what a request cost; `undefined` if it knows no price for such a request, not 0. */
export type Price = (usage: Usage, request: PricedRequest) => Cost | undefined;

/** An error as plain JSON, as events carry it and `toErrorInfo` gives it. */
export interface ErrorInfo {
  /** The name of the class, for instance `HttpError`. */
  readonly name: string;
  /** The `kind` of a `StreamError`; `'unknown'` for any other error. */
  readonly kind: string;
  readonly message: string;
  /** Whether the fault is transient. */
  readonly retryable: boolean;
  /** The HTTP status. */
  readonly status: number | undefined;
  /** The provider's own error code. */
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  /** How long the provider asks the client to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The fields that only its class has, for instance the `phase` of a time limit. An event carries none. */
  readonly details: JsonObject | undefined;
  /** The message so far. An event carries none, because the events before it are the message. */
  readonly partial: PartialMessage | undefined;
}

/** A complete answer, as `toMessage` emits it. */
export interface Message extends PartialMessage {
  /** `aborted` if the stream completed without a `finish`. */
  readonly finishReason: FinishReason;
  /**
   * Parses the text of the answer as JSON: a value, or one code fence with a value. Of several rounds, the answer of the last.
   * @throws ParseError if it is not JSON.
   */
  json<Value = unknown>(): Value;
}

/** The answer so far, as plain data: what the events of one choice add up to. */
export interface PartialMessage {
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly provider: string | undefined;
  /** All text, of both phases. */
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly toolCalls: readonly ToolCall[];
  readonly citations: readonly CitationEvent[];
  /** All content in the order of its blocks; `step` tells the rounds of a tool loop apart. */
  readonly parts: readonly MessagePart[];
  readonly usage: Usage | undefined;
  readonly finishReason: FinishReason | undefined;
  readonly timing: Timing | undefined;
}

/** What every part of a message has. */
export interface PartOrigin {
  /** The round of a tool loop that made the part; 0 in a stream without rounds. */
  readonly step: number;
  /** The block in the provider's own form, once the block is complete. */
  readonly native: JsonValue | undefined;
  /** Whose form `native` is; `undefined` if there is none, or if that is not known. */
  readonly nativeFormat: NativeFormat | undefined;
}

/** One block of a message. `other` is a block that has no equivalent here; `approval` is the decision on a tool call, or that it waits for one. */
export type MessagePart = PartOrigin &
  (
    | { readonly type: 'text'; readonly text: string; readonly phase: Phase }
    | { readonly type: 'reasoning'; readonly text: string }
    | { readonly type: 'refusal'; readonly text: string }
    | (ToolCall & { readonly type: 'tool-call' })
    | {
        readonly type: 'tool-result';
        readonly callId: string;
        readonly name: string;
        readonly output: JsonValue;
        readonly isError: boolean;
      }
    | {
        readonly type: 'file';
        readonly mediaType: string;
        /** Base64. */
        readonly data: string;
        readonly transcript: string | undefined;
      }
    | { readonly type: 'approval'; readonly callId: string; readonly approved: boolean | undefined }
    | { readonly type: 'other'; readonly kind: string }
  );

/** The fields of a part that only an answer has; a part that is written by hand can omit them. */
type Written<Part> = Part extends unknown
  ? Omit<Part, keyof PartOrigin | 'phase'> & Partial<Pick<Part, Extract<keyof Part, keyof PartOrigin | 'phase'>>>
  : never;

/** A file by its address, which may be a `data:` URL. */
export interface FileReference {
  readonly type: 'file';
  readonly mediaType: string;
  readonly url: string;
  readonly filename?: string | undefined;
}

/**
 * A part of a turn: any part of a message, or a file by its address. The `output` of a result is text, any JSON, or a list of what to show to
 * the model: `{ type: 'text', text }`, `{ type: 'file', mediaType, data }` or `{ type: 'file', mediaType, url }`, and texts and images as MCP
 * writes them.
 */
export type TurnPart = Written<MessagePart> | FileReference;

/** One turn of a conversation, in the same terms for all providers, as plain data. The results of tools are a turn of their own. */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly parts: readonly TurnPart[];
}

/** A tool call of a message. */
export interface ToolCall {
  readonly callId: string;
  readonly name: string;
  /** The argument text as sent; empty text means no arguments. */
  readonly argumentsText: string;
  /**
   * The parsed arguments, with raw line breaks and other control characters in strings accepted; `undefined` until the call is complete, for
   * free text, and for text that is not JSON.
   */
  readonly input: JsonValue | undefined;
  readonly executor: Executor;
  readonly format: ArgumentsFormat;
  /** Whether the call is complete; false if the stream was truncated within it. */
  readonly ended: boolean;
}

/** A value that JSON can represent. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. An absent member may be `undefined`. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Every type of event. */
const types = {
  start: true,
  'text-delta': true,
  'reasoning-delta': true,
  'refusal-delta': true,
  'tool-call-start': true,
  'tool-call-delta': true,
  'tool-call-end': true,
  'tool-result': true,
  'tool-approval': true,
  file: true,
  citation: true,
  logprobs: true,
  'block-end': true,
  usage: true,
  step: true,
  ping: true,
  raw: true,
  reset: true,
  finish: true,
} as const satisfies Record<DeltaEvent['type'], true>;

/** Every `type` of event. */
export const eventTypes: readonly string[] = /* @__PURE__ */ Object.keys(types);

/**
 * Whether a value is an event, for instance a value that was received over a network. Only its `type` is checked.
 *
 * @example socket$.pipe(map((data) => JSON.parse(data)), filter(isDeltaEvent))
 */
export function isDeltaEvent(value: unknown): value is DeltaEvent {
  if (typeof value !== 'object' || value === null) return false;
  const { type } = value as { readonly type?: unknown };
  return typeof type === 'string' && Object.hasOwn(types, type);
}

/** Whether an event has a part of the answer: once such an event was emitted, repeating the request would duplicate content. */
export function isContent(event: DeltaEvent): event is ContentEvent {
  // Each of them belongs to a block or to a call, and no other event does.
  return 'block' in event || 'callId' in event;
}
