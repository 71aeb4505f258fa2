import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, from, NEVER, throwError } from 'rxjs';
import type { DeltaEvent } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { batchFrames } from '../../src/operators/batchFrames.js';
import { finish, marbles, reasoning, reset, start, text, toolCallDelta } from '../../src/testing/index.js';
import { anyText } from '../support/chunks.js';
import { operatorContract, record } from '../support/operatorContract.js';

describe('batchFrames', () => {
  operatorContract(() => batchFrames(), { kind: 'mirror' });

  it(
    'merges the deltas of a frame into one',
    marbles(({ stream, expectStream, animate }) => {
      animate('             ------x----x---');
      const source = stream('s-abc-d--e--f|');
      const result = '       s-----A----Bf|';
      expectStream(source.pipe(batchFrames())).toBe(result, { A: text('abc'), B: text('de') });
    }),
  );

  it(
    'merges what comes within 16 ms where there are no frames',
    marbles(({ stream, expectStream }) => {
      const source = stream('a-b 20ms c 20ms f|');
      const result = '       16ms A 22ms c 4ms f|';
      expectStream(source.pipe(batchFrames())).toBe(result, { A: text('ab') });
    }),
  );

  it(
    'does not wait longer than 100 ms for a frame: a hidden page gets none',
    marbles(({ stream, expectStream, animate }) => {
      animate('             500ms x');
      const source = stream('a-b 200ms f|');
      const result = '       100ms A 102ms f|';
      expectStream(source.pipe(batchFrames())).toBe(result, { A: text('ab') });
    }),
  );

  it('keeps the order: what adds to something else, or adds nothing, comes after what was held', () => {
    const events = [
      ...[
        start(),
        text('a'),
        text('b'),
        reasoning('r', { block: 1 }),
        reasoning('s', { block: 1 }),
        text('c', { phase: 'commentary' }),
      ],
      ...[
        toolCallDelta('1', '{', { block: 2 }),
        toolCallDelta('1', '}', { block: 2 }),
        toolCallDelta('2', '[]', { block: 3 }),
        finish(),
      ],
    ];
    expect(record(from(events), batchFrames()).values).toEqual([
      ...[start(), text('ab'), reasoning('rs', { block: 1 }), text('c', { phase: 'commentary' })],
      ...[toolCallDelta('1', '{}', { block: 2 }), toolCallDelta('2', '[]', { block: 3 }), finish()],
    ]);
  });

  it('drops what it holds at a reset, because that is void', () => {
    expect(record(from([start(), text('a'), reset(), start(), text('b'), finish()]), batchFrames()).values).toEqual([
      ...[start(), reset(), start(), text('b'), finish()],
    ]);
  });

  it('lets out what it holds before an error', () => {
    const error = new Error('cut');
    const source = concat(
      from([start(), text('a')]),
      throwError(() => error),
    );
    expect(record(source, batchFrames())).toEqual({ values: [start(), text('a')], end: error });
  });

  it('leaves no timer behind', () => {
    const result = record(concat(from([start(), text('a')]), NEVER), batchFrames());
    expect(result).toEqual({ values: [start()], end: 'open' });
  });

  it('loses nothing, however the text comes', () => {
    const anyDelta = fc.tuple(anyText, fc.constantFrom(0, 1), fc.boolean());
    fc.assert(
      fc.property(fc.array(anyDelta), (deltas) => {
        const events: DeltaEvent[] = deltas.map(([value, block, isText]) =>
          isText ? text(value, { block }) : reasoning(value, { block: block + 2 }),
        );
        const message = (all: readonly unknown[]) => {
          const fold = createMessageFold();
          for (const event of all as readonly DeltaEvent[]) fold.push(event);
          return fold.partial();
        };
        expect(message(record(from(events), batchFrames()).values)).toEqual(message(events));
      }),
      { numRuns: 1_000 },
    );
  });
});
