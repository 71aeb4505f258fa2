import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type MarkdownText, markdownBlocks } from '../../src/operators/markdownBlocks.js';
import { finish, marbles, reasoning, reset, start, step, streamOf, text } from '../../src/testing/index.js';
import { anyChunking, cut } from '../support/chunks.js';
import { commonMarkExamples } from '../support/markdownSpec.js';
import { operatorContract, record } from '../support/operatorContract.js';

const heading = { kind: 'heading', text: '# Hi\n' };

function open(blocks: readonly unknown[], tail: string, closing = ''): unknown {
  return { blocks, tail, closedTail: tail + closing };
}

function textsOf(events: Parameters<typeof streamOf>[0]): readonly MarkdownText[] {
  return record(streamOf(events), markdownBlocks()).values as MarkdownText[];
}

describe('markdownBlocks', () => {
  operatorContract(() => markdownBlocks(), { kind: 'fold' });

  it(
    'emits the finished blocks and the tail whenever the text changes',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream(' s-a-b-c-f|', { a: text('# Hi\n'), b: text('some **bo'), c: text('ld**') });
      const result = '        --x-y-z--(w|)';
      expectObservable(source.pipe(markdownBlocks())).toBe(result, {
        x: open([heading], ''),
        y: open([heading], 'some **bo', '**'),
        z: open([heading], 'some **bold**'),
        w: open([heading, { kind: 'paragraph', text: 'some **bold**' }], ''),
      });
      expectSubscriptions(source.subscriptions).toBe('^--------!');
    }),
  );

  it(
    'emits what remains at a reset, at once, and nothing if that voids no text',
    marbles(({ stream, expectObservable }) => {
      const source = stream(' s-R-s-a-R-s-b-f|', { a: text('void\n\nvoid'), b: text('b') });
      const result = '        ------x-y---z--(w|)';
      expectObservable(source.pipe(markdownBlocks())).toBe(result, {
        x: open([{ kind: 'paragraph', text: 'void\n\n' }], 'void'),
        y: open([], ''),
        z: open([], 'b'),
        w: open([{ kind: 'paragraph', text: 'b' }], ''),
      });
    }),
  );

  it('keeps finished blocks, and the array of them, as the same objects', () => {
    const values = textsOf([start(), text('# Hi\n'), text('some'), text(' text'), text('\n\nmore'), finish()]);
    const [first, second, third, fourth] = values;
    expect(second?.blocks).toBe(first?.blocks);
    expect(third?.blocks).toBe(first?.blocks);
    expect(fourth?.blocks[0]).toBe(first?.blocks[0]);
    expect(first?.blocks).toHaveLength(1);
    expect(fourth?.blocks).toHaveLength(2);
  });

  it('keeps the blocks of the rounds before a reset', () => {
    const values = textsOf([
      start(),
      text('# Hi\n- a\n\n'),
      step(1),
      text('void'),
      reset({ step: 1 }),
      text('- b'),
      reset({ step: 1 }),
      reset({ step: 2 }),
      text('- c'),
      finish(),
    ]);
    expect(values.map(({ blocks, tail }) => [blocks.length, tail])).toEqual([
      [1, '- a\n\n'],
      [2, 'void'],
      [1, '- a\n\n'],
      [1, '- a\n\n- b'],
      [1, '- a\n\n'],
      [1, '- a\n\n- c'],
      [3 - 1, ''],
    ]);
    expect(values[5]?.blocks[0]).toBe(values[0]?.blocks[0]);
  });

  it('emits nothing for empty text, reasoning and other choices', () => {
    expect(textsOf([start(), text(''), reasoning('# no'), text('# x', { choice: 1 }), finish()])).toEqual([]);
    expect(record(streamOf([start(), text('a'), text('b', { choice: 1 })]), markdownBlocks({ choice: 1 })).values).toHaveLength(
      2,
    );
  });

  it('finishes the tail when the stream completes without finish, and emits no more if only blank lines are left', () => {
    expect(textsOf([start(), text('```\na')]).at(-1)).toEqual(open([{ kind: 'code', text: '```\na' }], ''));
    expect(textsOf([start(), text('# Hi\n\n\n'), finish()])).toEqual([open([heading], '\n\n')]);
  });

  it('holds the whole text however it is cut, and finishes the same blocks', () => {
    const examples = fc.array(fc.constantFrom(...commonMarkExamples.map(({ markdown }) => markdown)), { maxLength: 4 });
    fc.assert(
      fc.property(examples, anyChunking, (markdowns, sizes) => {
        const whole = markdowns.join('\n');
        const values = textsOf([start(), ...cut(whole, sizes).map((piece) => text(piece)), finish()]);
        const joined = values.map(({ blocks, tail }) => blocks.map((block) => block.text).join('') + tail);
        expect(joined.at(-1) ?? '').toBe(whole);
        for (const [index, value] of joined.entries()) expect(whole.startsWith(value) && value.length > 0).toBe(index >= 0);
        expect(values.at(-1)?.blocks).toEqual(textsOf([start(), text(whole), finish()]).at(-1)?.blocks);
      }),
      { numRuns: 1_000 },
    );
  });

  it('rejects unknown options', () => {
    // @ts-expect-error: a wrong name
    expect(() => markdownBlocks({ choise: 1 })).toThrow(
      new TypeError('markdownBlocks: unknown option "choise", did you mean "choice"?'),
    );
    expect(() => markdownBlocks({ choice: -1 })).toThrow(RangeError);
  });
});
