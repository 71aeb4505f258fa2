import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DeltaEvent } from '../../src/events.js';
import { createMessageFold } from '../../src/internal/fold.js';
import { createMergingFold } from '../../src/internal/mergingFold.js';
import { finish, reasoning, reset, start, step, text, toolCallEnd } from '../support/events.js';

const anyEvent: fc.Arbitrary<DeltaEvent> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.string({ maxLength: 3 }), fc.nat({ max: 1 }), fc.nat({ max: 1 }), fc.constantFrom('answer', 'commentary'))
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

describe('createMergingFold', () => {
  it('folds to the same message, however often it is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyEvent, fc.boolean()), { maxLength: 200 }), (steps) => {
        const merging = createMergingFold();
        const plain = createMessageFold();
        for (const [event, ask] of steps) {
          merging.push(event);
          plain.push(event);
          if (ask) expect(merging.partial()).toEqual(plain.partial());
        }
        expect(merging.partial()).toEqual(plain.partial());
      }),
      { numRuns: 1_000 },
    );
  });
});
