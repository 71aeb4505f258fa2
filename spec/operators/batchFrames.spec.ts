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
    'merges the deltas of 16 ms where there are no animation frames',
    marbles(({ stream, expectStream }) => {
      const source = stream('a-b 20ms c 20ms f|');
      const result = '       16ms A 22ms c 4ms f|';
      expectStream(source.pipe(batchFrames())).toBe(result, { A: text('ab') });
    }),
  );

  it(
    'waits no longer than 100 ms for a frame, because a hidden page gets none',
    marbles(({ stream, expectStream, animate }) => {
      animate('             500ms x');
      const source = stream('a-b 200ms f|');
      const result = '       100ms A 102ms f|';
      expectStream(source.pipe(batchFrames())).toBe(result, { A: text('ab') });
    }),
  );

  it('keeps the order: events of another target, or without text, follow the held text', () => {
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

  it('discards the held text at a reset', () => {
    expect(record(from([start(), text('a'), reset(), start(), text('b'), finish()]), batchFrames()).values).toEqual([
      ...[start(), reset(), start(), text('b'), finish()],
    ]);
  });

  it('emits the held text before an error', () => {
    const error = new Error('cut');
    const source = concat(
      from([start(), text('a')]),
      throwError(() => error),
    );
    expect(record(source, batchFrames())).toEqual({ values: [start(), text('a')], end: error });
  });

  it('clears its timers when the stream ends', () => {
    const result = record(concat(from([start(), text('a')]), NEVER), batchFrames());
    expect(result).toEqual({ values: [start()], end: 'open' });
  });

  it('loses no text, however it arrives', () => {
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
