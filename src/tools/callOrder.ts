import type { ToolResultEvent } from '../events.js';
import type { ToolEvent } from './toolEvents.js';

/** Brings the results of calls that run in parallel into the order of the calls. */
export interface CallOrder {
  /** Takes an event of a call. Only its result is held back, while an earlier call runs. */
  push(index: number, event: ToolEvent): void;
  /** A call ended, with a result or without. */
  end(index: number): void;
  /** Emits the results that are held back. */
  flush(): void;
}

/** @param count The number of calls. */
export function createCallOrder(count: number, emit: (event: ToolEvent) => void): CallOrder {
  const states = Array.from({ length: count }, (): 'running' | 'waiting' | 'ended' => 'running');
  const results = new Map<number, ToolResultEvent>();
  /** Every call before it has ended. */
  let first = 0;

  function release(): void {
    for (let index = first; index < count && states[index] !== 'running'; index++) emitResult(index);
    while (states[first] === 'ended') first++;
  }

  function emitResult(index: number): void {
    const result = results.get(index);
    if (!result) return;
    results.delete(index);
    emit(result);
  }

  return {
    push(index, event) {
      if (event.type === 'tool-result' && !event.preliminary) {
        results.set(index, event);
        return;
      }
      emit(event);
      if (event.type !== 'tool-approval') return;
      // A call that waits for a decision holds back no other.
      states[index] = event.approved === undefined ? 'waiting' : 'running';
      release();
    },
    end(index) {
      states[index] = 'ended';
      release();
    },
    flush() {
      for (const index of [...results.keys()].sort((a, b) => a - b)) emitResult(index);
    },
  };
}
