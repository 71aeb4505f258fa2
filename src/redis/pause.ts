import { asyncScheduler } from 'rxjs';

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    asyncScheduler.schedule(() => resolve(), milliseconds);
  });
}

/** The wait before a repeat: 20 ms, twice as long each time, at most half a second. */
export function pauseAfter(failures: number): Promise<void> {
  return pause(Math.min(20 * 2 ** Math.min(failures, 10), 500));
}
