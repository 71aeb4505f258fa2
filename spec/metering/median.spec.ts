import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createMedian } from '../../src/metering/median.js';

function medianOf(values: readonly number[]): number | undefined {
  const median = createMedian();
  for (const value of values) median.push(value);
  return median.read();
}

function exact(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (place: number): number => sorted[place] ?? Number.NaN;
  return (middle((sorted.length - 1) >> 1) + middle(sorted.length >> 1)) / 2;
}

describe('createMedian', () => {
  it('is undefined without durations', () => {
    expect(medianOf([])).toBeUndefined();
  });

  it('is the duration in the middle, or the mean of the two in the middle', () => {
    expect(medianOf([7])).toBe(7);
    expect(medianOf([9, 0, 5])).toBe(5);
    expect(medianOf([1, 2, 10, 200])).toBe(6);
  });

  it('is exact below 256 ms', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(255), { minLength: 1 }), (values) => {
        expect(medianOf(values)).toBe(exact(values));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is within 1/256 above', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4_000_000), { minLength: 1 }), (values) => {
        const expected = exact(values);
        expect(Math.abs((medianOf(values) ?? Number.NaN) - expected)).toBeLessThanOrEqual(expected / 256);
      }),
      { numRuns: 1_000 },
    );
  });

  it('counts every duration', () => {
    const median = createMedian();
    for (let round = 0; round < 100_001; round++) median.push(round % 2 === 0 ? 10 : 20);
    expect(median.read()).toBe(10);
  });
});
