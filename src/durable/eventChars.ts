import type { DeltaEvent } from '../events.js';

/** What an event takes in memory beside its texts, in characters. */
const fixedChars = 64;

/** About how many characters an event holds: its texts, and its nested objects as JSON. */
export function eventChars(event: DeltaEvent): number {
  let chars = fixedChars;
  for (const value of Object.values(event)) {
    if (typeof value === 'string') chars += value.length;
    else if (typeof value === 'object' && value !== null) chars += JSON.stringify(value).length;
  }
  return chars;
}
