/** The median of many durations, without keeping them. */
export interface Median {
  push(milliseconds: number): void;
  /** The mean of the two durations in the middle if their number is even; `undefined` if there are none. */
  read(): number | undefined;
}

const significantBits = 8;

/**
 * A histogram: exact below 256 ms and within 1/256 above, because its classes become wider as the durations grow. It holds at most 256
 * classes, and 128 more for each doubling, and allocates only for a class without durations so far.
 */
export function createMedian(): Median {
  const counts = new Map<number, number>();
  let size = 0;

  /** The value at an index of all values in ascending order. */
  function valueAt(index: number): number {
    let passed = 0;
    for (const [value, count] of [...counts].sort(([a], [b]) => a - b)) {
      passed += count;
      if (passed > index) return value;
    }
    return Number.NaN;
  }

  return {
    push(milliseconds) {
      const value = toClass(milliseconds);
      counts.set(value, (counts.get(value) ?? 0) + 1);
      size++;
    },
    read: () => (size === 0 ? undefined : (valueAt((size - 1) >> 1) + valueAt(size >> 1)) / 2),
  };
}

/** The middle of the class that the value belongs to. */
function toClass(value: number): number {
  const rounded = Math.round(value);
  const width = 2 ** Math.max(0, 32 - Math.clz32(rounded) - significantBits);
  return width === 1 ? rounded : (Math.floor(rounded / width) + 0.5) * width;
}
