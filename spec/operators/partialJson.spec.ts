import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import fc from 'fast-check';
import { from, identity, map, type Observable, of, Subject, take } from 'rxjs';
import { isStreamError, LimitError, ParseError, ValidationError } from '../../src/errors.js';
import type { DeltaEvent, FinishReason, JsonValue } from '../../src/events.js';
import { type DeepPartial, type JsonEvent, type JsonSnapshot, partialJson } from '../../src/operators/partialJson.js';
import { finish, marbles, ping, reasoning, reset, start, step, text } from '../../src/testing/index.js';
import { allValues } from '../support/allValues.js';
import { anyChunking, cut } from '../support/chunks.js';
import { anyBrokenJson, anyJson, laterSchemaOf, schemaOf } from '../support/json.js';
import { operatorContract, record } from '../support/operatorContract.js';

interface Person {
  readonly name: string;
  readonly age: number;
}

const person = schemaOf((value): Person => {
  const { name, age } = value as Partial<Person>;
  if (typeof name !== 'string' || typeof age !== 'number') throw new Error('No person');
  return { name: name.toUpperCase(), age };
});

function eventsOf(whole: string, reason: FinishReason | undefined, size: number = whole.length): DeltaEvent[] {
  const deltas = cut(whole, [size]).map((piece) => text(piece));
  return [start(), ...deltas, ...(reason ? [finish(reason)] : [])];
}

/** The error that the operator makes of a source. */
function failure(source: Observable<DeltaEvent | string>, operator = partialJson()): unknown {
  return record(source, operator).end;
}

