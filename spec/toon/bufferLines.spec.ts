import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, from, type MonoTypeOperatorFunction, of, Subject, throwError } from 'rxjs';
import type { DeltaEvent } from '../../src/events.js';
import { operate } from '../../src/kernel/operate.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { finish, ping, reasoning, reset, start, step, text, toolCallEnd } from '../../src/testing/index.js';
import { bufferLines } from '../../src/toon/bufferLines.js';
import { operatorContract, record } from '../support/operatorContract.js';

/** Deltas of a few characters, and texts that are long enough for `lastIndexOf`. */
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

/** An operator that does nothing else. */
function buffered(): MonoTypeOperatorFunction<DeltaEvent | string> {
  return operate((destination) =>
    bufferLines({
      next: (value) => destination.next(value),
      complete: () => destination.complete(),
    }),
  );
}

describe('bufferLines', () => {
  operatorContract(buffered, { kind: 'mirror' });

  it('emits texts that fold to the same message, and none that goes on after the end of a line', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyEvent, fc.boolean()), { maxLength: 200 }), (steps) => {
        const joined = createMessageFold();
        const plain = createMessageFold();
        const source = new Subject<DeltaEvent>();
        const pushJoined = (value: DeltaEvent | string): void => {
          if (typeof value === 'string') throw new Error('A string of a source of events');
          if (value.type === 'text-delta') expect(value.text).toMatch(/^([^\n]*|[\s\S]*\n)$/);
          joined.push(value);
        };
        source.pipe(buffered()).subscribe({ next: pushJoined, error: (error: unknown) => expect(error).toBeUndefined() });
        for (const [event, compare] of steps) {
          source.next(event);
          plain.push(event);
          if (!compare) continue;
          source.next(ping());
          expect(joined.partial()).toEqual(plain.partial());
        }
        source.complete();
        expect(joined.partial()).toEqual(plain.partial());
      }),
      { numRuns: 1_000 },
    );
  });

  it('joins strings to lines, and emits the rest when they complete', () => {
    fc.assert(
      fc.property(fc.array(anyText), (pieces) => {
        const { values, end } = record(from(pieces), buffered());
        expect(end).toBe('complete');
        expect(values.join('')).toBe(pieces.join(''));
        expect(values.slice(0, -1).every((value) => typeof value === 'string' && value.endsWith('\n'))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('emits a line as soon as it ends, and forwards every other event at once, after the pending text', () => {
    const emitted: (DeltaEvent | string)[] = [];
    const source = new Subject<DeltaEvent | string>();
    source
      .pipe(buffered())
      .subscribe({ next: (value) => emitted.push(value), error: (error: unknown) => emitted.push(String(error)) });
    for (const event of [text('a'), text('b\nc\nd'), reasoning('r', { block: 1 }), text('e', { block: 2 })]) source.next(event);
    expect(emitted).toEqual([text('ab\nc\n'), text('d'), reasoning('r', { block: 1 })]);
  });

  it('forwards a string as a string, and an event as an event, where both are in one source', () => {
    const mixed = of<(DeltaEvent | string)[]>(text('a'), 'b', 'c', text('d'));
    expect(record(mixed, buffered()).values).toEqual([text('a'), 'bc', text('d')]);
  });

  it('discards the pending text on an error of the source', () => {
    const source = concat(
      of('a\n', 'b'),
      throwError(() => new Error('cut')),
    );
    expect(record(source, buffered())).toMatchObject({ values: ['a\n'], end: { message: 'cut' } });
  });
});
