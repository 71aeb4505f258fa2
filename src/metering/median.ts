/** The median of many durations, without keeping them. */
export interface Median {
  push(milliseconds: number): void;
  /** `undefined` of none; of an even number, the middle between the two in the middle. */
  read(): number | undefined;
}

const significantBits = 8;

/**
 * A histogram: exact below 256 ms, within 1/256 beyond, because the width of its classes grows with what they hold. It holds at most 256
 * classes, and 128 more for each doubling, and allocates only for a class that it has not seen.
 */
export function createMedian(): Median {
  const counts = new Map<number, number>();
  let size = 0;

  /** The value at a place among all in ascending order. */
  function at(place: number): number {
    let passed = 0;
    for (const [value, count] of [...counts].sort(([a], [b]) => a - b)) {
      passed += count;
      if (passed > place) return value;
    }
    return Number.NaN;
  }

  return {
    push(milliseconds) {
      const value = toClass(milliseconds);
      counts.set(value, (counts.get(value) ?? 0) + 1);
      size++;
    },
    read: () => (size === 0 ? undefined : (at((size - 1) >> 1) + at(size >> 1)) / 2),
  };
}

/** The middle of the class that the value falls into. */
function toClass(value: number): number {
  const rounded = Math.round(value);
  const width = 2 ** Math.max(0, 32 - Math.clz32(rounded) - significantBits);
  return width === 1 ? rounded : (Math.floor(rounded / width) + 0.5) * width;
}
