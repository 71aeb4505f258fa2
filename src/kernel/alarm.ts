import { asyncScheduler, type Subscription } from 'rxjs';

/** The longest wait that a platform timer keeps, in milliseconds; past it, timers fire at once. */
export const longestTimerMs: number = 2 ** 31 - 1;

/** One timer for a time that keeps moving later: re-armed for the remainder when it fires, never once an event. */
export interface Alarm {
  /** Looks at the time again; needed only when it may have moved earlier. */
  set(): void;
  /** Ends the alarm. */
  clear(): void;
}

/** @param dueAt When to ring, as `asyncScheduler.now()` counts; `Infinity` for never. */
export function createAlarm(dueAt: () => number, ring: () => void): Alarm {
  let armed: Subscription | undefined;
  let armedFor = Infinity;

  function wait(milliseconds: number, then: () => void): void {
    armed?.unsubscribe();
    armed = asyncScheduler.schedule(then, Math.min(Math.max(milliseconds, 0), longestTimerMs));
  }

  function set(): void {
    const due = dueAt();
    if (due >= armedFor) return;
    armedFor = due;
    wait(due - asyncScheduler.now(), () => {
      armedFor = Infinity;
      // One more turn of the event loop, so that what has already arrived is read first.
      if (!setLater()) wait(0, () => setLater() || ring());
    });
  }

  function setLater(): boolean {
    const later = asyncScheduler.now() < dueAt();
    if (later) set();
    return later;
  }

  return { set, clear: () => armed?.unsubscribe() };
}
