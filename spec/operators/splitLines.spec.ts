import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StreamError } from '../../src/errors.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { splitLines } from '../../src/operators/splitLines.js';
import { finish, marbles, reasoning, reset, start, step, streamOf, text } from '../../src/testing/index.js';
import { anyChunking, anyText, cut } from '../support/chunks.js';
import { observed, operatorContract, record, recordLive } from '../support/operatorContract.js';

const fault = { ...reset().error, kind: 'overloaded', message: 'Overloaded', status: 529 };

function linesOf(events: Parameters<typeof streamOf>[0], options = {}): readonly unknown[] {
  return record(streamOf(events), splitLines(options)).values;
}

describe('splitLines', () => {
  operatorContract(() => splitLines(), { kind: 'append-only' });

  it(
    'emits each line when it is complete, and the last one at the completion',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream(' s-a-b-c-f|', { a: text('one\ntw'), b: text('o\n'), c: text('three') });
      const result = '        --x-y----(z|)';
      expectObservable(source.pipe(splitLines())).toBe(result, { x: 'one', y: 'two', z: 'three' });
      expectSubscriptions(source.subscriptions).toBe('^--------!');
    }),
  );

  it(
    'discards the pending line at a reset, and errors if a line was emitted',
    marbles(({ stream, expectObservable }) => {
      const source = stream(' s-a-R-s-b-c-R', { a: text('void'), b: text('one'), c: text('\n'), R: reset({ error: fault }) });
      const result = '        ----------x-#';
      const error = expect.objectContaining({ message: 'Overloaded', partial: expect.objectContaining({ text: 'one\n' }) });
      expectObservable(source.pipe(splitLines())).toBe(result.replace('----------x-#', '----------x-#'), { x: 'one' }, error);
    }),
  );

  it(
    'continues with the new attempt with onReset restart',
    marbles(({ stream, expectObservable }) => {
      const source = stream(' s-a-R-b-f|', { a: text('one\ntw'), b: text('uno\n') });
      const result = '        --x---y--|';
      expectObservable(source.pipe(splitLines({ onReset: 'restart' }))).toBe(result, { x: 'one', y: 'uno' });
    }),
  );

  it(
    'has retryStream send no second request once a line was emitted',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream(' s-a-#', { a: text('a\n') }, new TypeError('broken'));
      const retrying = retryStream({ shouldRetry: () => true, initialDelayMs: 3 });
      expectObservable(source.pipe(retrying, splitLines())).toBe('--a-#', { a: 'a' }, expect.any(StreamError));
      expectSubscriptions(source.subscriptions).toBe(['^---!']);
    }),
  );

  it('ends the line at the end of a round, whose lines no reset of the next round voids', () => {
    const rounds = [
      start(),
      text('Let me see'),
      step(1),
      text('void'),
      reset({ step: 1, error: fault }),
      text('Found\n'),
      finish(),
    ];
    expect(record(streamOf(rounds), splitLines())).toEqual({ values: ['Let me see', 'Found'], end: 'complete' });
    expect(record(streamOf([...rounds.slice(0, -1), reset({ step: 1, error: fault })]), splitLines()).end).toMatchObject({
      message: 'Overloaded',
    });
    expect(record(streamOf([...rounds.slice(0, -1), reset({ step: 2, error: fault }), finish()]), splitLines()).end).toBe(
      'complete',
    );
  });

  it('emits empty lines, but no empty last line, and reads CRLF', () => {
    expect(linesOf([start(), text('a\r'), text('\n\nb\r\n'), finish()])).toEqual(['a', '', 'b']);
    expect(linesOf([start(), text('a'), reasoning('\n'), text('\n', { choice: 1 }), text('b')])).toEqual(['ab']);
    expect(linesOf([start(), text('a\n'), text('b\nc', { choice: 1 })], { choice: 1 })).toEqual(['b', 'c']);
  });

  it('gives the same lines however the text is cut', () => {
    fc.assert(
      fc.property(anyText, anyChunking, (whole, sizes) => {
        const lines = whole.split(/\r?\n/);
        if (lines.at(-1) === '') lines.pop();
        const seen = linesOf([start(), ...cut(whole, sizes).map((piece) => text(piece)), finish()]);
        // A carriage return at the very end belongs to no line ending, and is dropped with it.
        expect(seen.map((line) => String(line).replace(/\r$/, ''))).toEqual(lines.map((line) => line.replace(/\r$/, '')));
      }),
      { numRuns: 1_000 },
    );
  });

  it('emits no line after unsubscribe, also of the same delta', () => {
    const { source, subject } = observed();
    const recorded = recordLive(source, splitLines());
    subject.next(start());
    subject.next(text('a\nb'));
    recorded.unsubscribe();
    subject.next(text('\n'));
    expect(recorded).toMatchObject({ values: ['a'], end: 'open' });
  });

  it('rejects unknown options', () => {
    // @ts-expect-error: a wrong name
    expect(() => splitLines({ onRest: 'restart' })).toThrow(
      new TypeError('splitLines: unknown option "onRest", did you mean "onReset"?'),
    );
    // @ts-expect-error: a wrong word
    expect(() => splitLines({ onReset: 'begin' })).toThrow(TypeError);
    expect(() => splitLines({ choice: 0.5 })).toThrow(RangeError);
  });
});
