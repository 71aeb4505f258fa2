import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import type { OperatorFunction } from 'rxjs';
import type { DeltaEvent, FinishEvent, TextDeltaEvent } from '../../src/events.js';
import { ofEvent } from '../../src/operators/ofEvent.js';
import { marbles } from '../../src/testing/index.js';
import { operatorContract } from '../support/operatorContract.js';

describe('ofEvent', () => {
  operatorContract(() => ofEvent('start', 'text-delta', 'reset', 'finish'), { kind: 'mirror' });

  it(
    'emits the events of one type',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s-a-p-b-f|');
      const result = '       --a---b--|';
      expectStream(source.pipe(ofEvent('text-delta'))).toBe(result);
      expectSubscriptions(source.subscriptions).toBe('^--------!');
    }),
  );

  it(
    'emits the events of several types',
    marbles(({ stream, expectStream }) => {
      const source = stream('s-a-p-R-a-u-f|');
      const result = '       ----p-R---u--|';
      expectStream(source.pipe(ofEvent('ping', 'reset', 'usage'))).toBe(result);
    }),
  );

  it('narrows the type of its events', () => {
    expectTypeOf(ofEvent('text-delta')).toEqualTypeOf<OperatorFunction<DeltaEvent, TextDeltaEvent>>();
    expectTypeOf(ofEvent('text-delta', 'finish')).toEqualTypeOf<OperatorFunction<DeltaEvent, TextDeltaEvent | FinishEvent>>();
  });

  it('rejects an unknown type, and names the nearest one', () => {
    // @ts-expect-error: no such type
    expect(() => ofEvent('text_delta')).toThrow(
      new TypeError('ofEvent: unknown event type "text_delta", did you mean "text-delta"?'),
    );
    // @ts-expect-error: no such type
    expect(() => ofEvent('toString')).toThrow(TypeError);
  });

  it('rejects an empty list of types', () => {
    // @ts-expect-error: a type is missing
    expect(() => ofEvent()).toThrow(new TypeError('ofEvent: give at least one event type'));
  });
});
