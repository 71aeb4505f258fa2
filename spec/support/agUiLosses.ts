import type { DeltaEvent, UsageEvent } from '../../src/events.js';

/** A stream without what `agUi` loses, as its docs page lists it. */
export interface Carried {
  readonly events: readonly DeltaEvent[];
  /** The last usage, wherever it was. */
  readonly usage: UsageEvent | undefined;
  /** The argument text of each call that ended, in order. */
  readonly argumentTexts: readonly string[];
}

export function withoutLosses(events: readonly DeltaEvent[]): Carried {
  const otherCalls = new Set(
    events.flatMap((event) => (event.type === 'tool-call-start' && event.choice !== 0 ? [event.callId] : [])),
  );
  return {
    events: events.filter((event) => isCarried(event, otherCalls)),
    usage: events.findLast((event) => event.type === 'usage'),
    argumentTexts: events.flatMap((event) => (event.type === 'tool-call-end' && event.choice === 0 ? [event.argumentsText] : [])),
  };
}

function isCarried(event: DeltaEvent, otherCalls: ReadonlySet<string>): boolean {
  if ('choice' in event && event.choice !== 0) return false;
  switch (event.type) {
    case 'ping':
    case 'usage':
    // Their pieces may be others, where the whole differs from its pieces.
    case 'tool-call-delta':
      return false;
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return event.text !== '';
    case 'tool-result':
    case 'tool-approval':
      return !otherCalls.has(event.callId);
    default:
      return true;
  }
}
