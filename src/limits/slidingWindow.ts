import { asyncScheduler } from 'rxjs';

/** The length of the window, in milliseconds: all rates are per minute. */
const windowMs = 60_000;

/** An amount that was recorded. */
export interface WindowEntry {
  readonly at: number;
  amount: number;
}

/** Limits what is recorded in any 60 seconds, wherever they begin. */
export interface SlidingWindow {
  /**
   * The earliest time, as `asyncScheduler.now()` counts, at which an amount may fit; 0 if it fits now. An amount larger than the limit fits
   * only an empty window, and no amount, not even 0, fits a full one.
   */
  fitsAt(amount: number): number;
  record(amount: number): WindowEntry;
  /** Replaces an estimate by the actual amount: a surplus is free again at once, an excess is recorded as of now. */
  correct(entry: WindowEntry, amount: number): void;
}

export function createSlidingWindow(limit: number): SlidingWindow {
  let entries: WindowEntry[] = [];
  /** The index of the oldest entry within the window. */
  let oldest = 0;
  let sum = 0;

  function expire(): void {
    const since = asyncScheduler.now() - windowMs;
    for (let entry = entries[oldest]; entry && entry.at <= since; entry = entries[++oldest]) sum -= entry.amount;
    // Expired entries are removed in bulk, because each removal from an array moves all the others.
    if (oldest > entries.length / 2) {
      entries = entries.slice(oldest);
      oldest = 0;
    }
    // Sums of fractions are inexact: an empty window sums to 0.
    if (entries.length === 0) sum = 0;
  }

  function record(amount: number): WindowEntry {
    const entry = { at: asyncScheduler.now(), amount };
    // Without a limit, entries are never read.
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
    record,
    correct(entry, amount) {
      expire();
      const excess = amount - entry.amount;
      if (excess > 0) record(excess);
      else if (entry.at > asyncScheduler.now() - windowMs) {
        sum += excess;
        entry.amount = amount;
      }
    },
  };
}
