import { describe, expect, it } from '@jest/globals';
import { type } from 'arktype';
import { expectTypeOf } from 'expect-type';
import { from, type Observable, of } from 'rxjs';
import * as v from 'valibot';
import { z } from 'zod';
import { ValidationError, type ValidationIssue } from '../../src/errors.js';
import { type InvalidJsonElement, type JsonElement, jsonElements } from '../../src/operators/jsonElements.js';
import { parseJsonOnComplete } from '../../src/operators/parseJsonOnComplete.js';
import { type ParsedText, parseOnComplete } from '../../src/operators/parseOnComplete.js';
import { type DeepPartial, type JsonSnapshot, partialJson } from '../../src/operators/partialJson.js';
import { validate } from '../../src/operators/validate.js';
import { json } from '../../src/structured/parsers/json.js';
import { text } from '../../src/structured/parsers/text.js';
import type { StandardSchema } from '../../src/structured/standardSchema.js';
import { allValues } from '../support/allValues.js';
import { record } from '../support/operatorContract.js';

/** The output of each schema: the visits have dates instead of strings, and the count has its default. */
interface Order {
  name: string;
  visits: { at: Date }[];
  count: number;
}

const toDate = (at: string): Date => new Date(at);

const zodOrder = z.object({
  name: z.string(),
  visits: z.array(z.object({ at: z.string().transform(toDate) })),
  count: z.number().default(1),
});
const valibotOrder = v.object({
  name: v.string(),
  visits: v.array(v.object({ at: v.pipe(v.string(), v.transform(toDate)) })),
  count: v.optional(v.number(), 1),
});
const arktypeOrder = type({
  name: 'string',
  visits: type({ at: type('string').pipe(toDate) }).array(),
  count: 'number = 1',
});

const libraries: readonly (readonly [string, StandardSchema<Order>])[] = [
  ['zod', zodOrder],
  ['valibot', valibotOrder],
  ['arktype', arktypeOrder],
];

const good = { name: 'Ann', visits: [{ at: '2024-05-17' }] };
const order: Order = { name: 'Ann', visits: [{ at: new Date('2024-05-17') }], count: 1 };
const bad = { name: 'Ann', visits: [{ at: '2024-05-17' }, { at: 3 }] };
const badPath = ['visits', 1, 'at'];

const issuesOf = (failed: { readonly issues?: unknown }): readonly ValidationIssue[] => failed.issues as never;
const pathsOf = (failed: { readonly issues?: unknown }): unknown => issuesOf(failed).map(({ path }) => path);

function failure(source: Observable<string>, operator: Parameters<typeof record<string>>[1]): ValidationError {
  const { end } = record(source, operator);
  if (!(end instanceof ValidationError)) throw new Error('No ValidationError', { cause: end });
  return end;
}

describe.each(libraries)('a schema of %s', (_library, schema) => {
  const whole = from(JSON.stringify(good).match(/.{1,7}/g) ?? []);
  const broken = of(JSON.stringify(bad));

  it('emits its output without a delay', () => {
    expect(record(of<unknown>(good), validate(schema))).toEqual({ values: [order], end: 'complete' });
    expect(record(whole, parseJsonOnComplete({ schema }))).toEqual({ values: [order], end: 'complete' });
    expect(record(whole, parseOnComplete(json({ schema }))).values).toMatchObject([{ format: 'json', value: order }]);
    expect(record(whole, partialJson({ schema })).values.at(-1)).toEqual(order);
    const elements = of(`[${JSON.stringify(good)}`, ',', JSON.stringify(good), ']');
    expect(record(elements, jsonElements({ schema })).values).toEqual([
      { index: 0, value: order },
      { index: 1, value: order },
    ]);
  });

  it('errors with paths of plain keys, and does not change the value', () => {
    const untouched = structuredClone(bad);
    const { end } = record(of<unknown>(bad), validate(schema));
    expect(end).toMatchObject({ kind: 'validation', value: untouched });
    for (const failed of [
      end as ValidationError,
      failure(broken, parseJsonOnComplete({ schema })),
      failure(broken, partialJson({ schema }) as never),
      failure(of(`[${JSON.stringify(bad)}]`), jsonElements({ schema })),
    ]) {
      expect(pathsOf(failed)).toStrictEqual([badPath]);
      expect(failed.value).toEqual(untouched);
      expect(issuesOf(failed)[0]?.message).toMatch(/string/i);
    }
  });

  it('errors with an empty path for an issue of the whole value', () => {
    expect(pathsOf(failure(of('3'), parseJsonOnComplete({ schema })))).toStrictEqual([[]]);
    expect(pathsOf(failure(of('[3]'), jsonElements({ schema })))).toStrictEqual([[]]);
  });

  it('rejects a text, which the next parser then reads', () => {
    const [parsed] = record(broken, parseOnComplete(json({ schema }), text())).values as ParsedText<string, unknown>[];
    expect(parsed).toMatchObject({ format: 'text', value: JSON.stringify(bad), errors: [{ format: 'json', value: bad }] });
    expect(parsed?.errors.map(pathsOf)).toStrictEqual([[badPath]]);
  });

  it('skips or marks invalid elements', () => {
    const elements = of(`[${JSON.stringify(bad)},${JSON.stringify(good)}]`);
    expect(record(elements, jsonElements({ schema, onInvalid: 'skip' })).values).toEqual([{ index: 1, value: order }]);
    const [marked, ...others] = record(elements, jsonElements({ schema, onInvalid: 'emit' })).values as InvalidJsonElement[];
    expect(marked).toMatchObject({ index: 0, value: bad });
    expect(pathsOf(marked ?? {})).toStrictEqual([badPath]);
    expect(others).toEqual([{ index: 1, value: order }]);
  });
});

