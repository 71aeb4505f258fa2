import { describe, expect, it } from '@jest/globals';
import {
  checkCount,
  checkFunction,
  checkName,
  checkNotNegative,
  checkOneOf,
  checkOptions,
  checkPositive,
} from '../../src/kernel/options.js';

describe('checkOptions', () => {
  const check = (options: object) => () => checkOptions('smooth', options, ['delayMs', 'by']);

  it('accepts known keys and no keys', () => {
    expect(check({ delayMs: 1, by: 'word' })).not.toThrow();
    expect(check({})).not.toThrow();
  });

  it('names the operator, the key and the nearest key', () => {
    expect(check({ delayMS: 1 })).toThrow(new TypeError('smooth: unknown option "delayMS", did you mean "delayMs"?'));
    expect(check({ delay: 1 })).toThrow(new TypeError('smooth: unknown option "delay", did you mean "delayMs"?'));
  });

  it('suggests no key if none is near', () => {
    expect(check({ temperature: 1 })).toThrow(new TypeError('smooth: unknown option "temperature"'));
  });

  it('rejects what is not an object', () => {
    const message = 'smooth: options must be an object';
    // @ts-expect-error: not an object
    expect(check(null)).toThrow(new TypeError(message));
    // @ts-expect-error: not an object
    expect(check(5)).toThrow(new TypeError(message));
  });
});

describe('checkName', () => {
  it('accepts a known name only', () => {
    expect(() => checkName('unknown', 'start', ['start', 'finish'])).not.toThrow();
    expect(() => checkName('unknown', 'finsh', ['start', 'finish'])).toThrow(
      new TypeError('unknown "finsh", did you mean "finish"?'),
    );
    expect(() => checkName('unknown', 'x', [])).toThrow(new TypeError('unknown "x"'));
  });
});

describe('checkPositive', () => {
  it.each([undefined, 1, 0.5, Infinity])('accepts %p', (value) => {
    expect(() => checkPositive('limit', value)).not.toThrow();
  });

  it.each([0, -1, Number.NaN])('rejects %p', (value) => {
    expect(() => checkPositive('limit', value)).toThrow(new RangeError(`limit must be > 0, got ${value}`));
  });

  it('rejects what is not a number', () => {
    // @ts-expect-error: a wrong type
    expect(() => checkPositive('limit', '1')).toThrow(new TypeError('limit must be a number'));
  });
});

describe('checkNotNegative', () => {
  it.each([undefined, 0, 1.5, Infinity])('accepts %p', (value) => {
    expect(() => checkNotNegative('delayMs', value)).not.toThrow();
  });

  it.each([-1, Number.NaN])('rejects %p', (value) => {
    expect(() => checkNotNegative('delayMs', value)).toThrow(new RangeError(`delayMs must be >= 0, got ${value}`));
  });

  it('rejects what is not a number', () => {
    // @ts-expect-error: a wrong type
    expect(() => checkNotNegative('delayMs', null)).toThrow(new TypeError('delayMs must be a number'));
  });
});

describe('checkCount', () => {
  it.each([undefined, 0, 3, Infinity])('accepts %p', (value) => {
    expect(() => checkCount('maxRetries', value)).not.toThrow();
  });

  it('rejects a fraction and what is below 0', () => {
    expect(() => checkCount('maxRetries', 1.5)).toThrow(new RangeError('maxRetries must be a whole number, got 1.5'));
    expect(() => checkCount('maxRetries', -1)).toThrow(RangeError);
  });
});

describe('checkFunction', () => {
  it('accepts a function, and none', () => {
    expect(() => checkFunction('random', Math.max)).not.toThrow();
    expect(() => checkFunction('random', undefined)).not.toThrow();
    expect(() => checkFunction('random', 5)).toThrow(new TypeError('random must be a function'));
  });
});

describe('checkOneOf', () => {
  it('accepts one of the words, and none', () => {
    expect(() => checkOneOf('by', 'word', ['word', 'line'])).not.toThrow();
    expect(() => checkOneOf('by', undefined, ['word', 'line'])).not.toThrow();
    expect(() => checkOneOf('by', 'page', ['word', 'line'])).toThrow(new TypeError('by must be one of word, line'));
    expect(() => checkOneOf('by', 5, ['word', 'line'])).toThrow(TypeError);
  });
});
