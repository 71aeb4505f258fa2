import { asyncScheduler, type OperatorFunction, type Subscription } from 'rxjs';
import { operate } from '../kernel/operate.js';

/** A value of a tool: its result, or progress. */
export interface ToolValue {
  readonly value: unknown;
  readonly preliminary: boolean;
}

/**
 * Marks each value but the last as preliminary. A value is held back until the source has run to its end, because only then it is known
 * whether the source completes with it: until the next value, or a timer of 0 ms. Where the completion comes later, the last value is emitted
 * twice. Not by a microtask, because `TestScheduler` loses count when one is cancelled in the frame of a timer.
 *
 *     source     a--b--(c|)
 *     result     A--B--(c|)     A, B: preliminary
 */
export function markProgress(): OperatorFunction<unknown, ToolValue> {
  return operate((destination) => {
    let value: unknown;
    let held = false;
    let release: Subscription | undefined;

    function emitHeld(): void {
      if (!held) return;
      held = false;
      destination.next({ value, preliminary: true });
    }

    return {
      next(next) {
        emitHeld();
        value = next;
        held = true;
        if (release) return;
        release = asyncScheduler.schedule(() => {
          release = undefined;
          emitHeld();
        });
        destination.add(release);
      },
      complete() {
        release?.unsubscribe();
        destination.next({ value, preliminary: false });
        destination.complete();
      },
    };
  });
}
