import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import fc from 'fast-check';
import { from, type Observable, of } from 'rxjs';
import { LimitError, ParseError, ValidationError } from '../../src/errors.js';
import type { DeltaEvent, FinishReason, JsonValue } from '../../src/events.js';
import { parseJsonOnComplete } from '../../src/operators/parseJsonOnComplete.js';
import { finish, marbles, start, text } from '../../src/testing/index.js';
import { allValues } from '../support/allValues.js';
import { anyChunking, cut } from '../support/chunks.js';
import { anyBrokenJson, anyJson, laterSchemaOf, schemaOf } from '../support/json.js';
import { operatorContract, record } from '../support/operatorContract.js';

const count = schemaOf((value) => {
  if (typeof value !== 'number') throw new Error('No number');
  return { count: value };
});

function failure(source: Observable<DeltaEvent | string>, options: object = {}): unknown {
  return record(source, parseJsonOnComplete(options)).end;
}

describe('parseJsonOnComplete', () => {
  operatorContract(() => parseJsonOnComplete(), { kind: 'fold', texts: { answer: ['"Hel', 'lo"'], void: '"void' } });

  it(
    'emits the value once, when the stream completes',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream('s-a-b-R-c-d-f|', { c: text('{"a":'), d: text('1}') });
      const subscription = ' ^------------!';
      const result = '       -------------(x|)';
      expectObservable(source.pipe(parseJsonOnComplete())).toBe(result, { x: { a: 1 } });
      expectSubscriptions(source.subscriptions).toBe(subscription);
    }),
  );

  it('emits the value of JSON.parse, or errors', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson(), anyBrokenJson()), anyChunking, (whole, sizes) => {
        let expected: string | undefined;
        try {
          expected = JSON.stringify(JSON.parse(whole));
        } catch {
          expected = undefined;
        }
        const { values, end } = record(from(['', ...cut(whole, sizes)]), parseJsonOnComplete({ fences: false }));
        return expected === undefined ? end instanceof ParseError && end.text === whole : JSON.stringify(values[0]) === expected;
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads a fenced value, and on request one among words', () => {
    expect(record(of('```json\n[1]\n```'), parseJsonOnComplete()).values).toEqual([[1]]);
    expect(record(of('Here: [1]. Bye'), parseJsonOnComplete({ prose: true })).values).toEqual([[1]]);
  });

  it('errors with the offset and the last good value where the text is not JSON', () => {
    expect(failure(of('{"a":1,}'))).toMatchObject({ kind: 'parse', offset: 7, value: { a: 1 }, text: '{"a":1,}' });
    expect(failure(of('['.repeat(300)))).toBeInstanceOf(LimitError);
  });

  it.each<[FinishReason | undefined, string]>([
    ['length', '{"a":'],
    ['length', '12'],
    [undefined, '[1'],
    ['stop', ''],
  ])('errors at the end of an incomplete value when the stream ended with %s: %j', (reason, whole) => {
    const events = [start(), text(whole), ...(reason ? [finish(reason)] : [])];
    expect(failure(from(events))).toMatchObject({ kind: 'parse', finishReason: reason, offset: whole.length });
  });

  it.each<FinishReason>(['refusal', 'content-filter', 'tool-calls'])('errors when the stream ended with %s instead', (reason) => {
    expect(failure(from([start(), text('{}'), finish(reason)]))).toMatchObject({ kind: 'parse', finishReason: reason });
  });

  it('validates by a schema, synchronous or not', async () => {
    expect(record(of('1'), parseJsonOnComplete({ schema: count })).values).toEqual([{ count: 1 }]);
    const error = failure(of('"a"'), { schema: count });
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({ value: 'a', issues: [{ message: 'No number', path: ['id'] }], partial: { text: '"a"' } });
    const later = laterSchemaOf((value) => [value]);
    await expect(allValues(of('1').pipe(parseJsonOnComplete({ schema: later })))).resolves.toEqual([[1]]);
  });

  it('throws on unknown options and values', () => {
    // @ts-expect-error
    expect(() => parseJsonOnComplete({ scheme: count })).toThrow('did you mean "schema"');
    expect(() => parseJsonOnComplete({ maxDepth: -1 })).toThrow(RangeError);
  });

  it('types what it emits', () => {
    const source = of('');
    expectTypeOf(source.pipe(parseJsonOnComplete())).toEqualTypeOf<Observable<JsonValue>>();
    expectTypeOf(source.pipe(parseJsonOnComplete<Date>())).toEqualTypeOf<Observable<Date>>();
    expectTypeOf(source.pipe(parseJsonOnComplete({ schema: count }))).toEqualTypeOf<Observable<{ count: number }>>();
  });
});