describe('partialJson', () => {
  operatorContract(() => partialJson(), { kind: 'fold', texts: { answer: ['"Hel', 'lo"'], void: '"void' } });

  it(
    'emits the value while it grows',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const letters = { a: text('{"name": "A'), b: text('nn", "age": 4'), c: text('1}') };
      const source = stream('s-a-b-c-f|', letters);
      const subscription = ' ^--------!';
      const result = '       --x-y-z--|';
      const values = { x: { name: 'A' }, y: { name: 'Ann' }, z: { name: 'Ann', age: 41 } };
      expectObservable(source.pipe(partialJson())).toBe(result, values);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    }),
  );

  it(
    'begins again after a reset',
    marbles(({ stream, expectObservable }) => {
      const source = stream('s-a-R-b-c-f|', { a: text('{"a":"x'), b: text('{"a":'), c: text('1}') });
      const result = '       --x---y-z--|';
      expectObservable(source.pipe(partialJson())).toBe(result, { x: { a: 'x' }, y: {}, z: { a: 1 } });
    }),
  );

  it('begins again at each round of a tool loop, whose last one is the answer, and at a reset of a round', () => {
    const events = [start(), text('{"a":1'), step(1), text('{"b":"x'), reset({ step: 1 }), text('{"c":2}'), finish()];
    expect(record(from(events), partialJson()).values).toEqual([{}, { b: 'x' }, { c: 2 }]);
  });

  it('reads a whole value of each round, and errors if the last one has none', () => {
    const events = [start(), text('[1]'), step(1), text('[2]'), step(2), text('[3]'), finish()];
    expect(record(from(events), partialJson()).values).toEqual([[1], [2], [3]]);
    const silent = record(from([start(), text('[1]'), step(1), finish()]), partialJson());
    expect(silent.end).toMatchObject({ kind: 'parse', text: '' });
  });

  it(
    'emits nothing when nothing visible changed',
    marbles(({ stream, expectObservable }) => {
      const source = stream('s-a-b-p-c-d-f|', { a: text('{"a":"x'), b: text('\\u00'), p: ping(), c: text('e9"'), d: text('}') });
      const result = '       --x-----y----|';
      expectObservable(source.pipe(partialJson())).toBe(result, { x: { a: 'x' }, y: { a: 'xé' } });
    }),
  );

  it('emits the value of JSON.parse last, or errors, however the strings are chunked', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson(), anyBrokenJson()), anyChunking, (whole, sizes) => {
        let expected: string | undefined;
        try {
          expected = JSON.stringify(JSON.parse(whole));
        } catch {
          expected = undefined;
        }
        const { values, end } = record(from(['', ...cut(whole, sizes)]), partialJson({ fences: false }));
        if (expected === undefined) return end instanceof ParseError && end.text.length <= whole.length;
        return end === 'complete' && JSON.stringify(values.at(-1)) === expected;
      }),
      { numRuns: 1_000 },
    );
  });

  it('never emits the same value twice in a row, and never changes one', () => {
    fc.assert(
      fc.property(anyJson(), anyChunking, (whole, sizes) => {
        const seen: { value: unknown; json: string }[] = [];
        from(cut(whole, sizes))
          .pipe(partialJson())
          .subscribe({
            next: (value) => seen.push({ value, json: JSON.stringify(value) }),
            error: (error: unknown) => expect(error).toBeUndefined(),
          });
        return seen.every(
          ({ value, json }, index) => JSON.stringify(value) === json && !Object.is(value, seen[index - 1]?.value),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads the answer of choice 0 and nothing else', () => {
    const events = [
      start(),
      text('Let me see', { phase: 'commentary' }),
      reasoning('{'),
      text('[1', { block: 1 }),
      text('{', { choice: 1 }),
      text('2]', { block: 2 }),
      finish(),
    ];
    expect(record(from(events), partialJson()).values.at(-1)).toEqual([12]);
  });

  it('errors with the offset, the text and the last good value where the text is not JSON', () => {
    const error = failure(of('{"a": [1, 2', '], "b": nope}'));
    expect(error).toBeInstanceOf(ParseError);
    expect(error).toMatchObject({ kind: 'parse', retryable: false, offset: 20, finishReason: undefined });
    expect(error).toMatchObject({ text: '{"a": [1, 2], "b": nope}', value: { a: [1, 2] }, partial: { finishReason: undefined } });
    expect((error as Error).message).not.toContain('nope');
  });

  it('errors when the stream ends inside the value, for whatever reason', () => {
    expect(failure(of('{"a":1'))).toMatchObject({ kind: 'parse', offset: 6, value: {} });
    expect(failure(of(' '))).toMatchObject({ kind: 'parse', offset: 1, value: undefined });
    expect(failure(from(eventsOf('{"a":[1,2', 'length')))).toMatchObject({
      kind: 'parse',
      finishReason: 'length',
      value: { a: [1] },
    });
    expect(failure(from(eventsOf('{"a":[1,2', undefined)))).toMatchObject({ kind: 'parse', finishReason: undefined });
    expect(failure(from([start(), finish()]))).toMatchObject({ kind: 'parse', finishReason: 'stop', text: '' });
  });

  it('emits a number at the end of a whole answer, not of a truncated one', () => {
    expect(record(from(eventsOf('12', 'stop')), partialJson())).toEqual({ values: [12], end: 'complete' });
    expect(record(from(eventsOf('12', 'length')), partialJson())).toMatchObject({ values: [], end: { kind: 'parse' } });
    expect(record(from(eventsOf('[12]', 'length')), partialJson())).toEqual({ values: [[12]], end: 'complete' });
    expect(record(from(eventsOf('[12]', undefined)), partialJson())).toEqual({ values: [[12]], end: 'complete' });
  });

  it.each<FinishReason>(['refusal', 'content-filter', 'tool-calls'])('errors when the stream ended with %s instead', (reason) => {
    expect(failure(from(eventsOf('{}', reason)))).toMatchObject({ kind: 'parse', finishReason: reason, text: '{}' });
  });

  it('errors past maxDepth', () => {
    const error = failure(of('['.repeat(100_000)));
    expect(error).toBeInstanceOf(LimitError);
    expect(error).toMatchObject({ limit: 'maxDepth', value: 256, retryable: false });
    expect(isStreamError(failure(of('[[[]]]'), partialJson({ maxDepth: 2 })), 'limit')).toBe(true);
  });

  it('unsubscribes its source when downstream unsubscribes', () => {
    const source = new Subject<string>();
    const seen: unknown[] = [];
    source
      .pipe(partialJson(), take(1))
      .subscribe({ next: (value) => seen.push(value), error: (error: unknown) => seen.push(error) });
    source.next('{"a":"b');
    expect(source.observed).toBe(false);
    expect(seen).toEqual([{ a: 'b' }]);
  });

  describe("with onIncomplete: 'emit'", () => {
    it(
      'emits with every snapshot whether it is complete',
      marbles(({ stream, expectObservable }) => {
        const source = stream('s-a-b-c-f|', { a: text('{"a":"x'), b: text('"'), c: text('}') });
        const result = '       --x---y--|';
        const x = { complete: false, index: 0, value: { a: 'x' } };
        const y = { complete: true, index: 0, value: { a: 'x' } };
        expectObservable(source.pipe(partialJson({ onIncomplete: 'emit' }))).toBe(result, { x, y });
      }),
    );

    it('emits the last snapshot of a truncated value', () => {
      const wide = `{${Array.from({ length: 100 }, (_, index) => `"k${index}":0`).join(',')}`;
      const events = [start(), text(wide), text(',"last":"x'), finish('length')];
      const { values, end } = record(from(events), partialJson({ onIncomplete: 'emit' }));
      expect(end).toBe('complete');
      expect(values).toHaveLength(2);
      expect(values.at(-1)).toMatchObject({ complete: false, index: 0, value: { last: 'x' } });
    });

    it('still errors where the text is not JSON, or when the stream ended with a refusal', () => {
      const operator = partialJson({ onIncomplete: 'emit' });
      expect(record(of('[1,,'), operator).end).toMatchObject({ kind: 'parse', offset: 3 });
      expect(record(from(eventsOf('[', 'refusal')), operator).end).toMatchObject({ kind: 'parse', finishReason: 'refusal' });
      expect(record(of(' '), operator)).toEqual({ values: [], end: 'complete' });
    });

    it("counts the values of trailing: 'next'", () => {
      const { values } = record(of('1\n1\n[2', ',3]\n'), partialJson({ trailing: 'next', onIncomplete: 'emit' }));
      expect(values).toEqual([
        { complete: true, index: 0, value: 1 },
        { complete: true, index: 1, value: 1 },
        { complete: false, index: 2, value: [] },
        { complete: true, index: 2, value: [2, 3] },
      ]);
    });
  });

  it("reads one value after another with trailing: 'next', and skips fences and words", () => {
    expect(record(of('{"a":1}\n{"a":', '1}\n'), partialJson({ trailing: 'next' })).values).toEqual([{ a: 1 }, {}, { a: 1 }]);
    expect(record(of('```json\n{"a":1}\n```'), partialJson()).values).toEqual([{ a: 1 }]);
    expect(record(of('Here: {"a":1} Bye'), partialJson({ prose: true })).values).toEqual([{ a: 1 }]);
    expect(failure(of('[1] and more'))).toMatchObject({ kind: 'parse', offset: 4 });
  });

  it("grows one value in place with mode: 'mutable'", () => {
    const { values, end } = record(of('{"a":"x', 'y","b":[{"c":1', '}', ']}'), partialJson({ mode: 'mutable' }));
    expect(end).toBe('complete');
    expect(new Set(values).size).toBe(1);
    expect(values).toHaveLength(3);
    expect(values[0]).toEqual({ a: 'xy', b: [{ c: 1 }] });
  });

  it("grows strings of hundreds of pieces with mode: 'mutable'", () => {
    const text = 'one, two, three, '.repeat(100);
    const growing = of('["', ...text, '"]').pipe(partialJson({ mode: 'mutable' }));
    const { values } = record(growing.pipe(map((value) => JSON.stringify(value))), identity);
    expect(values).toEqual(Array.from({ length: text.length + 1 }, (_, length) => JSON.stringify([text.slice(0, length)])));
  });

  it("emits the value of JSON.parse last with mode: 'mutable'", () => {
    fc.assert(
      fc.property(anyJson(), anyChunking, (whole, sizes) => {
        const { values } = record(from(cut(whole, sizes)), partialJson({ mode: 'mutable' }));
        return JSON.stringify(values.at(-1)) === JSON.stringify(JSON.parse(whole));
      }),
      { numRuns: 1_000 },
    );
  });

  it("emits the events of the parser, with their paths, with mode: 'events'", () => {
    const { values, end } = record(of('{"a":["x', 'y",1],"b":{}}'), partialJson({ mode: 'events' }));
    expect(end).toBe('complete');
    expect(values).toEqual([
      { type: 'start', container: 'object', path: [] },
      { type: 'start', container: 'array', path: ['a'] },
      { type: 'text', text: 'x', path: ['a', 0] },
      { type: 'text', text: 'y', path: ['a', 0] },
      { type: 'value', value: 'xy', path: ['a', 0] },
      { type: 'value', value: 1, path: ['a', 1] },
      { type: 'end', container: 'array', path: ['a'] },
      { type: 'start', container: 'object', path: ['b'] },
      { type: 'end', container: 'object', path: ['b'] },
      { type: 'end', container: 'object', path: [] },
    ]);
  });

  it("emits a reset with mode: 'events' when emitted events are void", () => {
    const source = from([start(), reset(), text('["x'), reset(), text('[]'), finish()]);
    const types = record(source, partialJson({ mode: 'events' })).values.map((event) => (event as JsonEvent).type);
    expect(types).toEqual(['start', 'text', 'reset', 'start', 'end']);
    expect(failure(of('[1'), partialJson({ mode: 'events' }) as never)).toMatchObject({ kind: 'parse', offset: 2 });
  });

  describe('with a schema', () => {
    it('emits the output of the schema last, and the values before it as the model wrote them', () => {
      const { values, end } = record(of('{"name":"An', 'n","age":4', '1}'), partialJson({ schema: person }));
      expect(end).toBe('complete');
      expect(values).toEqual([{ name: 'An' }, { name: 'Ann' }, { name: 'ANN', age: 41 }]);
    });

    it('errors when the complete value is not valid', () => {
      const error = failure(from(eventsOf('{"name":"Ann"}', 'stop', 5)), partialJson({ schema: person }) as never);
      expect(error).toBeInstanceOf(ValidationError);
      expect(error).toMatchObject({
        kind: 'validation',
        value: { name: 'Ann' },
        issues: [{ message: 'No person', path: ['id'] }],
      });
      expect(error).toMatchObject({ partial: { text: '{"name":"Ann"}' } });
    });

    it('validates snapshots on request, and emits only the valid ones', () => {
      const short = schemaOf((value) => {
        if (JSON.stringify(value).length > 6) return value;
        throw new Error('Too short');
      });
      const operator = partialJson({ schema: short, validatePartials: true });
      expect(record(of('["a', 'b', 'c"', ']'), operator).values).toEqual([['abc'], ['abc']]);
    });

    it('awaits an asynchronous schema, for complete values only', async () => {
      const later = laterSchemaOf((value) => ({ seen: value }));
      const all = (pieces: string[], options: object): Promise<unknown> =>
        allValues(from(pieces).pipe(partialJson({ schema: later, ...options })));
      await expect(all(['["a', 'b"]'], {})).resolves.toEqual([['a'], { seen: ['ab'] }]);
      await expect(all(['["a', 'b', 'c"]'], { validatePartials: true })).resolves.toEqual([{ seen: ['abc'] }]);
      await expect(all(['1 2 3 '], { trailing: 'next' })).resolves.toEqual([{ seen: 1 }, { seen: 2 }, { seen: 3 }]);
    });

    it('discards a pending validation on reset and on unsubscribe', async () => {
      const later = laterSchemaOf((value) => value);
      const source = from([start(), text('"void"'), reset(), text('"kept"'), finish()]);
      await expect(allValues(source.pipe(partialJson({ schema: later })))).resolves.toEqual(['kept']);
      const seen: unknown[] = [];
      const subscription = of('[]')
        .pipe(partialJson({ schema: later }))
        .subscribe({ next: (value) => seen.push(value), error: (error: unknown) => seen.push(error) });
      subscription.unsubscribe();
      await Promise.resolve();
      await Promise.resolve();
      expect(seen).toEqual([]);
    });

    it('errors when an asynchronous validation fails', async () => {
      const later = laterSchemaOf(() => {
        throw new Error('No');
      });
      await expect(allValues(of('[]').pipe(partialJson({ schema: later })))).rejects.toBeInstanceOf(ValidationError);
    });
  });

  it('throws on unknown options and values', () => {
    // @ts-expect-error
    expect(() => partialJson({ fence: true })).toThrow('did you mean "fences"');
    // @ts-expect-error
    expect(() => partialJson({ mode: 'live' })).toThrow(TypeError);
    // @ts-expect-error
    expect(() => partialJson({ trailing: 'skip' })).toThrow(TypeError);
    // @ts-expect-error
    expect(() => partialJson({ onIncomplete: 'skip' })).toThrow(TypeError);
    // @ts-expect-error
    expect(() => partialJson({ schema: {} })).toThrow(TypeError);
    // @ts-expect-error
    expect(() => partialJson({ mode: 'events', schema: person })).toThrow(TypeError);
    expect(() => partialJson({ maxDepth: 0 })).toThrow(RangeError);
  });

  it('types what it emits', () => {
    const source = of('');
    expectTypeOf(source.pipe(partialJson())).toEqualTypeOf<Observable<DeepPartial<JsonValue>>>();
    expectTypeOf(source.pipe(partialJson<Person>())).toEqualTypeOf<Observable<DeepPartial<Person>>>();
    expectTypeOf(source.pipe(partialJson({ schema: person }), take(1))).toEqualTypeOf<Observable<DeepPartial<Person>>>();
    expectTypeOf(source.pipe(partialJson<Person>({ onIncomplete: 'emit' }))).toEqualTypeOf<Observable<JsonSnapshot<Person>>>();
    expectTypeOf(source.pipe(partialJson({ mode: 'events' }))).toEqualTypeOf<Observable<JsonEvent>>();
    expectTypeOf<DeepPartial<{ a: { b: readonly string[] }; c: [number, string] }>>().toEqualTypeOf<{
      readonly a?: { readonly b?: readonly string[] };
      readonly c?: readonly [number?, string?];
    }>();
    expectTypeOf<DeepPartial<unknown>>().toBeUnknown();
  });
});
