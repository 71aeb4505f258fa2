import type {
  DeltaEvent,
  FileEvent,
  ReasoningDeltaEvent,
  RefusalDeltaEvent,
  TextDeltaEvent,
  ToolCallDeltaEvent,
} from '../events.js';

/** A delta of text. Several in a row with the same target are equivalent to one with their texts joined. */
export type TextPieceEvent = TextDeltaEvent | ReasoningDeltaEvent | RefusalDeltaEvent | ToolCallDeltaEvent;

/** Whether an event is a delta: whether it adds a piece of content, text or file. */
export function isDelta(event: DeltaEvent): event is TextPieceEvent | FileEvent {
  return isTextPiece(event) || event.type === 'file';
}

export function isTextPiece(event: DeltaEvent): event is TextPieceEvent {
  const { type } = event;
  return type === 'text-delta' || type === 'reasoning-delta' || type === 'refusal-delta' || type === 'tool-call-delta';
}

/** Whether two pieces extend the same text, so that they may be merged. */
export function haveSameTarget(one: TextPieceEvent, other: TextPieceEvent): boolean {
  if (one.type !== other.type || one.block !== other.block || one.choice !== other.choice) return false;
  if (one.type === 'text-delta') return one.phase === (other as TextDeltaEvent).phase;
  return one.type !== 'tool-call-delta' || one.callId === (other as ToolCallDeltaEvent).callId;
}

export function pieceText(event: TextPieceEvent): string {
  return event.type === 'tool-call-delta' ? event.argumentsText : event.text;
}

/** A copy of the event with other text. */
export function withText<E extends TextPieceEvent>(event: E, text: string): E {
  if (event.type === 'tool-call-delta') return { ...event, argumentsText: text };
  if (event.type !== 'text-delta') return { ...event, text };
  // Most events are text deltas, and this literal is faster than a spread.
  const { type, block, choice, phase } = event;
  return { type, text, block, choice, phase } as E;
}

/** The text that the model generated with an event, which counts as output tokens: also the names and arguments of its calls. */
export function writtenText(event: DeltaEvent): string {
  if (event.type === 'tool-call-start') return event.name;
  return isTextPiece(event) ? pieceText(event) : '';
}
