import { describe, expect, it } from '@jest/globals';
import { json } from '../../../src/structured/parsers/json.js';
import { laterSchemaOf, schemaOf } from '../../support/json.js';

describe('json', () => {
  it('takes a text that is JSON, also in a fence', () => {
    expect(json().parse(' {"a":1}\n', false)).toEqual({ accepted: true, value: { a: 1 } });
    expect(json().parse('```json\n"a"\n```', false)).toEqual({ accepted: true, value: 'a' });
    expect(json().format).toBe('json');
  });

  it('refuses any other, and says where and what was good', () => {
    expect(json().parse('[1, x]', false)).toMatchObject({ accepted: false, offset: 4, value: [1] });
    expect(json().parse('[1', false)).toMatchObject({ accepted: false, offset: 2 });
    expect(json({ maxDepth: 1 }).parse('[[', false)).toMatchObject({ accepted: false, cause: { kind: 'limit' } });
  });

  it('takes of a text that is cut only what is certain', () => {
    expect(json().parse('[1]', true)).toMatchObject({ accepted: true });
    expect(json().parse('1', true)).toMatchObject({ accepted: false });
  });

  it('asks a schema, which may answer later', async () => {
    const none = schemaOf(() => {
      throw new Error('Never');
    });
    expect(json({ schema: none }).parse('1', false)).toMatchObject({ accepted: false, issues: [{ message: 'Never' }], value: 1 });
    const later = laterSchemaOf((value) => [value]);
    await expect(json({ schema: later }).parse('1', false)).resolves.toEqual({ accepted: true, value: [1] });
  });

  it('rejects options that it does not know', () => {
    expect(() => json({ fence: true } as never)).toThrow('did you mean "fences"');
    expect(() => json({ schema: 1 } as never)).toThrow(TypeError);
  });
});
