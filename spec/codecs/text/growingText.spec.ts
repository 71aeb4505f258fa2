import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { append, createGrowingText, textSoFar, wholeText } from '../../../src/codecs/text/growingText.js';

describe('createGrowingText', () => {
  it('equals its concatenated pieces, however and however often it is read', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.constantFrom(wholeText, textSoFar, undefined)), { maxLength: 300 }),
        (first, steps) => {
          const text = createGrowingText(first);
          let expected = first;
          for (const [piece, read] of steps) {
            append(text, piece);
            expected += piece;
            expect(text.length).toBe(expected.length);
            if (read) expect(read(text)).toBe(expected);
          }
          expect(textSoFar(text)).toBe(expected);
          expect(wholeText(text)).toBe(expected);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