const isKnown = async (name: string): Promise<boolean> => name !== 'nobody';

/** arktype has no asynchronous schemas. */
const laterLibraries: readonly (readonly [string, StandardSchema<{ name: string }>])[] = [
  ['zod', z.object({ name: z.string().refine(isKnown, 'Unknown') })],
  ['valibot', v.objectAsync({ name: v.pipeAsync(v.string(), v.checkAsync(isKnown, 'Unknown')) })],
];

describe.each(laterLibraries)('an asynchronous schema of %s', (_library, schema) => {
  const ann = { name: 'Ann' };
  const unknown = { issues: [{ message: 'Unknown', path: ['name'] }], value: { name: 'nobody' } };

  it('emits the values in order', async () => {
    const pieces = of('[{"name":"Ann"},{"name"', ':"Bob"}]');
    await expect(allValues(of(ann, { name: 'Bob' }).pipe(validate(schema)))).resolves.toEqual([ann, { name: 'Bob' }]);
    await expect(allValues(pieces.pipe(jsonElements({ schema })))).resolves.toEqual([
      { index: 0, value: ann },
      { index: 1, value: { name: 'Bob' } },
    ]);
    await expect(allValues(of('{"name":"Ann"}').pipe(parseJsonOnComplete({ schema })))).resolves.toEqual([ann]);
    const parsed = allValues(of('{"name":"nobody"}').pipe(parseOnComplete(json({ schema }), text())));
    await expect(parsed).resolves.toMatchObject([{ format: 'text', errors: [unknown] }]);
  });

  it('errors with its issues', async () => {
    const nobody = of('{"name":"nobody"}');
    await expect(allValues(of(unknown.value).pipe(validate(schema)))).rejects.toMatchObject(unknown);
    await expect(allValues(nobody.pipe(parseJsonOnComplete({ schema })))).rejects.toMatchObject(unknown);
    await expect(allValues(of('[{"name":"nobody"}]').pipe(jsonElements({ schema })))).rejects.toMatchObject(unknown);
    await expect(allValues(nobody.pipe(partialJson({ schema })))).rejects.toMatchObject(unknown);
  });
});

describe('the type of what an operator emits', () => {
  const source = of('');

  it('is inferred from a schema of zod', () => {
    expectTypeOf(source.pipe(validate(zodOrder))).toEqualTypeOf<Observable<Order>>();
    expectTypeOf(source.pipe(parseJsonOnComplete({ schema: zodOrder }))).toEqualTypeOf<Observable<Order>>();
    expectTypeOf(source.pipe(jsonElements({ schema: zodOrder }))).toEqualTypeOf<Observable<JsonElement<Order>>>();
    expectTypeOf(source.pipe(partialJson({ schema: zodOrder }))).toEqualTypeOf<Observable<DeepPartial<Order>>>();
    expectTypeOf(source.pipe(parseOnComplete(json({ schema: zodOrder })))).toEqualTypeOf<Observable<ParsedText<'json', Order>>>();
  });

  it('is inferred from a schema of valibot', () => {
    expectTypeOf(source.pipe(validate(valibotOrder))).toEqualTypeOf<Observable<Order>>();
    expectTypeOf(source.pipe(parseJsonOnComplete({ schema: valibotOrder }))).toEqualTypeOf<Observable<Order>>();
    expectTypeOf(source.pipe(jsonElements({ schema: valibotOrder, onInvalid: 'emit' }))).toEqualTypeOf<
      Observable<JsonElement<Order> | InvalidJsonElement>
    >();
    expectTypeOf(source.pipe(partialJson({ schema: valibotOrder, onIncomplete: 'emit' }))).toEqualTypeOf<
      Observable<JsonSnapshot<Order>>
    >();
    expectTypeOf(source.pipe(parseOnComplete(json({ schema: valibotOrder }), text()))).toEqualTypeOf<
      Observable<ParsedText<'json', Order> | ParsedText<'text', string>>
    >();
  });

  it('is inferred from a schema of arktype', () => {
    expectTypeOf(source.pipe(validate(arktypeOrder))).toEqualTypeOf<Observable<Order>>();
    expectTypeOf(source.pipe(parseJsonOnComplete({ schema: arktypeOrder }))).toEqualTypeOf<Observable<Order>>();
    expectTypeOf(source.pipe(jsonElements({ schema: arktypeOrder }))).toEqualTypeOf<Observable<JsonElement<Order>>>();
    expectTypeOf(source.pipe(partialJson({ schema: arktypeOrder }))).toEqualTypeOf<Observable<DeepPartial<Order>>>();
    expectTypeOf(source.pipe(parseOnComplete(json({ schema: arktypeOrder })))).toEqualTypeOf<
      Observable<ParsedText<'json', Order>>
    >();
  });

  it('without a schema is the declared type, any part of which may be missing', () => {
    expectTypeOf(source.pipe(partialJson<Order>())).toEqualTypeOf<Observable<DeepPartial<Order>>>();
    expectTypeOf<DeepPartial<Pick<Order, 'name' | 'count'>>>().toEqualTypeOf<{
      readonly name?: string;
      readonly count?: number;
    }>();
  });
});
