import { asyncScheduler, type Subscription } from 'rxjs';

/** The longest delay of a platform timer, in milliseconds; a timer with a longer one fires at once. */
export const longestTimerMs: number = 2 ** 31 - 1;

/** One timer for a deadline that moves later: re-armed for the remainder when it fires, not at every event. */
export interface Alarm {
  /** Reads the deadline again; needed only if it may be earlier now. */
  set(): void;
  /** Ends the alarm for good. */
  clear(): void;
}

/** @param dueAt The deadline, as `asyncScheduler.now()` counts; `Infinity` for never. */
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
      // One more turn of the event loop, so that events which have already arrived are read first.
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
