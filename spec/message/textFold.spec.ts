import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DeltaEvent } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { createTextFold } from '../../src/message/textFold.js';
import { finish, ping, reasoning, refusal, reset, start, step, text } from '../../src/testing/index.js';

/** The text after each event that changed it. */
function textsOf(events: readonly DeltaEvent[], ...options: Parameters<typeof createTextFold>): string[] {
  const fold = createTextFold(...options);
  return events.flatMap((event) => (fold.push(event) ? [fold.text] : []));
}

describe('createTextFold', () => {
  it('appends the text of its choice and nothing else', () => {
    const others = [start(), ping(), reasoning('Hm'), refusal('No'), text('x', { choice: 1 }), text(''), step(1), finish()];
    expect(textsOf([text('a'), ...others, text('b')], 0)).toEqual(['a', 'ab']);
    expect(textsOf(others, 1)).toEqual(['x']);
  });

  it('reads one phase if a phase is given', () => {
    expect(textsOf([text('a', { phase: 'commentary' }), text('b')], 0, 'answer')).toEqual(['b']);
    expect(textsOf([text('a', { phase: 'commentary' }), text('b')], 0)).toEqual(['a', 'ab']);
  });

  it('discards all text at a reset of step 0', () => {
    expect(textsOf([text('a'), reset(), text('b')], 0)).toEqual(['a', '', 'b']);
    expect(textsOf([reset(), text('b')], 0)).toEqual(['b']);
  });

  it('discards the steps that a reset voids, each time', () => {
    const again = [reset({ step: 1 }), text('d')];
    expect(textsOf([text('a'), step(1), text('b'), step(2), text('c'), ...again, ...again], 0)).toEqual([
      'a',
      'ab',
      'abc',
      'a',
      'ad',
      'a',
      'ad',
    ]);
  });

  it('discards nothing at a reset of a step that has not begun', () => {
    expect(textsOf([text('a'), reset({ step: 1 }), text('b')], 0)).toEqual(['a', 'ab']);
  });

  it('has the same text as the message fold', () => {
    const anyEvent = fc.oneof(
      fc.string({ maxLength: 3 }).map((chars) => text(chars)),
      fc.nat({ max: 3 }).map((number) => reset({ step: number })),
      fc.constantFrom<DeltaEvent>(start(), reasoning('Hm', { block: 1 }), text('x', { choice: 1 })),
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 4, arbitrary: anyEvent }, { weight: 1, arbitrary: fc.constant('step' as const) })),
        (script) => {
          const events = withSteps(script);
          const texts = createTextFold(0);
          const message = createMessageFold();
          for (const event of events) {
            texts.push(event);
            message.push(event);
            expect(texts.text).toBe(message.partial().text);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

/** Numbers the steps as a stream does, and gives each step blocks of its own. */
function withSteps(script: readonly (DeltaEvent | 'step')[]): DeltaEvent[] {
  let current = 0;
  return script.map((event) => {
    if (event === 'step') return step(++current);
    if (event.type === 'reset') current = Math.min(current, event.step);
    return event.type === 'text-delta' ? { ...event, block: 2 * current } : event;
  });
}
