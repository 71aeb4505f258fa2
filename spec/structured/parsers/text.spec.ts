import { describe, expect, it } from '@jest/globals';
import { text } from '../../../src/structured/parsers/text.js';

describe('text', () => {
  it('accepts any text as it is', () => {
    expect(text().parse(' [1', true)).toEqual({ accepted: true, value: ' [1' });
    expect(text().format).toBe('text');
  });
});
