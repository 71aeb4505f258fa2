import { describe, expect, it } from '@jest/globals';
import { type } from 'arktype';
import {
  checkSchema,
  describeIssues,
  pathOf,
  type StandardResult,
  type StandardSchema,
  validateWith,
} from '../../src/structured/standardSchema.js';

function schemaOf(
  validate: (value: unknown) => StandardResult<number> | Promise<StandardResult<number>>,
): StandardSchema<number> {
  return { '~standard': { version: 1, vendor: 'spec', validate } };
}

describe('validateWith', () => {
  it('returns a verdict where the schema is synchronous', () => {
    expect(
      validateWith(
        schemaOf((value) => ({ value: Number(value) + 1 })),
        1,
      ),
    ).toEqual({ valid: true, value: 2 });
    const issues = [{ message: 'No' }];
    expect(
      validateWith(
        schemaOf(() => ({ issues })),
        1,
      ),
    ).toEqual({ valid: false, issues });
  });

  it('returns a promise where the schema does', async () => {
    await expect(
      validateWith(
        schemaOf(async () => ({ value: 2 })),
        1,
      ),
    ).resolves.toEqual({ valid: true, value: 2 });
  });

  it('returns an issue for a throw and for a rejection', async () => {
    const fail = (): never => {
      throw new Error('from a transform');
    };
    const failure = { valid: false, issues: [{ message: 'from a transform' }] };
    expect(validateWith(schemaOf(fail), 1)).toEqual(failure);
    await expect(
      validateWith(
        schemaOf(async () => fail()),
        1,
      ),
    ).resolves.toEqual(failure);
    const odd = schemaOf(() => {
      throw 'a string';
    });
    expect(validateWith(odd, 1)).toEqual({ valid: false, issues: [{ message: 'a string' }] });
  });
});

describe('describeIssues', () => {
  it('gives the first issue, its path, and the number of the others', () => {
    expect(describeIssues([{ message: 'Too small', path: ['users', { key: 0 }, 'age'] }])).toBe('Too small (at users.0.age)');
    expect(describeIssues([{ message: 'No' }, { message: 'No' }, { message: 'No' }])).toBe('No, and 2 more');
    expect(describeIssues([])).toBe('Invalid');
  });
});

describe('pathOf', () => {
  it('gives plain keys in a plain array, whatever class the library has for it', () => {
    expect(pathOf({ message: 'No', path: ['a', { key: 0 }] })).toStrictEqual(['a', 0]);
    expect(pathOf({ message: 'No' })).toStrictEqual([]);
    const result = type('string')['~standard'].validate(1);
    if (result instanceof Promise || !result.issues?.[0]) throw new Error('arktype took a number for a string');
    expect(pathOf(result.issues[0])).toStrictEqual([]);
    expect(describeIssues(result.issues)).toBe('must be a string (was a number)');
  });
});

describe('checkSchema', () => {
  it('accepts objects and functions that implement the standard, and undefined', () => {
    const schema = schemaOf(() => ({ value: 1 }));
    expect(() => checkSchema('schema', undefined)).not.toThrow();
    expect(() => checkSchema('schema', schema)).not.toThrow();
    expect(() =>
      checkSchema(
        'schema',
        Object.assign(() => undefined, schema),
      ),
    ).not.toThrow();
  });

  it.each([null, {}, 'schema', () => undefined])('throws on %p', (schema) => {
    expect(() => checkSchema('schema', schema)).toThrow(TypeError);
  });
});
