import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventTypes } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { anyStream } from '../support/anyStream.js';
import { expectGrammar } from '../support/grammar.js';

describe('the random streams of the specs', () => {
  it('keep the grammar', () => {
    fc.assert(
      fc.property(anyStream(), ({ events }) => {
        expectGrammar(events, false);
        const fold = createMessageFold();
        for (const event of events) fold.push(event);
        expect(fold.partial()).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });

  it('have every type of event, and every end', () => {
    const streams = fc.sample(anyStream(), 300);
    expect([...new Set(streams.flatMap(({ events }) => events.map(({ type }) => type)))].sort()).toEqual([...eventTypes].sort());
    expect(streams.some(({ error }) => error !== undefined)).toBe(true);
    expect(streams.some(({ events, error }) => !error && events.at(-1)?.type !== 'finish')).toBe(true);
    expect(streams.some(({ events }) => events.some((event) => event.type === 'reset' && event.step > 0))).toBe(true);
    expect(streams.some(({ events }) => events.some((event) => 'choice' in event && event.choice > 0))).toBe(true);
  });
});
