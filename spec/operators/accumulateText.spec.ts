import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { accumulateText } from '../../src/operators/accumulateText.js';
import { finish, marbles, reasoning, reset, start, step, streamOf, text } from '../../src/testing/index.js';
import { anyChunking, anyText, cut } from '../support/chunks.js';
import { operatorContract, record } from '../support/operatorContract.js';

describe('accumulateText', () => {
  operatorContract(() => accumulateText(), { kind: 'fold' });

  it(
    'emits the text so far whenever it changes',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream(' s-a-b-R-c-f|');
      const result = '        --v-w-x-y--|';
      expectObservable(source.pipe(accumulateText())).toBe(result, { v: 'a', w: 'ab', x: '', y: 'c' });
      expectSubscriptions(source.subscriptions).toBe('^----------!');
    }),
  );

  it(
    'emits nothing at a reset that voids no text',
    marbles(({ stream, expectObservable }) => {
      const source = stream(' s-R-s-R-s-a-f|');
      const result = '        ----------v--|';
      expectObservable(source.pipe(accumulateText())).toBe(result, { v: 'a' });
    }),
  );

  it('emits the text before the reset step', () => {
    const events = [
      start(),
      text('a'),
      step(1),
      text('b'),
      reset({ step: 1 }),
      text('c'),
      reset({ step: 1 }),
      text('d'),
      finish(),
    ];
    expect(record(streamOf(events), accumulateText()).values).toEqual(['a', 'ab', 'a', 'ac', 'a', 'ad']);
  });

  it('keeps the text at a reset of a step that has not begun', () => {
    const events = [start(), text('Hel'), reset({ step: 1 }), start(), text('lo'), finish()];
    expect(record(streamOf(events), accumulateText()).values).toEqual(['Hel', 'Hello']);
  });

  it('never emits the same text twice in a row', () => {
    const events = [start(), text('a'), text(''), reasoning('Hm'), text('x', { choice: 1 }), text('b'), finish()];
    expect(record(streamOf(events), accumulateText()).values).toEqual(['a', 'ab']);
  });

  it('reads the given choice', () => {
    const events = [start(), text('a'), text('b', { choice: 1 }), finish()];
    expect(record(streamOf(events), accumulateText({ choice: 1 })).values).toEqual(['b']);
  });

  it('emits the same last text however the stream is cut', () => {
    fc.assert(
      fc.property(anyText, anyChunking, (whole, sizes) => {
        const events = [start(), ...cut(whole, sizes).map((piece) => text(piece)), finish()];
        const { values } = record(streamOf(events), accumulateText());
        expect(values.at(-1) ?? '').toBe(whole);
        expect(values).toHaveLength(cut(whole, sizes).length);
      }),
      { numRuns: 1_000 },
    );
  });

  it('rejects unknown options', () => {
    // @ts-expect-error: a wrong name
    expect(() => accumulateText({ choise: 1 })).toThrow(
      new TypeError('accumulateText: unknown option "choise", did you mean "choice"?'),
    );
    expect(() => accumulateText({ choice: -1 })).toThrow(RangeError);
  });
});
