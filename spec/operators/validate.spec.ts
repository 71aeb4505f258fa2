import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import { from, type Observable, of } from 'rxjs';
import { ValidationError } from '../../src/errors.js';
import { validate } from '../../src/operators/validate.js';
import type { StandardSchema } from '../../src/structured/standardSchema.js';
import { marbles } from '../../src/testing/index.js';
import { allValues } from '../support/allValues.js';
import { schemaOf } from '../support/json.js';
import { operatorContract, record } from '../support/operatorContract.js';

const upper = schemaOf((value): string => {
  if (value === 'b') throw new Error('Not b');
  return String(value).toUpperCase();
});
const anything = schemaOf((value) => value);

describe('validate', () => {
  operatorContract(() => validate(anything));

  it(
    'emits the output of a synchronous schema for each value, without a delay',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -a---b---|');
      const subscription = ' ^----!    ';
      const result = '       -A---#    ';
      const error = new ValidationError([{ message: 'Not b', path: ['id'] }], 'b');
      expectObservable(source.pipe(validate(upper))).toBe(result, undefined, error);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    }),
  );

  it('keeps the order with an asynchronous schema', async () => {
    const turns: Readonly<Record<string, number>> = { a: 5, c: 1 };
    const slow: StandardSchema<unknown> = {
      '~standard': {
        version: 1,
        vendor: 'spec',
        async validate(value) {
          for (let turn = 0; turn < (turns[String(value)] ?? 0); turn++) await Promise.resolve();
          return { value };
        },
      },
    };
    await expect(allValues(from(['a', 'b', 'c']).pipe(validate(slow)))).resolves.toEqual(['a', 'b', 'c']);
  });

  it('errors with an issue when the schema throws or rejects', async () => {
    const throwing: StandardSchema = {
      '~standard': {
        version: 1,
        vendor: 'spec',
        validate: () => {
          throw new Error('In a transform');
        },
      },
    };
    expect(record(of(1), validate(throwing)).end).toMatchObject({
      kind: 'validation',
      value: 1,
      issues: [{ message: 'In a transform', path: [] }],
    });
    const rejecting: StandardSchema = {
      '~standard': { version: 1, vendor: 'spec', validate: () => Promise.reject(new Error('In a transform')) },
    };
    await expect(allValues(of(1).pipe(validate(rejecting)))).rejects.toMatchObject({ kind: 'validation' });
  });

  it('gives paths as plain keys, whatever the library does', () => {
    const schema: StandardSchema = {
      '~standard': {
        version: 1,
        vendor: 'spec',
        validate: () => ({ issues: [{ message: 'x', path: ['a', { key: 0 }, { key: 'b' }] }, { message: 'y' }] }),
      },
    };
    const { end } = record(of(1), validate(schema));
    expect(end).toMatchObject({ message: 'The value does not match its schema (2 issues)', retryable: false });
    expect((end as ValidationError).issues).toEqual([
      { message: 'x', path: ['a', 0, 'b'] },
      { message: 'y', path: [] },
    ]);
  });

  it('throws on an argument that is not a schema', () => {
    // @ts-expect-error
    expect(() => validate(undefined)).toThrow(TypeError);
    // @ts-expect-error
    expect(() => validate({})).toThrow(TypeError);
  });

  it('types what it emits', () => {
    expectTypeOf(of(1).pipe(validate(upper))).toEqualTypeOf<Observable<string>>();
  });
});
