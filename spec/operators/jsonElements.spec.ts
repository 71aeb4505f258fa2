import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import fc from 'fast-check';
import { concat, from, map, NEVER, type Observable, of, take } from 'rxjs';
import { ValidationError } from '../../src/errors.js';
import type { DeltaEvent, JsonValue } from '../../src/events.js';
import {
  type InvalidJsonElement,
  type JsonElement,
  type JsonElementsOptions,
  jsonElements,
} from '../../src/operators/jsonElements.js';
import { finish, marbles, reset, start, step, text } from '../../src/testing/index.js';
import { allValues } from '../support/allValues.js';
import { anyChunking, cut } from '../support/chunks.js';
import { anyJson, laterSchemaOf, schemaOf } from '../support/json.js';
import { operatorContract, record } from '../support/operatorContract.js';

const positive = schemaOf((value) => {
  if (typeof value !== 'number' || value < 0) throw new Error('Not positive');
  return value * 10;
});

function valuesOf(source: Observable<DeltaEvent | string>, options: Pick<JsonElementsOptions, 'path'> = {}): unknown[] {
  return record(source, jsonElements(options)).values.map((element) => (element as JsonElement<unknown>).value);
}

function failure(source: Observable<DeltaEvent | string>, options: object = {}): unknown {
  return record(source, jsonElements(options)).end;
}

