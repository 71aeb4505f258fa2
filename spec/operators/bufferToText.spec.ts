import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NEVER, take } from 'rxjs';
import { LimitError } from '../../src/errors.js';
import { bufferToText } from '../../src/operators/bufferToText.js';
import { finish, marbles, ping, reset, start, step, streamOf, text } from '../../src/testing/index.js';
import { anyChunking, anyText, cut } from '../support/chunks.js';
import { operatorContract, record } from '../support/operatorContract.js';

describe('bufferToText', () => {
  operatorContract(() => bufferToText(), { kind: 'fold' });

  it(
    'emits the whole text once, when the stream completes',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream(' s-a-b-f|');
      const result = '        -------(x|)';
      expectObservable(source.pipe(bufferToText())).toBe(result, { x: 'ab' });
      expectSubscriptions(source.subscriptions).toBe('^------!');
    }),
  );

  it(
    'discards the text of an attempt at its reset',
    marbles(({ stream, expectObservable }) => {
      const source = stream(' s-a-b-R-c-d-f|');
      const result = '        -------------(x|)';
      expectObservable(source.pipe(bufferToText())).toBe(result, { x: 'cd' });
    }),
  );

  it('keeps the text of the steps before the reset step', () => {
    const events = [start(), text('a'), step(1), text('b'), step(2), text('c'), reset({ step: 1 }), text('d'), finish()];
    expect(record(streamOf(events), bufferToText()).values).toEqual(['ad']);
  });

  it(
    'emits the text when the stream completes without finish',
    marbles(({ stream, expectObservable }) => {
      const source = stream(' s-a-b-c-f|');
      const result = '        ----(x|)';
      expectObservable(source.pipe(take(3), bufferToText())).toBe(result, { x: 'ab' });
    }),
  );

  it('emits an empty text for an answer without text', () => {
    expect(record(streamOf([start(), finish()]), bufferToText()).values).toEqual(['']);
    expect(record(streamOf([ping()]), bufferToText()).values).toEqual(['']);
  });

  it(
    'emits no text when the source errors',
    marbles(({ stream, expectObservable }) => {
      expectObservable(stream('s-a-#').pipe(bufferToText())).toBe('----#', undefined, undefined);
    }),
  );

  it('reads both phases of choice 0, or of the given choice', () => {
    const events = [start(), text('a', { phase: 'commentary' }), text('b', { choice: 1 }), text('c'), finish()];
    expect(record(streamOf(events), bufferToText()).values).toEqual(['ac']);
    expect(record(streamOf(events), bufferToText({ choice: 1 })).values).toEqual(['b']);
  });

  it(
    'errors past maxChars, with the message so far as partial',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream(' s-a-b-c-f|');
      const result = '        ------#';
      expectObservable(source.pipe(bufferToText({ maxChars: 2 }))).toBe(result, undefined, new LimitError('maxChars', 2));
      expectSubscriptions(source.subscriptions).toBe('^-----!');
    }),
  );

  it('errors with the name and the value of the limit', () => {
    const { end } = record(streamOf([start(), text('ab'), text('c')]), bufferToText({ maxChars: 2 }));
    expect(end).toBeInstanceOf(LimitError);
    expect(end).toMatchObject({ kind: 'limit', limit: 'maxChars', value: 2, retryable: false, partial: { text: 'abc' } });
  });

  it('counts maxChars from 0 after a reset', () => {
    const events = [start(), text('ab'), reset(), start(), text('cd'), finish()];
    expect(record(streamOf(events), bufferToText({ maxChars: 2 })).values).toEqual(['cd']);
  });

  it('emits the same text however the stream is cut', () => {
    fc.assert(
      fc.property(anyText, anyText, anyChunking, (abandoned, whole, sizes) => {
        const pieces = (answer: string) => cut(answer, sizes).map((piece) => text(piece));
        const events = [start(), ...pieces(abandoned), reset(), start(), ...pieces(whole), finish()];
        expect(record(streamOf(events), bufferToText()).values).toEqual([whole]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('rejects a maxChars that is not positive', () => {
    expect(() => bufferToText({ maxChars: 0 })).toThrow(new RangeError('maxChars must be > 0, got 0'));
    expect(() => bufferToText({ maxChars: Number.NaN })).toThrow(RangeError);
    // @ts-expect-error: a wrong type
    expect(() => bufferToText({ maxChars: '5' })).toThrow(TypeError);
  });

  it('rejects a choice that is not a count, and unknown options', () => {
    expect(() => bufferToText({ choice: -1 })).toThrow(RangeError);
    // @ts-expect-error: a wrong name
    expect(() => NEVER.pipe(bufferToText({ maxChar: 1 }))).toThrow(
      new TypeError('bufferToText: unknown option "maxChar", did you mean "maxChars"?'),
    );
  });
});
