import { asyncScheduler, type Subscription } from 'rxjs';

/** The values of an Observable tool: the last one is the result, those before it are progress. */
export interface Progress {
  push(value: unknown): void;
  /** Ends, and returns the last value. */
  end(): unknown;
  /** Forgets what is held back. */
  discard(): void;
}

/**
 * A value is held back until the tool has run to its end, because only then it is known whether the tool completes with it: until the next value, or a
 * timer of 0 ms. Where the completion comes later, the last value is progress as well. Not by a microtask, because `TestScheduler` loses count when
 * one is cancelled in the frame of a timer.
 *
 *     tool       a--b--(c|)
 *     emit       a--b
 *     end              c
 */
export function createProgress(emit: (value: unknown) => void): Progress {
  let value: unknown;
  let held = false;
  let release: Subscription | undefined;

  function emitHeld(): void {
    if (!held) return;
    held = false;
    emit(value);
  }

  function discard(): void {
    held = false;
    release?.unsubscribe();
  }

  return {
    push(next) {
      emitHeld();
      value = next;
      held = true;
      release ??= asyncScheduler.schedule(() => {
        release = undefined;
        emitHeld();
      });
    },
    end() {
      discard();
      return value;
    },
    discard,
  };
}
