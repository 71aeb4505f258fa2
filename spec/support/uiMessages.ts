import type { DeltaEvent } from '../../src/events.js';
import { isContent } from '../../src/events.js';

export const versions = [6, 7] as const;

/**
 * The events of a stream that `uiMessages` carries, up to the first `reset` that it cannot express: what its page lists is left out.
 */
export function carriedEvents(events: readonly DeltaEvent[], version: 6 | 7): readonly DeltaEvent[] {
  const last = firstLost(events, version);
  const carried: DeltaEvent[] = [];
  const otherCalls = new Set<string>();
  let files = new Set<number>();
  let step = 0;
  for (const event of last < 0 ? events : events.slice(0, last)) {
    if ('choice' in event && event.choice !== 0) {
      if (event.type === 'tool-call-start') otherCalls.add(event.callId);
      continue;
    }
    if (event.type === 'step') step = event.step;
    // The one of a continuation, whose step has not begun, voids nothing.
    if (event.type === 'step' || (event.type === 'reset' && event.step <= step)) files = new Set();
    if (event.type === 'file') files.add(event.block);
    if (isLost(event, version, otherCalls, files)) continue;
    // Of several resets that void nothing, the last one is carried, with the start that follows it.
    if (event.type === 'reset' && carried.at(-1)?.type === 'reset') carried.pop();
    carried.push(event);
  }
  while (carried.at(-1)?.type === 'reset') carried.pop();
  return carried;
}

function isLost(event: DeltaEvent, version: 6 | 7, otherCalls: ReadonlySet<string>, files: ReadonlySet<number>): boolean {
  switch (event.type) {
    case 'ping':
    case 'raw':
    case 'logprobs':
    // Their pieces are sent as one event: the message that they add up to is compared instead.
    case 'file':
      return true;
    case 'block-end':
      return files.has(event.block);
    case 'tool-result':
      return otherCalls.has(event.callId);
    case 'tool-approval':
      return otherCalls.has(event.callId) || (version === 6 && event.approved === true);
    default:
      return false;
  }
}

/** The index of the first `reset` that voids more than their client can; -1 if there is none. */
export function firstLost(events: readonly DeltaEvent[], version: 6 | 7): number {
  const said = new Set<number>();
  const otherCalls = new Set<string>();
  let step = 0;
  return events.findIndex((event) => {
    if (event.type === 'step') step = event.step;
    if (event.type === 'reset') {
      const voided = [...said].filter((each) => each >= event.step);
      if (voided.length > 0 && (version === 6 || voided.some((each) => each !== step))) return true;
      if (voided.length > 0) said.delete(step);
      step = Math.min(step, event.step);
    }
    if (event.type === 'tool-call-start' && event.choice !== 0) otherCalls.add(event.callId);
    const isOther = ('choice' in event && event.choice !== 0) || ('callId' in event && otherCalls.has(event.callId));
    if (isContent(event) && !isOther) said.add(step);
    return false;
  });
}
