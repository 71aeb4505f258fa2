import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createGrowingText } from '../../src/internal/growingText.js';

describe('createGrowingText', () => {
  it('is its pieces in a row, however and however often it is read', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.constantFrom('value', 'soFar', undefined)), { maxLength: 300 }),
        (first, steps) => {
          const text = createGrowingText(first);
          let expected = first;
          for (const [piece, read] of steps) {
            text.add(piece);
            expected += piece;
            expect(text.length).toBe(expected.length);
            if (read) expect(text[read]).toBe(expected);
          }
          expect(text.soFar).toBe(expected);
          expect(text.value).toBe(expected);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('begins again with nothing', () => {
    const text = createGrowingText('a');
    text.add('b');
    text.clear();
    text.add('c');
    expect(text.soFar).toBe('c');
    expect(text.value).toBe('c');
    expect(text.length).toBe(1);
  });
});
