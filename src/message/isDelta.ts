import type { DeltaEvent } from '../events.js';

/** Tells whether an event is a piece of what the model makes, as they stream in: of text, reasoning, a refusal, arguments, or a file. */
export function isDelta(event: DeltaEvent): boolean {
  return event.type.endsWith('-delta') || event.type === 'file';
}
