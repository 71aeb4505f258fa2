import { describe, expect, it } from '@jest/globals';
import { createConcurrencyLimiter } from '../../src/handles/createConcurrencyLimiter.js';

describe('createConcurrencyLimiter', () => {
  it('counts the running and the waiting streams', () => {
    const limiter = createConcurrencyLimiter({ maxConcurrent: 1 });
    expect(limiter).toMatchObject({ active: 0, waiting: 0 });
    const [slot, next] = [limiter.request(), limiter.request()];
    expect(limiter).toMatchObject({ active: 0, waiting: 0 });
    slot.granted$.subscribe();
    const subscription = next.granted$.subscribe();
    expect(limiter).toMatchObject({ active: 1, waiting: 1 });
    subscription.unsubscribe();
    expect(limiter).toMatchObject({ active: 1, waiting: 0 });
  });

  it('frees a slot only once', () => {
    const limiter = createConcurrencyLimiter({ maxConcurrent: 2 });
    const [slot, other] = [limiter.request(), limiter.request()];
    slot.release();
    slot.granted$.subscribe();
    other.granted$.subscribe();
    slot.release();
    slot.release();
    expect(limiter.active).toBe(1);
  });

  it('rejects unknown options and values out of range', () => {
    // @ts-expect-error: no limit
    expect(() => createConcurrencyLimiter({})).toThrow(new TypeError('createConcurrencyLimiter: give maxConcurrent'));
    // @ts-expect-error: no options
    expect(() => createConcurrencyLimiter()).toThrow(TypeError);
    for (const maxConcurrent of [0, -1, 1.5, Number.NaN]) {
      expect(() => createConcurrencyLimiter({ maxConcurrent })).toThrow(RangeError);
    }
    expect(() => createConcurrencyLimiter({ maxConcurrent: 1, maxQueue: -1 })).toThrow(RangeError);
    expect(() => createConcurrencyLimiter({ maxConcurrent: 1, maxQueue: 0.5 })).toThrow(RangeError);
    // @ts-expect-error: a wrong name
    expect(() => createConcurrencyLimiter({ maxConcurent: 1 })).toThrow(/did you mean "maxConcurrent"/);
  });
});
