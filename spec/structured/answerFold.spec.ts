import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DeltaEvent } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { createTextFold } from '../../src/message/textFold.js';
import { createAnswerFold, isAnswerText } from '../../src/structured/answerFold.js';
import { finish, reset, start, step, text, toolCallEnd, usage } from '../../src/testing/index.js';

// The kernel, the readers and the validation queue of this room are tested through the operators: partialJson, jsonElements,
// parseOnComplete, parseJsonOnComplete, partialToolInput and toonRows.

const anyEvent: fc.Arbitrary<DeltaEvent> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom('', 'a', 'b'), fc.nat({ max: 1 }), fc.nat({ max: 1 }), fc.constantFrom('answer', 'commentary'))
      .map(([value, block, choice, phase]) => text(value, { block: block + 2 * Number(phase === 'answer'), choice, phase })),
  },
  fc.constantFrom(start(), toolCallEnd('c', 'f', '{}', { block: 8 }), step(1), usage({ outputTokens: 1 }), finish()),
  fc.constantFrom(reset(), reset({ step: 1 })),
);

describe('createAnswerFold', () => {
  it('folds to the text of the last round, and to the message of the fold that joins at once, whenever they are read', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyEvent, fc.boolean()), { maxLength: 100 }), (steps) => {
        const fold = createAnswerFold();
        const message = createMessageFold();
        const answer = createTextFold(0, 'answer');
        const rounds = [''];
        const lastRound = (): string => rounds.at(-1) ?? '';
        for (const [any, compare] of steps) {
          const event = any.type === 'step' ? step(rounds.length) : any;
          if (event.type === 'step') rounds.push('');
          if (event.type === 'reset' && event.step < rounds.length) rounds.splice(event.step, Infinity, '');
          if (isAnswerText(event)) rounds.push((rounds.pop() ?? '') + event.text);
          const before = message.partial();
          message.push(event);
          const changed = answer.push(event);
          if (event.type === 'reset') expect(fold.rewind(event)).toEqual(changed ? before : undefined);
          else if (isAnswerText(event)) fold.append(event);
          else fold.push(event);
          if (!compare) continue;
          expect(fold.text).toBe(lastRound());
          expect(fold.partial()).toEqual(message.partial());
        }
        expect(fold.partial()).toEqual(message.partial());
        expect(fold.text).toBe(lastRound());
      }),
      { numRuns: 1_000 },
    );
  });
});
