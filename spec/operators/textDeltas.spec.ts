import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StreamError } from '../../src/errors.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { textDeltas } from '../../src/operators/textDeltas.js';
import { finish, marbles, reasoning, refusal, reset, start, step, streamOf, text } from '../../src/testing/index.js';
import { anyChunking, anyText, cut } from '../support/chunks.js';
import { observed, operatorContract, record, recordLive } from '../support/operatorContract.js';

const fault = { ...reset().error, kind: 'overloaded', message: 'Overloaded', status: 529, retryAfterMs: 2_000 };

describe('textDeltas', () => {
  operatorContract(() => textDeltas(), { kind: 'append-only' });

  it(
    'emits each piece of text as it arrives',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream(' s-a-pbu-c-f|');
      const result = '        --a--b--c--|';
      expectObservable(source.pipe(textDeltas())).toBe(result);
      expectSubscriptions(source.subscriptions).toBe('^----------!');
    }),
  );

  it(
    'errors with the fault when a reset voids emitted text',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream(' s-a-b-R-c-f|', { R: reset({ error: fault }) });
      const result = '        --a-b-#';
      const error = expect.objectContaining({ message: 'Overloaded', kind: 'overloaded', status: 529, retryAfterMs: 2_000 });
      expectObservable(source.pipe(textDeltas())).toBe(result, undefined, error);
      expectSubscriptions(source.subscriptions).toBe('^-----!');
    }),
  );

  it(
    'emits the text of the new attempt with onReset restart',
    marbles(({ stream, expectObservable }) => {
      const source = stream(' s-a-b-R-c-f|');
      const result = '        --a-b---c--|';
      expectObservable(source.pipe(textDeltas({ onReset: 'restart' }))).toBe(result);
    }),
  );

  it(
    'makes retryStream behave as "fail": no second request starts',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream(' s-a-#', {}, new TypeError('broken'));
      const retrying = retryStream({ shouldRetry: () => true, initialDelayMs: 3 });
      expectObservable(source.pipe(retrying, textDeltas())).toBe('--a-#', undefined, expect.any(StreamError));
      expectSubscriptions(source.subscriptions).toBe(['^---!']);
    }),
  );

  it('errors with the message so far as partial', () => {
    const { end } = record(streamOf([start(), text('Hel'), text('lo'), reset({ error: fault })]), textDeltas());
    expect(end).toMatchObject({ retryable: true, partial: { text: 'Hello', model: 'model-1', finishReason: undefined } });
  });

  it('continues after a reset that voids no emitted text', () => {
    const silent = [start(), reasoning('Hm'), text(''), text('other', { choice: 1 }), reset()];
    const laterStep = [
      start(),
      text('a'),
      step(1),
      reasoning('Hm'),
      reset({ step: 1 }),
      text('b'),
      reset({ step: 2 }),
      text('c'),
    ];
    expect(record(streamOf([...silent, start(), text('a'), finish()]), textDeltas())).toEqual({ values: ['a'], end: 'complete' });
    expect(record(streamOf(laterStep), textDeltas())).toEqual({ values: ['a', 'b', 'c'], end: 'complete' });
  });

  it('errors at a reset of a step with emitted text, whatever the steps before it emitted', () => {
    const { values, end } = record(streamOf([start(), text('a'), step(1), text('b'), reset({ step: 1 })]), textDeltas());
    expect(values).toEqual(['a', 'b']);
    expect(end).toMatchObject({ partial: { text: 'ab' } });
  });

  it('unsubscribes the source before it errors', () => {
    const { source, log, subject } = observed();
    const seen: unknown[] = [];
    source.pipe(textDeltas()).subscribe({ error: () => seen.push(...log) });
    for (const event of [start(), text('a'), reset()]) subject.next(event);
    expect(seen).toEqual(['subscribe', 'unsubscribe']);
  });

  it('emits both phases, and neither reasoning nor refusals nor empty text', () => {
    const events = [
      start(),
      text('So', { phase: 'commentary' }),
      reasoning('Hm'),
      text(''),
      refusal('No'),
      text('Yes'),
      finish(),
    ];
    expect(record(streamOf(events), textDeltas()).values).toEqual(['So', 'Yes']);
  });

  it('reads choice 0, or the given choice', () => {
    const events = [start(), text('a'), text('b', { choice: 1 }), finish()];
    expect(record(streamOf(events), textDeltas()).values).toEqual(['a']);
    expect(record(streamOf(events), textDeltas({ choice: 1 })).values).toEqual(['b']);
  });

  it('completes when the stream completes without finish', () => {
    expect(record(streamOf([start(), text('a')]), textDeltas())).toEqual({ values: ['a'], end: 'complete' });
  });

  it('gives the same text however the stream is cut', () => {
    fc.assert(
      fc.property(anyText, anyChunking, (whole, sizes) => {
        const events = [start(), ...cut(whole, sizes).map((piece) => text(piece)), finish()];
        expect(record(streamOf(events), textDeltas()).values.join('')).toBe(whole);
      }),
      { numRuns: 1_000 },
    );
  });

  it('rejects unknown options', () => {
    // @ts-expect-error: a wrong name
    expect(() => textDeltas({ onRest: 'restart' })).toThrow(
      new TypeError('textDeltas: unknown option "onRest", did you mean "onReset"?'),
    );
    // @ts-expect-error: a wrong word
    expect(() => textDeltas({ onReset: 'begin' })).toThrow(new TypeError('onReset must be one of error, restart'));
    expect(() => textDeltas({ choice: 0.5 })).toThrow(RangeError);
  });

  it('emits nothing after unsubscribe', () => {
    const { source, subject } = observed();
    const recorded = recordLive(source, textDeltas());
    subject.next(start());
    subject.next(text('a'));
    recorded.unsubscribe();
    subject.next(reset());
    expect(recorded).toMatchObject({ values: ['a'], end: 'open' });
  });
});
