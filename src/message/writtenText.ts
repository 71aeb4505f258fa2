import type { DeltaEvent } from '../events.js';

/** What the model wrote itself, and is paid for: text, reasoning, refusals, and the names and arguments of its calls. */
export function writtenText(event: DeltaEvent): string {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return event.text;
    case 'tool-call-start':
      return event.name;
    case 'tool-call-delta':
      return event.argumentsText;
    default:
      return '';
  }
}
