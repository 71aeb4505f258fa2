import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs, checkBackoff } from '../../src/attempts/backoff.js';

const waits = (options: Parameters<typeof backoffMs>[0]): unknown[] =>
  [0, 1, 2, 3, 4, 5, 6].map((retry) => backoffMs(options, retry));

describe('backoffMs', () => {
  it('grows by the factor up to the longest delay', () => {
    expect(waits({ random: () => 0 })).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(waits({ initialDelayMs: 10, factor: 1, random: () => 0 })).toEqual([10, 10, 10, 10, 10, 10, 10]);
    expect(waits({ initialDelayMs: 10, factor: 3, maxDelayMs: 100, random: () => 0 })).toEqual([10, 30, 90, 100, 100, 100, 100]);
  });

  it('is shortened by a random part', () => {
    expect(waits({ random: () => 1 })).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    expect(waits({ jitter: 0, random: () => 1 })).toEqual(waits({ random: () => 0 }));
    expect(backoffMs({ jitter: 1, random: () => 1 }, 3)).toBe(0);
  });

  it('is never shorter than the provider asks for, and at most 250 ms longer', () => {
    expect(backoffMs({ random: () => 0 }, 0, 5_000)).toBe(5_000);
    expect(backoffMs({ random: () => 1 }, 0, 5_000)).toBe(5_125);
    expect(backoffMs({ jitter: 1, random: () => 1 }, 4, 5_000)).toBe(5_250);
    expect(backoffMs({ random: () => 1 }, 0, 0)).toBe(125);
  });

  it('is undefined if the provider asks for more than the longest delay', () => {
    expect(backoffMs({}, 0, 30_001)).toBeUndefined();
    expect(backoffMs({ random: () => 1 }, 0, 30_000)).toBe(30_000);
    expect(backoffMs({ maxDelayMs: Infinity }, 0, 2 ** 31)).toBeUndefined();
  });

  it('stays within its bounds, whatever the options', () => {
    const anyOptions = fc.record({
      initialDelayMs: fc.integer({ min: 0, max: 100_000 }),
      factor: fc.double({ min: 0.1, max: 10, noNaN: true }),
      maxDelayMs: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.constant(Infinity)),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const anyChance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        anyOptions,
        anyChance,
        fc.integer({ min: 0, max: 5_000 }),
        fc.option(fc.integer({ min: 0 })),
        (options, chance, retry, told) => {
          const delayMs = backoffMs({ ...options, random: () => chance }, retry, told ?? undefined);
          if (delayMs === undefined) return expect(told).toBeGreaterThan(Math.min(options.maxDelayMs, 2 ** 31 - 1));
          expect(delayMs).toBeGreaterThanOrEqual(told ?? 0);
          expect(delayMs).toBeLessThanOrEqual(Math.min(options.maxDelayMs, 2 ** 31 - 1));
          if (told !== null) expect(delayMs).toBeLessThanOrEqual(told + 250);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('checkBackoff', () => {
  it('rejects numbers out of range', () => {
    expect(() => checkBackoff({ initialDelayMs: -1 })).toThrow(RangeError);
    expect(() => checkBackoff({ factor: 0 })).toThrow(RangeError);
    expect(() => checkBackoff({ maxDelayMs: Number.NaN })).toThrow(RangeError);
    expect(() => checkBackoff({ jitter: 1.5 })).toThrow(RangeError);
    expect(() => checkBackoff({ random: 0.5 as never })).toThrow(TypeError);
  });
});
