import type { DeltaEvent, ReasoningDeltaEvent, RefusalDeltaEvent, TextDeltaEvent, ToolCallDeltaEvent } from '../events.js';

/** An event that only adds text to what is open, so that several in a row say the same as one. */
export type AddingEvent = TextDeltaEvent | ReasoningDeltaEvent | RefusalDeltaEvent | ToolCallDeltaEvent;

export function isAdding(event: DeltaEvent): event is AddingEvent {
  const { type } = event;
  return type === 'text-delta' || type === 'reasoning-delta' || type === 'refusal-delta' || type === 'tool-call-delta';
}

/** Tells whether two events add to the same thing. */
export function addsToSame(one: AddingEvent, other: AddingEvent): boolean {
  if (one.type !== other.type || one.block !== other.block || one.choice !== other.choice) return false;
  if (one.type === 'text-delta') return one.phase === (other as TextDeltaEvent).phase;
  return one.type !== 'tool-call-delta' || one.callId === (other as ToolCallDeltaEvent).callId;
}

/** What an event adds. */
export function addedText(event: AddingEvent): string {
  return event.type === 'tool-call-delta' ? event.argumentsText : event.text;
}

/** The event with other text. */
export function adding<E extends AddingEvent>(event: E, text: string): E {
  if (event.type === 'tool-call-delta') return { ...event, argumentsText: text };
  if (event.type !== 'text-delta') return { ...event, text };
  // Most are these, and a spread takes longer.
  const { type, block, choice, phase } = event;
  return { type, text, block, choice, phase } as E;
}
