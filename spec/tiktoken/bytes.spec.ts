import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isHighSurrogate, toBytes } from '../../src/tiktoken/bytes.js';

describe('toBytes', () => {
  it('returns the bytes of TextEncoder, one character each', () => {
    const anyString = fc.string({
      unit: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 2 }),
        fc.constantFrom('\ud83d', '\ude00', '\x7f', '\x80', '\u07ff', '\u0800', '\uffff'),
      ),
    });
    fc.assert(
      fc.property(anyString, (text) => {
        expect(toBytes(text)).toBe(Buffer.from(new TextEncoder().encode(text)).toString('latin1'));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('isHighSurrogate', () => {
  it('is true for the first half of a surrogate pair', () => {
    expect([0xd7ff, 0xd800, 0xdbff, 0xdc00, Number.NaN].map(isHighSurrogate)).toEqual([false, true, true, false, false]);
  });
});