describe('jsonElements', () => {
  operatorContract(() => jsonElements(), {
    kind: 'append-only',
    texts: { answer: ['["Hel",', '"lo"]'], void: '["void",' },
  });

  it(
    'emits each element at its own closing character',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream('s-a---b---c-f|', { a: text('[{"id":1'), b: text('},{"id":2}'), c: text(']') });
      const subscription = ' ^------------!';
      const result = '       ------(xy)---|';
      const x = { index: 0, value: { id: 1 } };
      const y = { index: 1, value: { id: 2 } };
      expectObservable(source.pipe(jsonElements())).toBe(result, { x, y });
      expectSubscriptions(source.subscriptions).toBe(subscription);
    }),
  );

  it('emits a number or literal at the character after it', () => {
    const seen: unknown[] = [];
    concat(of('[1', '2,true', ' ,"a"'), NEVER)
      .pipe(jsonElements())
      .subscribe({ next: ({ value }) => seen.push(value), error: (error: unknown) => seen.push(error) });
    expect(seen).toEqual([12, true, 'a']);
  });

  it('emits the elements of JSON.parse, in order, however the text is chunked', () => {
    fc.assert(
      fc.property(fc.array(anyJson()), anyJson({ oddKeys: false }), anyChunking, (elements, beside, sizes) => {
        const whole = `{"beside":{"list":${beside}},"items":[${elements.join(',')}],"after":[1]}`;
        const { values, end } = record(from(cut(whole, sizes)), jsonElements());
        const expected = elements.map((element, index) => ({ index, value: JSON.parse(element) as JsonValue }));
        return end === 'complete' && JSON.stringify(values) === JSON.stringify(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<[string, JsonElementsOptions['path'], unknown[]]>([
    ['[[1],[2]]', undefined, [[1], [2]]],
    ['{"a":{"b":[0]},"c":[1],"d":[2]}', undefined, [1]],
    ['{"a":1,"d":[2]}', 'd', [2]],
    ['{"d":{"e":[2]},"e":[3]}', 'd.e', [2]],
    ['{"d.e":[2],"d":{"e":[3]}}', ['d.e'], [2]],
    ['[[1],[2]]', [1], [2]],
    ['[{"a":[1]},{"a":[2]}]', '1.a', [2]],
    ['[1]', [], [1]],
    ['[]', '', []],
    ['{"__proto__":["x"]}', '__proto__', ['x']],
  ])('reads of %s the array at %j', (whole, path, expected) => {
    const options = path === undefined ? {} : { path };
    expect(valuesOf(of(whole), options)).toEqual(expected);
    expect(valuesOf(from([...whole]), options)).toEqual(expected);
  });

  it.each<[string, JsonElementsOptions['path']]>([
    ['{}', undefined],
    ['"[1]"', undefined],
    ['{"a":{"b":[1]}}', undefined],
    ['{"a":1}', 'a'],
    ['{"a":{}}', 'a'],
    ['[]', 'a'],
  ])('errors where %s has no array at %j', (whole, path) => {
    expect(failure(of(whole), path === undefined ? {} : { path })).toMatchObject({
      kind: 'parse',
      message: 'The JSON value has no array there',
    });
  });

  it('errors when the array occurs twice, because elements cannot be taken back', () => {
    const { values, end } = record(of('{"a":[1],"a":[2]}'), jsonElements());
    expect(values).toEqual([{ index: 0, value: 1 }]);
    expect(end).toMatchObject({ kind: 'parse', message: 'The array occurs twice' });
    expect(failure(of('{"a":[1],"a":null}'), { path: 'a' })).toMatchObject({ kind: 'parse' });
  });

  it('errors where the text is not JSON or is truncated, after the elements before', () => {
    expect(record(of('[1,2,}'), jsonElements())).toMatchObject({
      values: [{ value: 1 }, { value: 2 }],
      end: { kind: 'parse', offset: 5 },
    });
    expect(record(of('[1,2'), jsonElements())).toMatchObject({ values: [{ value: 1 }], end: { kind: 'parse', offset: 4 } });
    expect(failure(from([start(), text('[1]'), finish('refusal')]))).toMatchObject({ kind: 'parse', finishReason: 'refusal' });
    expect(failure(of('{"a":[[1]]}'), { maxDepth: 2 })).toMatchObject({ kind: 'limit' });
  });

  it('emits nothing more once downstream has unsubscribed, in the middle of a delta', () => {
    const seen: unknown[] = [];
    concat(of('[1,2,3'), NEVER)
      .pipe(
        jsonElements(),
        map(({ value }) => value),
        take(2),
      )
      .subscribe({ next: (value) => seen.push(value), error: (error: unknown) => seen.push(error) });
    expect(seen).toEqual([1, 2]);
  });

  describe('on reset', () => {
    const repeated = [start(), text('[1,2,'), reset(), start(), text('[1,3]'), finish()];

    it('errors with the fault when an element was emitted', () => {
      const { values, end } = record(from(repeated), jsonElements());
      expect(values).toHaveLength(2);
      expect(end).toMatchObject({ kind: 'connection', retryable: true, partial: { text: '[1,2,' } });
    });

    it('begins again when none was', () => {
      const events = [start(), text('["a'), reset(), text('[1]'), finish()];
      expect(record(from(events), jsonElements())).toEqual({ values: [{ index: 0, value: 1 }], end: 'complete' });
    });

    it("begins again at index 0 with onReset: 'restart'", () => {
      const { values, end } = record(from(repeated), jsonElements({ onReset: 'restart' }));
      expect(end).toBe('complete');
      expect(values).toEqual([
        { index: 0, value: 1 },
        { index: 1, value: 2 },
        { index: 0, value: 1 },
        { index: 1, value: 3 },
      ]);
    });

    it('begins again at each round of a tool loop, and continues when the emitted elements are of earlier rounds', () => {
      const events = [start(), text('[1,'), step(1), text('['), reset({ step: 1 }), text('[2]'), finish()];
      expect(valuesOf(from(events))).toEqual([1, 2]);
      const rounds = [start(), text('[1,2]'), step(1), text('[3,4]'), step(2), text('[5]'), finish()];
      expect(valuesOf(from(rounds))).toEqual([1, 2, 3, 4, 5]);
    });

    it('errors when the emitted elements are of the round that is repeated', () => {
      const events = [start(), text('[1,'), step(1), text('[2,'), reset({ step: 1 })];
      expect(record(from(events), jsonElements()).end).toMatchObject({ kind: 'connection' });
    });
  });

  describe('with a schema', () => {
    it('validates each element once, in order', () => {
      expect(
        record(of('[1,2', '3]'), jsonElements({ schema: positive })).values.map(
          (element) => (element as JsonElement<number>).value,
        ),
      ).toEqual([10, 230]);
    });

    it('errors, skips or emits an element that is not valid', () => {
      const source = of('[1,-2,3]');
      const failed = record(source, jsonElements({ schema: positive }));
      expect(failed.values).toEqual([{ index: 0, value: 10 }]);
      expect(failed.end).toBeInstanceOf(ValidationError);
      expect(failed.end).toMatchObject({ value: -2, issues: [{ message: 'Not positive' }], partial: { text: '[1,-2,3]' } });
      expect(record(source, jsonElements({ schema: positive, onInvalid: 'skip' })).values).toEqual([
        { index: 0, value: 10 },
        { index: 2, value: 30 },
      ]);
      expect(record(source, jsonElements({ schema: positive, onInvalid: 'emit' })).values).toEqual([
        { index: 0, value: 10 },
        { index: 1, value: -2, issues: [{ message: 'Not positive', path: ['id'] }] },
        { index: 2, value: 30 },
      ]);
    });

    it('keeps the order with an asynchronous schema', async () => {
      const delays = [3, 1, 2];
      const later = laterSchemaOf((value) => value);
      const slow = {
        '~standard': {
          ...later['~standard'],
          async validate(value: unknown) {
            for (let turn = 0; turn < (delays[Number(value)] ?? 0); turn++) await Promise.resolve();
            return later['~standard'].validate(value);
          },
        },
      };
      const elements = await allValues(of('[0,1', ',2]').pipe(jsonElements({ schema: slow })));
      expect(elements.map(({ value }) => value)).toEqual([0, 1, 2]);
    });

    it('discards pending validations on reset', async () => {
      const later = laterSchemaOf((value) => value);
      const source = from([start(), text('[1,2,'), reset(), text('[3]'), finish()]);
      await expect(allValues(source.pipe(jsonElements({ schema: later })))).resolves.toEqual([{ index: 0, value: 3 }]);
    });
  });

  it('throws on unknown options and values', () => {
    // @ts-expect-error
    expect(() => jsonElements({ paths: 'a' })).toThrow('did you mean "path"');
    // @ts-expect-error
    expect(() => jsonElements({ path: 1 })).toThrow(TypeError);
    // @ts-expect-error
    expect(() => jsonElements({ onInvalid: 'drop' })).toThrow(TypeError);
    // @ts-expect-error
    expect(() => jsonElements({ onReset: 'fail' })).toThrow(TypeError);
    // @ts-expect-error
    expect(() => jsonElements({ trailing: 'next' })).toThrow(TypeError);
    // @ts-expect-error
    expect(() => jsonElements({ schema: 1 })).toThrow(TypeError);
  });

  it('types what it emits', () => {
    const source = of('');
    expectTypeOf(source.pipe(jsonElements())).toEqualTypeOf<Observable<JsonElement<JsonValue>>>();
    expectTypeOf(source.pipe(jsonElements<Date>())).toEqualTypeOf<Observable<JsonElement<Date>>>();
    expectTypeOf(source.pipe(jsonElements({ schema: positive }))).toEqualTypeOf<Observable<JsonElement<number>>>();
    expectTypeOf(source.pipe(jsonElements({ schema: positive, onInvalid: 'emit' }))).toEqualTypeOf<
      Observable<JsonElement<number> | InvalidJsonElement>
    >();
  });
});
