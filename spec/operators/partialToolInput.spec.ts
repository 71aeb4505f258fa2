import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import fc from 'fast-check';
import { from, type Observable, of } from 'rxjs';
import type { DeltaEvent, JsonValue } from '../../src/events.js';
import type { DeepPartial } from '../../src/operators/partialJson.js';
import { partialToolInput } from '../../src/operators/partialToolInput.js';
import { finish, marbles, reset, start, step, text, toolCallDelta, toolCallEnd, toolCallStart } from '../../src/testing/index.js';
import { anyChunking, cut } from '../support/chunks.js';
import { anyJson } from '../support/json.js';
import { operatorContract, record } from '../support/operatorContract.js';

function callOf(callId: string, ...pieces: readonly string[]): DeltaEvent[] {
  const deltas = pieces.map((piece) => toolCallDelta(callId, piece));
  return [toolCallStart(callId, 'weather'), ...deltas, toolCallEnd(callId, 'weather', pieces.join(''))];
}

function valuesOf(events: readonly DeltaEvent[], callId?: string): readonly unknown[] {
  const { values, end } = record(from([start(), ...events]), partialToolInput(callId));
  expect(end).toBe('complete');
  return values;
}

function failure(events: readonly DeltaEvent[], callId?: string): unknown {
  return record(from([start(), ...events]), partialToolInput(callId)).end;
}

describe('partialToolInput', () => {
  operatorContract(() => partialToolInput());

  it(
    'emits the input of the call while it grows',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const [a, b, c, d] = callOf('1', '{"city": "Par', 'is"}') as [DeltaEvent, DeltaEvent, DeltaEvent, DeltaEvent];
      const source = stream('s-a-b-c-d-f|', { a, b, c, d });
      const subscription = ' ^----------!';
      const result = '       ----x-y----|';
      expectObservable(source.pipe(partialToolInput())).toBe(result, { x: { city: 'Par' }, y: { city: 'Paris' } });
      expectSubscriptions(source.subscriptions).toBe(subscription);
    }),
  );

  it('emits the value of JSON.parse last, however the arguments are chunked', () => {
    fc.assert(
      fc.property(anyJson(), anyChunking, (whole, sizes) => {
        const values = valuesOf([...callOf('1', ...cut(whole, sizes)), finish('tool-calls')]);
        return JSON.stringify(values.at(-1)) === JSON.stringify(JSON.parse(whole));
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads the call of the given id, else the first call to a client tool with JSON arguments', () => {
    const search = toolCallStart('0', 'search', { executor: 'provider' });
    const note = toolCallStart('n', 'note', { format: 'text' });
    const mixed = [search, toolCallDelta('0', '{"q":1}'), note, toolCallDelta('n', 'free')];
    const events = [...mixed, ...callOf('1', '{"a":1}'), ...callOf('2', '{"b":2}'), finish('tool-calls')];
    expect(valuesOf(events)).toEqual([{ a: 1 }]);
    expect(valuesOf(events, '2')).toEqual([{ b: 2 }]);
    expect(valuesOf(events, '3')).toEqual([]);
    expect(valuesOf([text('{}'), finish()])).toEqual([]);
  });

  it('emits {} for a call without arguments', () => {
    expect(valuesOf(callOf('1'))).toEqual([{}]);
    expect(valuesOf(callOf('1', ''))).toEqual([{}]);
  });

  it('reads the next call after a reset that voids the call', () => {
    const [begin, delta] = callOf('1', '{"a":"x') as [DeltaEvent, DeltaEvent];
    expect(valuesOf([begin, delta, reset(), ...callOf('1', '{"a":1}')])).toEqual([{ a: 'x' }, { a: 1 }]);
    const second = [step(1), ...callOf('2', '[0]'), reset({ step: 1 }), ...callOf('2', '[1]')];
    expect(valuesOf([...callOf('1', '{"a":1}'), ...second])).toEqual([{ a: 1 }]);
    expect(valuesOf([...callOf('1', '{"a":1}'), ...second], '2')).toEqual([[0], [1]]);
  });

  it('errors with the offset and the last good value where the arguments are not JSON or are truncated', () => {
    expect(failure(callOf('1', '{"a":[1,2],', '}'))).toMatchObject({
      kind: 'parse',
      offset: 11,
      value: { a: [1, 2] },
      text: '{"a":[1,2],}',
    });
    expect(failure(callOf('1', '{"a":1'))).toMatchObject({ kind: 'parse', offset: 6 });
    const cutOff = [...callOf('1', '{"a":"x').slice(0, 2), finish('length')];
    expect(failure(cutOff)).toMatchObject({ kind: 'parse', offset: 7, finishReason: 'length', value: { a: 'x' } });
    expect(failure(cutOff)).toMatchObject({ partial: { toolCalls: [{ callId: '1', argumentsText: '{"a":"x' }] } });
    expect(failure(callOf('1', '['.repeat(300)))).toMatchObject({ kind: 'limit', value: 256 });
    expect(failure([toolCallStart('1', 'note', { format: 'text' })], '1')).toMatchObject({ kind: 'parse' });
  });

  it('throws on a callId that is not a string', () => {
    // @ts-expect-error
    expect(() => partialToolInput(1)).toThrow(TypeError);
  });

  it('types what it emits', () => {
    const source: Observable<DeltaEvent> = of();
    expectTypeOf(source.pipe(partialToolInput())).toEqualTypeOf<Observable<DeepPartial<JsonValue>>>();
    expectTypeOf(source.pipe(partialToolInput<{ city: string }>())).toEqualTypeOf<Observable<{ readonly city?: string }>>();
  });
});
