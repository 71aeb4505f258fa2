import { describe, expect, it } from '@jest/globals';
import { readCall, writeOption } from '../../site/playground/expression/optionsOf.js';

describe('readCall', () => {
  it('reads the name and the code of each option', () => {
    const call = readCall(`hedge(other, { afterMs: 4, 'b': (x) => x.y })`);
    expect(call?.name).toBe('hedge');
    expect([...(call?.options ?? [])]).toEqual([
      ['afterMs', '4'],
      ['b', '(x) => x.y'],
    ]);
  });

  it.each(['(a) => a', 'toMessage', 'a.b()', 'f('])('is no call: %s', (code) => {
    expect(readCall(code)).toBeUndefined();
  });
});

describe('writeOption', () => {
  it.each([
    ['smooth()', 'delayMs', '3', 'smooth({ delayMs: 3 })'],
    ['hedge(other)', 'afterMs', '4', 'hedge(other, { afterMs: 4 })'],
    ['hedge(other, )', 'afterMs', '4', 'hedge(other, { afterMs: 4 })'],
    [`smooth({ by: 'word' })`, 'delayMs', '3', `smooth({ by: 'word', delayMs: 3 })`],
    ['smooth({ delayMs: 3, by: f(1) })', 'delayMs', '5', 'smooth({ delayMs: 5, by: f(1) })'],
    ['smooth({ delayMs: 3, ...rest })', 'delayMs', '', 'smooth({ ...rest })'],
    ['smooth({ delayMs: 3 })', 'delayMs', ' ', 'smooth()'],
    ['hedge(other, { afterMs: 4 })', 'afterMs', '', 'hedge(other)'],
    ['smooth()', 'delayMs', '', 'smooth()'],
    ['(a) => a', 'delayMs', '3', '(a) => a'],
  ])('of %s: %s = %j', (code, name, value, written) => {
    expect(writeOption(code, name, value)).toBe(written);
  });
});
