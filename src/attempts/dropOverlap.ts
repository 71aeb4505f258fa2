import type { MonoTypeOperatorFunction } from 'rxjs';
import { type DeltaEvent, isContent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { createRepetition, type Repetition } from './overlap.js';

/** How far back a repetition is looked for, and so how much text may be held, in UTF-16 code units. */
const longestRepetition = 4_096;
/** A shorter repetition is taken for chance ("hel" and "lo"), unless it is all that was said. */
const shortestRepetition = 3;

/**
 * Drops what the text of choice 0 repeats, at its beginning, of the end of `before`. Text is held only while it may still be a repetition,
 * and what belongs to it (citations, log-probabilities) waits with it. Text held at an error is dropped: so far it was a repetition.
 */
export function dropRepetition(before: string): MonoTypeOperatorFunction<DeltaEvent> {
  const tail = before.slice(-longestRepetition);
  return operate((destination) => {
    let repetition: Repetition | undefined = tail === '' ? undefined : createRepetition(tail);
    let held: DeltaEvent[] = [];

    function release(length: number): void {
      repetition = undefined;
      let surplus = length < Math.min(shortestRepetition, tail.length) ? 0 : length;
      for (const event of held) {
        if (event.type !== 'text-delta' || surplus === 0) {
          destination.next(event);
          continue;
        }
        if (event.text.length > surplus) destination.next({ ...event, text: event.text.slice(surplus) });
        surplus = Math.max(0, surplus - event.text.length);
      }
      held = [];
    }

    return {
      next(event) {
        if (!repetition || passesBy(event)) return destination.next(event);
        if (event.type === 'text-delta') {
          held.push(event);
          const length = repetition.push(event.text);
          if (length !== undefined) release(length);
        } else if (held.length > 0 && (event.type === 'citation' || event.type === 'logprobs')) held.push(event);
        else {
          if (held.length > 0) release(repetition.end());
          destination.next(event);
        }
      },
      complete() {
        if (repetition) release(repetition.end());
        destination.complete();
      },
    };
  });
}

/** What neither belongs to the text nor ends it. */
function passesBy(event: DeltaEvent): boolean {
  if ('choice' in event) return event.choice !== 0;
  return !isContent(event) && event.type !== 'step' && event.type !== 'finish';
}
