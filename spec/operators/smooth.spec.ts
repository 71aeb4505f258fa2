import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asyncScheduler, concat, from, NEVER, tap, throwError } from 'rxjs';
import type { DeltaEvent } from '../../src/events.js';
import { type SmoothOptions, smooth, type TextUnit } from '../../src/operators/smooth.js';
import { finish, marbles, reasoning, reset, start, text, toolCallDelta } from '../../src/testing/index.js';
import { anyChunking, anyText, cut } from '../support/chunks.js';
import { operatorContract, record } from '../support/operatorContract.js';

// The files of display/ are tested through smooth and batchFrames.
describe('smooth', () => {
  operatorContract(() => smooth(), {
    kind: 'mirror',
    throwing: (error) =>
      smooth({
        by: () => {
          throw error;
        },
      }),
  });

  const words = { A: text('one two three '), 1: text('one '), 2: text('two '), 3: text('three ') };

  it(
    'emits one word at a time',
    marbles(({ stream, expectStream }) => {
      const source = stream('s-A-----------f|', words);
      const result = '       s-1--2--3-----f|';
      expectStream(source.pipe(smooth({ delayMs: 3 }))).toBe(result, words);
    }),
  );

  it(
    'emits pending text at once before an event that adds no text',
    marbles(({ stream, expectStream }) => {
      const source = stream('s-A-------------(pf|)', words);
      const result = '       s-1---------2---(3pf|)';
      expectStream(source.pipe(smooth({ delayMs: 10 }))).toBe(result, words);
    }),
  );

  it(
    'joins the pieces of a word',
    marbles(({ stream, expectStream }) => {
      const values = { A: text('on'), B: text('e t'), C: text('wo '), 1: text('one '), 2: text('two ') };
      const source = stream('s-ABC-----------f|', values);
      const result = '       s----1--2-------f|';
      expectStream(source.pipe(smooth({ delayMs: 3 }))).toBe(result, values);
    }),
  );

  it(
    'emits a word without an end after ten pauses',
    marbles(({ stream, expectStream }) => {
      const source = stream('a 49ms f|');
      const result = '       20ms a 29ms f|';
      expectStream(source.pipe(smooth({ delayMs: 2 }))).toBe(result);
    }),
  );

  it(
    'emits faster the more text is pending, so that the delay does not grow',
    marbles(({ cold, flush }) => {
      const fast = cold(`${'A'.repeat(2_000)}|`, { A: text('a b c d ') });
      let waiting = 0;
      let most = 0;
      const count = (times: number) => (event: DeltaEvent) => {
        if (event.type === 'text-delta') waiting += (times * event.text.length) / 2;
        most = Math.max(most, waiting);
      };
      fast.pipe(tap(count(1)), smooth({ delayMs: 1 }), tap(count(-1))).subscribe();
      flush();
      expect(most).toBeLessThan(4 * 32);
    }),
  );

  it(
    'emits all text within thirty pauses, however much arrives at once',
    marbles(({ cold, flush }) => {
      const bursts = cold('A---B-C-----A 999ms f|', {
        A: text('a '.repeat(300)),
        B: text('b '),
        C: text('c '.repeat(90)),
        f: finish(),
      });
      let waiting = 0;
      let emptyAt = 0;
      const count = (times: number) => (event: DeltaEvent) => {
        if (event.type !== 'text-delta') return;
        waiting += (times * event.text.length) / 2;
        if (waiting === 0) emptyAt = asyncScheduler.now();
      };
      bursts.pipe(tap(count(1)), smooth({ delayMs: 1 }), tap(count(-1))).subscribe();
      flush();
      expect(waiting).toBe(0);
      expect(emptyAt).toBeLessThanOrEqual(12 + 30);
    }),
  );

  it('keeps the order: a delta of another target emits the pending text first', () => {
    const events = [
      ...[start(), text('a b'), reasoning('r s', { block: 1 }), toolCallDelta('1', '{ }', { block: 2 })],
      ...[toolCallDelta('2', '[]', { block: 3 }), finish()],
    ];
    expect(record(from(events), smooth()).values).toEqual([
      ...[start(), text('a '), text('b'), reasoning('r ', { block: 1 }), reasoning('s', { block: 1 })],
      ...[
        toolCallDelta('1', '{ ', { block: 2 }),
        toolCallDelta('1', '}', { block: 2 }),
        toolCallDelta('2', '[]', { block: 3 }),
        finish(),
      ],
    ]);
  });

  it('discards pending text at a reset', () => {
    const events = [start(), text('a b'), reset(), start(), text('c d'), finish()];
    expect(record(from(events), smooth()).values).toEqual([
      ...[start(), text('a '), reset(), start(), text('c '), text('d'), finish()],
    ]);
  });

  it('emits pending text before an error', () => {
    const error = new Error('cut');
    const source = concat(
      from([text('a b')]),
      throwError(() => error),
    );
    expect(record(source, smooth())).toEqual({ values: [text('a '), text('b')], end: error });
  });

  it('holds no text back in a hidden page', () => {
    const page = globalThis as { document?: { readonly hidden: boolean } };
    page.document = { hidden: true };
    try {
      expect(record(concat(from([text('a b c')]), NEVER), smooth()).values).toEqual([text('a b c')]);
    } finally {
      delete page.document;
    }
  });

  describe('by', () => {
    const unitsOf = (whole: string, by: TextUnit): readonly string[] => {
      const units: string[] = [];
      marbles(({ cold, flush }) => {
        cold('A 999ms |', { A: text(whole) })
          .pipe(
            smooth({ by, delayMs: 1 }),
            tap((event) => units.push(event.text)),
          )
          .subscribe();
        flush();
      })();
      return units;
    };

    it.each<[string, TextUnit, string, readonly string[]]>([
      ['a word with the space after it', 'word', 'one  two\nthree', ['one  ', 'two\n', 'three']],
      ['a line with its end', 'line', 'one two\n\nthree', ['one two\n', '\n', 'three']],
      ['a character as people see it', 'grapheme', 'né👩‍👩‍👧!', ['n', 'é', '👩‍👩‍👧', '!']],
      ['what a pattern matches, with what stands before it', /[.!?]\s/, 'Yes. No! Maybe', ['Yes. ', 'No! ', 'Maybe']],
      ['a segment', new Intl.Segmenter('en', { granularity: 'word' }), 'one two', ['one', ' ', 'two']],
      [
        'as long as a function returns',
        ({ text: { length } }) => (length >= 3 ? 3 : undefined),
        'abcdefgh',
        ['abc', 'def', 'gh'],
      ],
      [
        'a word of more than 256 characters in pieces',
        'word',
        `${'x'.repeat(300)} y`,
        ['x'.repeat(256), `${'x'.repeat(44)} `, 'y'],
      ],
      ['no half of a character', 'word', '😀'.repeat(130), [`${'😀'.repeat(128)}`, '😀😀']],
    ])('%s', (_what, by, whole, units) => {
      expect(unitsOf(whole, by)).toEqual(units);
    });
  });

  it('loses no text, whatever the unit and however the text is cut', () => {
    const units = fc.constantFrom<TextUnit>('word', 'line', 'grapheme', /,/, ({ text: { length } }) => length - 1);
    fc.assert(
      fc.property(anyText, anyChunking, units, (whole, sizes, by) => {
        const { values } = record(from(cut(whole, sizes).map((piece) => text(piece))), smooth({ by }));
        expect((values as readonly (DeltaEvent & { text: string })[]).map((event) => event.text).join('')).toBe(whole);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<[string, SmoothOptions, RegExp]>([
    ['an unknown option', { delay: 3 } as SmoothOptions, /did you mean "delayMs"/],
    ['an unknown unit', { by: 'letter' as 'word' }, /by must be/],
    ['a delay that is not positive', { delayMs: 0 }, /delayMs must be > 0/],
  ])('rejects %s at call time', (_what, options, message) => {
    expect(() => smooth(options)).toThrow(message);
  });
});
