import type { Cost, ErrorInfo, FinishReason, JsonValue, PartialMessage, ResetEvent, ToolCall } from '../events.js';

/**
 * What happens to an answer: it is awaited, it arrives, it is asked for again after a fault, it is complete, it was stopped, or it failed. The
 * last three are final.
 */
export type MessageStatus = 'pending' | 'streaming' | 'retrying' | 'done' | 'aborted' | 'error';

/**
 * An answer at one moment, as immutable, plain data. An event changes only what it concerns: everything else is the same object in the next
 * state, so that views can compare by identity.
 */
export interface MessageState extends PartialMessage {
  readonly status: MessageStatus;
  /** The calls of tools, in the order of their blocks, each with its progress and its result. */
  readonly tools: readonly ToolState[];
  /** The rounds of a tool loop; an answer without tools has one. */
  readonly steps: readonly StepState[];
  /** What the answer has cost so far, with the attempts that failed: present if `withCost` is applied or the provider reports it. */
  readonly cost: Cost | undefined;
  /** The repeat that is awaited while the status is `retrying`. */
  readonly retry: RetryNotice | undefined;
  /** The error that ended the answer, as plain JSON; its `partial` is the answer so far. */
  readonly error: ErrorInfo | undefined;
}

/** A repeat of the request: its number, from 2, why it is needed, and after which delay it is sent. */
export type RetryNotice = Pick<ResetEvent, 'attempt' | 'cause' | 'delayMs' | 'error'>;

/**
 * What happens to a call: its arguments arrive, it is complete, it waits for a decision, it was denied, it reported progress, it has a result,
 * or its result is an error.
 */
export type ToolStatus = 'writing' | 'called' | 'waiting' | 'denied' | 'running' | 'done' | 'failed';

/** A call of a tool at one moment. */
export interface ToolState extends ToolCall {
  readonly step: number;
  readonly status: ToolStatus;
  /** The last progress that the tool reported. */
  readonly progress: JsonValue | undefined;
  /** The result. */
  readonly output: JsonValue | undefined;
  readonly isError: boolean;
  /** The decision on the call; `undefined` while it waits, and if it needs none. */
  readonly approved: boolean | undefined;
}

/** One round of a tool loop at one moment. */
export interface StepState {
  readonly step: number;
  /** The provider's id of the response. */
  readonly id: string | undefined;
  readonly model: string | undefined;
  /** Why the round ended; `undefined` while it runs. */
  readonly reason: FinishReason | undefined;
  readonly tools: readonly ToolState[];
}

/** The state before the first event: an object for all streams, so that two of them compare as equal. */
export const pendingState: MessageState = Object.freeze({
  status: 'pending',
  id: undefined,
  model: undefined,
  provider: undefined,
  text: '',
  reasoning: '',
  refusal: '',
  toolCalls: Object.freeze([]),
  citations: Object.freeze([]),
  parts: Object.freeze([]),
  tools: Object.freeze([]),
  steps: Object.freeze([]),
  usage: undefined,
  cost: undefined,
  finishReason: undefined,
  timing: undefined,
  retry: undefined,
  error: undefined,
});
