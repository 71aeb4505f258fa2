import type { ErrorInfo, Turn, TurnPart, Usage } from '../events.js';
import type { MessageState } from './messageState.js';

/** What the user of a conversation does. */
export type ConversationCommand =
  /** Sends a message: a text, other parts, or both. */
  | { readonly type: 'send'; readonly text: string; readonly parts?: readonly TurnPart[] | undefined }
  | { readonly type: 'send'; readonly text?: string | undefined; readonly parts: readonly TurnPart[] }
  /** Ends the answer that runs, and keeps what has arrived. */
  | { readonly type: 'stop' }
  /** Asks again for the last answer. */
  | { readonly type: 'retry' }
  /** Gives a turn of the user another text, and asks again from there. @param index Its place among `turns`. */
  | { readonly type: 'edit'; readonly index: number; readonly text: string }
  /** Decides on a call that waits for it. */
  | { readonly type: 'approve'; readonly callId: string; readonly approved: boolean }
  /** Begins a new conversation; the system turns at the beginning stay. */
  | { readonly type: 'clear' };

/** How an answer ended, and what it used. */
export type AnswerSummary = Pick<
  MessageState,
  'status' | 'finishReason' | 'id' | 'model' | 'provider' | 'citations' | 'usage' | 'timing' | 'error'
>;

/** A turn of a conversation. */
export interface ConversationTurn extends Turn {
  /** Present on the last turn of an answer. */
  readonly answer?: AnswerSummary | undefined;
}

/** A decision of the user on a call. */
export interface CallDecision {
  readonly callId: string;
  readonly approved: boolean;
}

/**
 * A conversation at one moment, as immutable, plain data. It can be stored as JSON, and go on in another page as `initial`. What a command or
 * an event does not concern is the same object in the next state.
 */
export interface ConversationState {
  /** What the next request sends. The answer that runs is not among them. */
  readonly turns: readonly ConversationTurn[];
  /** The answer that runs. */
  readonly live: MessageState | undefined;
  /** Whether an answer runs, or a call waits for a decision, or the last answer failed. */
  readonly status: 'idle' | 'streaming' | 'waiting' | 'error';
  /** The turns of the user that will be sent when the answer that runs has ended. */
  readonly queued: readonly ConversationTurn[];
  /** The turns that `retry`, `edit` and `clear` have cut. */
  readonly discarded: readonly ConversationTurn[];
  /** The decisions on calls of the answer that runs: they count when it has ended. */
  readonly decisions: readonly CallDecision[];
  /** What all answers have used, also those that were stopped, failed or discarded. */
  readonly usage: Usage | undefined;
  /** The error of the last answer, or of a command that is none. */
  readonly error: ErrorInfo | undefined;
}

/** What a `send` does while an answer runs: it stops that answer, waits for its end, or is ignored. */
export type ConversationConcurrency = 'switch' | 'queue' | 'reject';
