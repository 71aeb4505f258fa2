import { describe, expect, it } from '@jest/globals';
import { tryParseJson } from '../../../src/codecs/json/tryParseJson.js';

describe('tryParseJson', () => {
  it.each([
    ['{"a":[1,"b",true]}', { a: [1, 'b', true] }],
    [' "text" ', 'text'],
    ['false', false],
    ['0', 0],
  ])('returns the value of the JSON text %s', (text, value) => {
    expect(tryParseJson(text)).toEqual(value);
  });

  it('returns null for the JSON text null', () => {
    expect(tryParseJson('null')).toBeNull();
  });

  it.each(['', ' ', 'undefined', '{"a":', '{"a":1} and more', "{'a':1}", 'NaN'])(
    'returns undefined for %p, which is not JSON',
    (text) => {
      expect(tryParseJson(text)).toBeUndefined();
    },
  );
});
