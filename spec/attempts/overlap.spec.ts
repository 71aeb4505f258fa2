import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createOverlapSearch } from '../../src/attempts/overlap.js';
import { anyChunking, cut } from '../support/chunks.js';

/** The definition, in quadratic time: the longest end of one text that the other starts with. */
function longestRepetition(before: string, after: string): number {
  for (let length = Math.min(before.length, after.length); length > 0; length--) {
    if (before.endsWith(after.slice(0, length))) return length;
  }
  return 0;
}

/** Few letters, so that texts repeat themselves. */
const repetitive = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 24 });

describe('createOverlapSearch', () => {
  function repetitionOf(before: string, pieces: readonly string[]): { length: number; taken: number } {
    const repetition = createOverlapSearch(before);
    for (const [index, piece] of pieces.entries()) {
      const length = repetition.push(piece);
      if (length !== undefined) return { length, taken: index + 1 };
    }
    return { length: repetition.end(), taken: pieces.length };
  }

  it('finds the longest end that the next text starts with', () => {
    expect(repetitionOf('Hello wor', ['world!']).length).toBe(3);
    expect(repetitionOf('one two one two', ['one two three']).length).toBe(7);
    expect(repetitionOf('Hello', ['Hello']).length).toBe(5);
    expect(repetitionOf('Hello', [' world']).length).toBe(0);
    expect(repetitionOf('', ['text']).length).toBe(0);
    expect(repetitionOf('text', []).length).toBe(0);
  });

  it('agrees with the definition, however the text is cut', () => {
    fc.assert(
      fc.property(repetitive, repetitive, anyChunking, (before, after, sizes) => {
        expect(repetitionOf(before, cut(after, sizes)).length).toBe(longestRepetition(before, after));
      }),
      { numRuns: 2_000 },
    );
  });

  it('decides as soon as no longer overlap is possible', () => {
    fc.assert(
      fc.property(repetitive, repetitive, (before, after) => {
        const { taken } = repetitionOf(before, [...after]);
        // A longer one was possible before the last piece: the text contains it, and not only as its end.
        const waited = after.slice(0, Math.max(0, taken - 1));
        const found = before.indexOf(waited);
        expect(waited === '' || (found >= 0 && found + waited.length < before.length)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes linear time on the worst texts', () => {
    const length = 200_000;
    const repetition = createOverlapSearch(`${'a'.repeat(length)}b`);
    expect(repetition.push('a'.repeat(length))).toBeUndefined();
    expect(repetition.push('c')).toBe(0);
  });
});
