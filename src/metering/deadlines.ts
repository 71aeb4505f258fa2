import { asyncScheduler } from 'rxjs';
import type { TimeoutPhase } from '../errors.js';
import type { DeltaEvent } from '../events.js';

export interface TimeLimits {
  /** Longest wait from subscribe to the first event other than `ping`, in milliseconds. @defaultValue no limit */
  readonly firstMs?: number;
  /** Longest silence between two events other than `ping`, in milliseconds. @defaultValue no limit */
  readonly betweenMs?: number;
  /** Longest time from subscribe to the end, retries and their delays included, in milliseconds. @defaultValue no limit */
  readonly totalMs?: number;
  /** Whether a `ping` counts as an event, so that a provider which only sends pings does not time out. @defaultValue false */
  readonly countPings?: boolean;
}

export interface Deadline {
  readonly phase: TimeoutPhase;
  readonly limitMs: number;
  /** As `asyncScheduler.now()` counts; `Infinity` for never. */
  readonly dueAt: number;
}

/** Knows when which limit is due. */
export interface Deadlines {
  next(): Deadline;
  /** Returns whether the deadline may now be earlier, because another limit runs. */
  push(event: DeltaEvent): boolean;
  /** Stops the limits of silence, or starts them again in full. */
  setPaused(paused: boolean): void;
}

/** `totalMs` runs from now on; `firstMs` and `betweenMs` run one after the other. */
export function createDeadlines(limits: TimeLimits): Deadlines {
  const { firstMs = Infinity, betweenMs = Infinity, totalMs = Infinity, countPings = false } = limits;
  const totalAt = asyncScheduler.now() + totalMs;
  let phase: 'first' | 'between' = 'first';
  let since = asyncScheduler.now();
  let stopped = false;

  return {
    next() {
      const limitMs = phase === 'first' ? firstMs : betweenMs;
      const dueAt = stopped ? Infinity : since + limitMs;
      return dueAt <= totalAt ? { phase, limitMs, dueAt } : { phase: 'total', limitMs: totalMs, dueAt: totalAt };
    },
    push(event) {
      if (event.type === 'reset') {
        phase = 'first';
        since = asyncScheduler.now() + event.delayMs;
        return true;
      }
      if (event.type === 'ping' ? !countPings : event.type === 'raw' && event.name === 'payload') return false;
      since = asyncScheduler.now();
      const wasFirst = phase === 'first';
      phase = 'between';
      return wasFirst;
    },
    setPaused(paused) {
      stopped = paused;
      // The delay of a reset is not shortened by a pause.
      since = Math.max(since, asyncScheduler.now());
    },
  };
}
