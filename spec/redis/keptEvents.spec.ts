import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKeptEvents } from '../../src/redis/keptEvents.js';

function textsFrom(seq: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${seq + index}`);
}

describe('the events that are kept in case Redis loses them', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are those of the last five seconds at least', () => {
    const kept = createKeptEvents();
    for (let seq = 1; seq <= 400; seq++) {
      kept.add(seq, textsFrom(seq, 1));
      vi.advanceTimersByTime(50);
    }
    expect(kept.nextSeq).toBe(401);
    expect(kept.from(301)).toEqual(textsFrom(301, 100));
    expect(kept.from(1)).toEqual([]);
  });

  it('are the last 512 at least, and 1,024 at most, where they come fast', () => {
    const kept = createKeptEvents();
    for (let seq = 1; seq <= 3_000; seq++) {
      kept.add(seq, textsFrom(seq, 1));
      expect(kept.from(Math.max(seq - 511, 1))).toHaveLength(Math.min(seq, 512));
      if (seq > 1_024) expect(kept.from(seq - 1_024)).toEqual([]);
    }
  });

  it('are each kept once where they are added again, and begin anew after a gap', () => {
    const kept = createKeptEvents();
    kept.add(1, textsFrom(1, 3));
    kept.add(2, textsFrom(2, 4));
    expect(kept.from(1)).toEqual(textsFrom(1, 5));
    kept.add(9, textsFrom(9, 1));
    expect([kept.from(1), kept.from(9), kept.nextSeq]).toEqual([[], ['9'], 10]);
  });
});
