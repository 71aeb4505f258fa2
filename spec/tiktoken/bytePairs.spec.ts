import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { appendBytes, createEncodeBytes, dropBytes } from '../../src/tiktoken/bytePairs.js';
import { cut } from '../support/chunks.js';

const letters = 'abcdefgh';

/** A vocabulary as training creates it: each token is a merge of two earlier ones, so each is the encoding of its own bytes. */
const anyRanks = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 40 }).map((merges) => {
  const tokens = [...letters];
  for (const [left, right] of merges) {
    const token = `${tokens[left % tokens.length]}${tokens[right % tokens.length]}`;
    const encode = createEncodeBytes(new Map(tokens.map((each, rank) => [each, rank])));
    if (encode(token).length === 2) tokens.push(token);
  }
  return new Map(tokens.map((token, rank) => [token, rank]));
});
const anyBytes = fc.string({ unit: fc.constantFrom(...letters), maxLength: 200 });
const anySizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 });

describe('createEncodeBytes', () => {
  it('merges the pair with the lowest rank first, the leftmost if several have it', () => {
    const encode = createEncodeBytes(new Map([...letters, 'bc', 'ab', 'aa', 'abc'].map((token, rank) => [token, rank])));
    expect(encode('abbc')).toEqual(['ab', 'bc']);
    expect(encode('abcd')).toEqual(['abc', 'd']);
    expect(encode('aaa')).toEqual(['aa', 'a']);
  });
});

describe('appendBytes', () => {
  it('results in the encoding of all bytes, for any vocabulary and any chunking', () => {
    fc.assert(
      fc.property(anyRanks, anyBytes, anySizes, (ranks, bytes, sizes) => {
        const encode = createEncodeBytes(ranks);
        const tokens: string[] = [];
        let whole = '';
        for (const piece of cut(bytes, sizes)) {
          appendBytes(tokens, piece, encode);
          whole += piece;
          expect(tokens).toEqual(encode(whole));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('replaces all tokens that the new bytes change', () => {
    // Pairs merge from the right, so that one more byte changes them all.
    const encode = createEncodeBytes(
      new Map([...letters, 'gh', 'fg', 'ef', 'de', 'cd', 'bc', 'ab'].map((token, rank) => [token, rank])),
    );
    const tokens: string[] = [];
    for (const byte of 'abcdefg') appendBytes(tokens, byte, encode);
    expect(tokens).toEqual(['a', 'bc', 'de', 'fg']);
    appendBytes(tokens, 'h', encode);
    expect(tokens).toEqual(['ab', 'cd', 'ef', 'gh']);
  });
});

describe('dropBytes', () => {
  it('results in the encoding of the remaining bytes', () => {
    fc.assert(
      fc.property(anyRanks, anyBytes, fc.nat(200), (ranks, bytes, length) => {
        const encode = createEncodeBytes(ranks);
        const tokens: string[] = [];
        appendBytes(tokens, bytes, encode);
        const dropped = Math.min(length, bytes.length);
        dropBytes(tokens, dropped, encode);
        expect(tokens.join('')).toBe(bytes.slice(0, bytes.length - dropped));
        expect(tokens).toEqual(tokens.length === 0 ? [] : encode(tokens.join('')));
      }),
      { numRuns: 2_000 },
    );
  });
});
