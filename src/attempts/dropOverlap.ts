import type { MonoTypeOperatorFunction } from 'rxjs';
import { type DeltaEvent, isContent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { createOverlapSearch, type OverlapSearch } from './overlap.js';

/** The longest overlap that is found, and so the most text that is held back, in UTF-16 code units. */
const longestOverlap = 4_096;
/** A shorter overlap is coincidence ("hel" and "lo"), unless it is the whole text. */
const shortestOverlap = 3;

/**
 * Drops the beginning of the text of choice 0 as far as it repeats the end of `before`.
 *
 * Text is held back only while it may be a part of the overlap, and the events that belong to it (citations, log-probabilities) are held back
 * with it. On an error, text that is held back is discarded, because so far it was all overlap.
 */
export function dropOverlap(before: string): MonoTypeOperatorFunction<DeltaEvent> {
  const tail = before.slice(-longestOverlap);
  return operate((destination) => {
    let search: OverlapSearch | undefined = tail === '' ? undefined : createOverlapSearch(tail);
    let held: DeltaEvent[] = [];

    function release(length: number): void {
      search = undefined;
      let surplus = length < Math.min(shortestOverlap, tail.length) ? 0 : length;
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
        if (!search || isIndependent(event)) return destination.next(event);
        if (event.type === 'text-delta') {
          held.push(event);
          const length = search.push(event.text);
          if (length !== undefined) release(length);
        } else if (held.length > 0 && (event.type === 'citation' || event.type === 'logprobs')) held.push(event);
        else {
          if (held.length > 0) release(search.end());
          destination.next(event);
        }
      },
      complete() {
        if (search) release(search.end());
        destination.complete();
      },
    };
  });
}

/** Whether the event neither belongs to the text nor ends it. */
function isIndependent(event: DeltaEvent): boolean {
  if ('choice' in event) return event.choice !== 0;
  return !isContent(event) && event.type !== 'step' && event.type !== 'finish';
}
