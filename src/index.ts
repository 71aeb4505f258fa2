export type { BackoffOptions } from './attempts/backoff.js';
export {
  CircuitOpenError,
  ConnectionError,
  ContentTypeError,
  EmptyStreamError,
  FencedError,
  fromErrorInfo,
  GapError,
  HttpError,
  isStreamError,
  LimitError,
  MalformedEventError,
  NotFoundError,
  ParseError,
  type ParseErrorDetails,
  type PartialSource,
  ProtocolError,
  ProviderError,
  RetryExhaustedError,
  type ServiceErrorDetails,
  type ServiceErrorKind,
  StreamAbortedError,
  StreamError,
  type StreamErrorDetails,
  type StreamErrorKind,
  StreamTimeoutError,
  type TimeoutPhase,
  TruncatedError,
  toErrorInfo,
  ValidationError,
  type ValidationIssue,
} from './errors.js';
export {
  type ArgumentsFormat,
  type BlockEndEvent,
  type ChoiceFinish,
  type CitationEvent,
  type Confidence,
  type ContentEvent,
  type Cost,
  type DeltaEvent,
  type ErrorInfo,
  type Executor,
  type FileEvent,
  type FileReference,
  type FinishEvent,
  type FinishMetadata,
  type FinishReason,
  isDeltaEvent,
  type JsonObject,
  type JsonValue,
  type LogprobsEvent,
  type Message,
  type MessagePart,
  type NativeFormat,
  type PartialMessage,
  type PartOrigin,
  type Phase,
  type PingEvent,
  type Price,
  type PricedRequest,
  type RawEvent,
  type ReasoningDeltaEvent,
  type RefusalDeltaEvent,
  type RequestTraits,
  type RequestUsage,
  type ResetEvent,
  type StartEvent,
  type StepEvent,
  type TextDeltaEvent,
  type Timing,
  type ToolApprovalEvent,
  type ToolCall,
  type ToolCallDeltaEvent,
  type ToolCallEndEvent,
  type ToolCallStartEvent,
  type ToolResultEvent,
  type Turn,
  type TurnPart,
  type Usage,
  type UsageEvent,
} from './events.js';
export {
  type Breaker,
  type BreakerOptions,
  type BreakerPass,
  type BreakerState,
  createBreaker,
} from './handles/createBreaker.js';
export {
  type ConcurrencyLimiter,
  type ConcurrencyLimiterOptions,
  type ConcurrencySlot,
  createConcurrencyLimiter,
} from './handles/createConcurrencyLimiter.js';
export { createDemand, type Demand } from './handles/createDemand.js';
export {
  createRateLimiter,
  type RateLimiter,
  type RateLimiterOptions,
  type RateLimitTurn,
} from './handles/createRateLimiter.js';
export type { ResponseHead } from './limits/retryAfter.js';
export { messageTurns } from './message/turns.js';
export type { CountTokens, TokenCounter, TokenStream } from './metering/tokenCounter.js';
export { type AccumulateTextOptions, accumulateText } from './operators/accumulateText.js';
export { type AggregateUsageOptions, aggregateUsage, type UsageSettlement } from './operators/aggregateUsage.js';
export { type ApplyOptions, applyOptions } from './operators/applyOptions.js';
export { batchFrames } from './operators/batchFrames.js';
export { type BufferToTextOptions, bufferToText } from './operators/bufferToText.js';
export { circuitBreaker } from './operators/circuitBreaker.js';
export {
  type AnswerSummary,
  type CallDecision,
  type ConversationCommand,
  type ConversationConcurrency,
  type ConversationOptions,
  type ConversationState,
  type ConversationTurn,
  conversation,
} from './operators/conversation.js';
export { type FallbackContext, type FallbackToOptions, fallbackTo } from './operators/fallbackTo.js';
export { type HedgeOptions, hedge } from './operators/hedge.js';
export { type InvalidJsonElement, type JsonElement, type JsonElementsOptions, jsonElements } from './operators/jsonElements.js';
export { limitConcurrency } from './operators/limitConcurrency.js';
export {
  type MarkdownBlock,
  type MarkdownBlockKind,
  type MarkdownBlocksOptions,
  type MarkdownText,
  markdownBlocks,
} from './operators/markdownBlocks.js';
export { type MeasureStreamOptions, measureStream, type TimingSettlement } from './operators/measureStream.js';
export { ofEvent } from './operators/ofEvent.js';
export { type ParseJsonOnCompleteOptions, parseJsonOnComplete } from './operators/parseJsonOnComplete.js';
export {
  type ParsedBy,
  type ParsedText,
  type Parser,
  type ParserObjection,
  type ParserRefusal,
  type ParserVerdict,
  parseOnComplete,
} from './operators/parseOnComplete.js';
export {
  type DeepPartial,
  type JsonEvent,
  type JsonPath,
  type JsonSnapshot,
  type PartialJsonEventsOptions,
  type PartialJsonOptions,
  partialJson,
} from './operators/partialJson.js';
export { partialToolInput } from './operators/partialToolInput.js';
export {
  type DebugLogger,
  debugOptions,
  highReliabilityOptions,
  highThroughputOptions,
  jsonModeOptions,
  lowLatencyOptions,
} from './operators/presets.js';
export { type RateLimitOptions, rateLimit } from './operators/rateLimit.js';
export { type ContinueWith, type RetryContext, type RetryStreamOptions, retryStream } from './operators/retryStream.js';
export { type SentencesOptions, sentences } from './operators/sentences.js';
export { shareStream } from './operators/shareStream.js';
export { type SmoothOptions, smooth, type TextUnit } from './operators/smooth.js';
export { type SplitLinesOptions, splitLines } from './operators/splitLines.js';
export { stopOn } from './operators/stopOn.js';
export { type TakeWithinBudgetOptions, takeWithinBudget } from './operators/takeWithinBudget.js';
export { type TapStreamOptions, tapStream } from './operators/tapStream.js';
export { type TextDeltasOptions, textDeltas } from './operators/textDeltas.js';
export { type TimeoutLimits, timeoutBetweenChunks } from './operators/timeoutBetweenChunks.js';
export { type ToMessageOptions, toMessage } from './operators/toMessage.js';
export {
  type MessageState,
  type MessageStatus,
  type RetryNotice,
  type StepState,
  type ToMessageStateOptions,
  type ToolState,
  type ToolStatus,
  toMessageState,
} from './operators/toMessageState.js';
export { type StandardSchema, validate } from './operators/validate.js';
export { withCost } from './operators/withCost.js';
export type { JsonReadingOptions } from './structured/jsonOptions.js';
export { type JsonOptions, json } from './structured/parsers/json.js';
export { text } from './structured/parsers/text.js';
export { resumeTools } from './tools/resumeTools.js';
export {
  type ApprovalContext,
  type AskModel,
  type Decision,
  type DecisionInput,
  type RoundContext,
  type RunToolsOptions,
  runTools,
  type StopContext,
  type Tool,
  type ToolContext,
  type ToolErrorContext,
  type Tools,
} from './tools/runTools.js';
