import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DeltaEvent } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { finish, reasoning, reset, start, step, text, toolCallEnd } from '../../src/testing/index.js';
import { createWholeLines } from '../../src/toon/lineBuffer.js';

/** Deltas of a few characters, and texts that are long enough to be searched another way. */
const anyText = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom('a', '\n', 'b'), maxLength: 3 }) },
  fc.string({ unit: fc.constantFrom('a', '\n', 'b'), minLength: 15, maxLength: 20 }),
  fc.string({ unit: 'grapheme-ascii', minLength: 15, maxLength: 20 }),
);

const anyEvent: fc.Arbitrary<DeltaEvent> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(anyText, fc.nat({ max: 1 }), fc.nat({ max: 1 }), fc.constantFrom('answer', 'commentary'))
      .map(([value, block, choice, phase]) => text(value, { block: block + 2 * Number(phase === 'answer'), choice, phase })),
  },
  fc.constantFrom(
    start(),
    reasoning('r', { block: 9 }),
    toolCallEnd('c', 'f', '{}', { block: 8 }),
    step(1),
    reset(),
    reset({ step: 1 }),
    finish(),
  ),
);

describe('createWholeLines', () => {
  it('gives texts that fold to the same message, and none that goes on after the end of a line', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyEvent, fc.boolean()), { maxLength: 200 }), (steps) => {
        const joined = createMessageFold();
        const plain = createMessageFold();
        const lines = createWholeLines((event) => {
          if (event.type === 'text-delta')
            expect(event.text.slice(event.text.lastIndexOf('\n') + 1)).toBe(event.text.includes('\n') ? '' : event.text);
          joined.push(event);
        });
        for (const [event, ask] of steps) {
          lines.push(event);
          plain.push(event);
          if (ask) lines.flush();
          if (ask) expect(joined.partial()).toEqual(plain.partial());
        }
        lines.flush();
        expect(joined.partial()).toEqual(plain.partial());
      }),
      { numRuns: 1_000 },
    );
  });

  it('passes a line on as soon as it ends, and every other event at once', () => {
    const passed: DeltaEvent[] = [];
    const lines = createWholeLines((event) => passed.push(event));
    for (const event of [text('a'), text('b\nc\nd'), reasoning('r', { block: 1 }), text('e', { block: 2 })]) lines.push(event);
    expect(passed).toEqual([text('ab\nc\n'), text('d'), reasoning('r', { block: 1 })]);
  });
});
