import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sentences } from '../../src/operators/sentences.js';
import { finish, marbles, reset, start, step, streamOf, text } from '../../src/testing/index.js';
import { anyChunking, anyText, cut } from '../support/chunks.js';
import { operatorContract, record } from '../support/operatorContract.js';

const fault = { ...reset().error, kind: 'overloaded', message: 'Overloaded', status: 529 };

function sentencesOf(whole: string, sizes: readonly number[] = [3], options = {}): readonly unknown[] {
  const events = [start(), ...cut(whole, sizes).map((piece) => text(piece)), finish()];
  return record(streamOf(events), sentences({ locale: 'en', ...options })).values;
}

/** A text with a mark between its sentences. */
function expectSentences(marked: string, options = {}): void {
  const expected = marked.split('|');
  for (const sizes of [[1], [2], [7], []]) expect(sentencesOf(expected.join(''), sizes, options)).toEqual(expected);
}

describe('sentences', () => {
  operatorContract(() => sentences(), { kind: 'append-only', texts: { answer: ['Hel', 'lo. It is.'], void: 'Void. It is' } });

  it(
    'emits a sentence at the first letter of the next one, and the last one at the completion',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream(' s-a---b-c---f|', { a: text('Dr. Lee paid 3.'), b: text('50. Then'), c: text(' she left.') });
      const result = '        ------x------(y|)';
      expectObservable(source.pipe(sentences({ locale: 'en' }))).toBe(result, { x: 'Dr. Lee paid 3.50. ', y: 'Then she left.' });
      expectSubscriptions(source.subscriptions).toBe('^------------!');
    }),
  );

  it(
    'discards the pending sentence at a reset, and errors if a sentence was emitted',
    marbles(({ stream, expectObservable }) => {
      const values = { a: text('Void'), b: text('One. Two'), R: reset({ error: fault }) };
      const source = stream(' s-a-R-s-b-R', values);
      const result = '        --------x-#';
      expectObservable(source.pipe(sentences())).toBe(result, { x: 'One. ' }, expect.objectContaining({ message: 'Overloaded' }));
      expectObservable(stream('s-b-R-b-f|', values).pipe(sentences({ onReset: 'restart' }))).toBe('--x---x--(y|)', {
        x: 'One. ',
        y: 'Two',
      });
    }),
  );

  it.each([
    'It is so. |Is it? |It is!',
    'Dr. Smith met Mrs. Jones and Prof. Lee on Jan. 5. |They left.',
    'It costs $3.14, or 1.5 times 2.25. |Cheap!',
    'The U.S. Army, e.g. in 2.0 and v. 3, i.e. later. |See Fig. 3 and No. 7.',
    'J. R. R. Tolkien wrote it. |So do I. |Then he left.',
    'See example.com and file.txt. |Good.',
    '"Really?" |She left... |Then.',
    'Wait… what? |Yes.',
    'First:\n\n|1. Apples are red.\n|2. Pears are not.\n\n---\n\n|Done.',
    '- One thing.\n|- Another thing.\n',
    '你好。|再见!|好',
  ])('keeps the sentences of %j whole', (marked) => {
    expectSentences(marked);
  });

  it('joins a sentence that is shorter than minChars with the next one', () => {
    expectSentences('Yes. It is so. |No. It is not.', { minChars: 10 });
    expectSentences('Yes. It is so. No. It is not.', { minChars: 1_000 });
  });

  it('ends the sentence at the end of a round', () => {
    const rounds = [
      start(),
      text('Let me see'),
      step(1),
      text('Void'),
      reset({ step: 1, error: fault }),
      text('Found. It'),
      finish(),
    ];
    expect(record(streamOf(rounds), sentences())).toEqual({ values: ['Let me see', 'Found. ', 'It'], end: 'complete' });
  });

  it('waits for no letter without end', () => {
    const numbers = '1. '.repeat(400);
    const seen = sentencesOf(`So. ${numbers}`, [5]);
    expect(seen.join('')).toBe(`So. ${numbers}`);
    expect(seen.length).toBeGreaterThan(1);
  });

  it('loses no text and gives the same sentences however the text is cut', () => {
    const words = fc.constantFrom(
      'Hello',
      'world',
      'Dr.',
      '3.14',
      'e.g.',
      '?',
      '!',
      '. ',
      '. ',
      '\n',
      ' ',
      ' ',
      '…',
      '𝒜',
      '😀',
      '(a)',
      '1.',
      'U.S.',
      '"',
    );
    const anyProse = fc.oneof(
      anyText,
      fc.array(words, { maxLength: 40 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(anyProse, anyChunking, fc.integer({ min: 0, max: 20 }), (whole, sizes, minChars) => {
        const seen = sentencesOf(whole, sizes, { minChars });
        expect(seen).toEqual(sentencesOf(whole, [], { minChars }));
        expect(/[\p{L}\p{N}]/u.test(whole) ? whole : '').toBe(seen.join(''));
      }),
      { numRuns: 1_000 },
    );
  });

  it('rejects wrong options', () => {
    // @ts-expect-error: a wrong name
    expect(() => sentences({ local: 'en' })).toThrow(new TypeError('sentences: unknown option "local", did you mean "locale"?'));
    expect(() => sentences({ locale: 'not a tag' })).toThrow(RangeError);
    expect(() => sentences({ minChars: -1 })).toThrow(RangeError);
    // @ts-expect-error: a wrong type
    expect(() => sentences({ minChars: '3' })).toThrow(TypeError);
    // @ts-expect-error: a wrong word
    expect(() => sentences({ onReset: 'begin' })).toThrow(TypeError);
  });
});
