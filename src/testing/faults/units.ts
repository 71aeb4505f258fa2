import type { MonoTypeOperatorFunction, Subscriber } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { operate } from '../../kernel/operate.js';

/** How a fault counts: events, or the bytes of chunks. */
export interface Units<T> {
  sizeOf(value: T): number;
  /** Splits a value; an empty part is `undefined`. */
  split(value: T, at: number): readonly [head: T | undefined, tail: T | undefined];
}

/** Events cannot be split: one event is one unit. */
export const inEvents: Units<DeltaEvent> = {
  sizeOf: () => 1,
  split: (event, at) => (at < 1 ? [undefined, event] : [event, undefined]),
};

export const inBytes: Units<Uint8Array> = {
  sizeOf: ({ length }) => length,
  split: (chunk, at) => [nonEmpty(chunk.subarray(0, at)), nonEmpty(chunk.subarray(at))],
};

function nonEmpty(chunk: Uint8Array): Uint8Array | undefined {
  return chunk.length === 0 ? undefined : chunk;
}

/** Forwards `count` units, unsubscribes from the source and calls `end`. A shorter source completes or errors by itself. */
export function endAfter<T>(
  count: number,
  units: Units<T>,
  end: (destination: Subscriber<T>) => void,
): MonoTypeOperatorFunction<T> {
  return operate((destination, upstream) => {
    let remaining = count;
    const close = (): void => {
      upstream.unsubscribe();
      end(destination);
    };
    if (remaining === 0) close();
    return {
      next(value) {
        const [head] = units.split(value, remaining);
        remaining -= units.sizeOf(value);
        if (head !== undefined) destination.next(head);
        if (remaining <= 0) close();
      },
    };
  });
}
