import type { MonoTypeOperatorFunction, Subscriber } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { operate } from '../../kernel/operate.js';

/** What a fault counts: events, or the bytes of chunks. */
export interface Units<T> {
  sizeOf(value: T): number;
  /** Both parts of a value that is cut inside; a part is `undefined` where it is empty. */
  split(value: T, at: number): readonly [head: T | undefined, tail: T | undefined];
}

/** An event is whole or not there. */
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

/** Lets so many units through, lets the source go, and ends as it is told; a source that is over before ends as it does. */
export function endAfter<T>(
  count: number,
  units: Units<T>,
  end: (destination: Subscriber<T>) => void,
): MonoTypeOperatorFunction<T> {
  return operate((destination, upstream) => {
    let left = count;
    const close = (): void => {
      upstream.unsubscribe();
      end(destination);
    };
    if (left === 0) close();
    return {
      next(value) {
        const [head] = units.split(value, left);
        left -= units.sizeOf(value);
        if (head !== undefined) destination.next(head);
        if (left <= 0) close();
      },
    };
  });
}
