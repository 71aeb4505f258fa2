import { describe, expect, it } from '@jest/globals';
import { json } from '../../../src/structured/parsers/json.js';
import { laterSchemaOf, schemaOf } from '../../support/json.js';

describe('json', () => {
  it('accepts a text that is JSON, also in a fence', () => {
    expect(json().parse(' {"a":1}\n', false)).toEqual({ accepted: true, value: { a: 1 } });
    expect(json().parse('```json\n"a"\n```', false)).toEqual({ accepted: true, value: 'a' });
    expect(json().format).toBe('json');
  });

  it('rejects any other text, with the offset and the last good value', () => {
    expect(json().parse('[1, x]', false)).toMatchObject({ accepted: false, offset: 4, value: [1] });
    expect(json().parse('[1', false)).toMatchObject({ accepted: false, offset: 2 });
    expect(json({ maxDepth: 1 }).parse('[[', false)).toMatchObject({ accepted: false, cause: { kind: 'limit' } });
  });

  it('accepts of a truncated text only a closed value', () => {
    expect(json().parse('[1]', true)).toMatchObject({ accepted: true });
    expect(json().parse('1', true)).toMatchObject({ accepted: false });
  });

  it('validates by a schema, synchronous or not', async () => {
    const none = schemaOf(() => {
      throw new Error('Never');
    });
    expect(json({ schema: none }).parse('1', false)).toMatchObject({ accepted: false, issues: [{ message: 'Never' }], value: 1 });
    const later = laterSchemaOf((value) => [value]);
    await expect(json({ schema: later }).parse('1', false)).resolves.toEqual({ accepted: true, value: [1] });
  });

  it('throws on unknown options and values', () => {
    // @ts-expect-error
    expect(() => json({ fence: true })).toThrow('did you mean "fences"');
    // @ts-expect-error
    expect(() => json({ schema: 1 })).toThrow(TypeError);
  });
});
