import { asyncScheduler } from 'rxjs';

/** The length of every rate, in milliseconds. */
const windowMs = 60_000;

/** An amount that was taken, as it counts now. */
export interface WindowEntry {
  readonly at: number;
  amount: number;
}

/** What was taken in the last minute: never more than the limit, wherever the minute begins. */
export interface SlidingWindow {
  /**
   * The earliest time, as `asyncScheduler.now()` counts, at which an amount may fit; 0 if it fits now. An amount larger than the limit fits an
   * empty window, and none fits a full one.
   */
  fitsAt(amount: number): number;
  take(amount: number): WindowEntry;
  /** Tells what an amount has turned out to be: less is given back at once, more counts from now on. */
  correct(entry: WindowEntry, amount: number): void;
}

export function createSlidingWindow(limit: number): SlidingWindow {
  let entries: WindowEntry[] = [];
  /** The oldest entry that counts. */
  let oldest = 0;
  let sum = 0;

  function expire(): void {
    const since = asyncScheduler.now() - windowMs;
    for (let entry = entries[oldest]; entry && entry.at <= since; entry = entries[++oldest]) sum -= entry.amount;
    // Not one by one, because that moves all the others.
    if (oldest > entries.length / 2) {
      entries = entries.slice(oldest);
      oldest = 0;
    }
    // Fractions leave dust.
    if (entries.length === 0) sum = 0;
  }

  function take(amount: number): WindowEntry {
    const entry = { at: asyncScheduler.now(), amount };
    // Without a limit nobody will ask for them.
    if (limit === Infinity) return entry;
    entries.push(entry);
    sum += amount;
    return entry;
  }

  return {
    fitsAt(amount) {
      expire();
      if (sum < limit && sum + Math.min(amount, limit) <= limit) return 0;
      return (entries[oldest]?.at ?? 0) + windowMs;
    },
    take,
    correct(entry, amount) {
      expire();
      const more = amount - entry.amount;
      if (more > 0) take(more);
      else if (entry.at > asyncScheduler.now() - windowMs) {
        sum += more;
        entry.amount = amount;
      }
    },
  };
}
