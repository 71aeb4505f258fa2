import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DeltaEvent, UsageEvent } from '../../src/events.js';
import { createRequestTracker, noteParts } from '../../src/metering/requestUsage.js';
import { createUsageLedger } from '../../src/metering/usageLedger.js';
import { finish, reset, start, step, text, usage } from '../../src/testing/index.js';

const told = (inputTokens: number, outputTokens: number): UsageEvent => usage({ inputTokens, outputTokens });

/** What each request used, as [model, answer, input, output], by the last usage. */
function split(events: readonly DeltaEvent[], of = events.findLast((event) => event.type === 'usage')): unknown[] {
  const tracker = createRequestTracker();
  for (const event of events) tracker.push(event);
  if (of?.type !== 'usage') throw new Error('no usage');
  return tracker
    .split(of.usage)
    .map(({ model, answer, usage: { inputTokens, outputTokens } }) => [model, answer, inputTokens, outputTokens]);
}

const stream = [
  start({ model: 'a' }),
  text('12345678'),
  told(10, 3),
  step(1, { model: 'b' }),
  told(30, 4),
  reset({ step: 2 }),
  told(40, 6),
  reset(),
  start({ model: 'c' }),
  told(41, 7),
  finish(),
];
const requests = [
  ['a', 0, 10, 3],
  ['b', 0, 20, 1],
  ['b', 0, 10, 2],
  ['c', 1, 1, 1],
];

describe('createRequestTracker', () => {
  it('takes cumulative figures apart, a request each', () => {
    expect(split([start(), told(10, 3), told(10, 5)])).toEqual([['model-1', 0, 10, 5]]);
    expect(split(stream)).toEqual(requests);
  });

  it('counts no request that told nothing', () => {
    expect(split([start({ model: 'a' }), reset(), reset(), start({ model: 'b' }), told(1, 1)])).toEqual([['b', 2, 1, 1]]);
  });

  it('believes who has added a usage up', () => {
    const sum = told(5, 5);
    const parts = [{ usage: told(2, 2).usage, model: 'a', provider: 'p', answer: 0 }];
    noteParts(sum.usage, parts);
    expect(split([start(), sum])).toEqual([['a', 0, 2, 2]]);
  });
});

describe('createUsageLedger', () => {
  it('tells the parts of its total', () => {
    const ledger = createUsageLedger(() => 0, undefined);
    for (const event of stream) ledger.push(event);
    expect(split([], { type: 'usage', usage: ledger.statement(), requests: undefined })).toEqual(requests);
  });

  it('counts a round that told nothing into the next one', () => {
    const ledger = createUsageLedger('character', undefined);
    for (const event of [start({ model: 'a' }), text('x'), step(1), told(9, 9), finish()]) ledger.push(event);
    expect(split([], { type: 'usage', usage: ledger.statement(), requests: undefined })).toEqual([['a', 0, 9, 9]]);
  });

  it('adds up to its total, however often the stream begins again', () => {
    // What each event says: 0 repeats all, 1 begins a round, 2 repeats a round; else so many tokens more were used.
    const anyScript = fc.array(fc.nat(9), { maxLength: 30 });
    fc.assert(
      fc.property(anyScript, fc.boolean(), (script, finishes) => {
        const ledger = createUsageLedger(() => 0, undefined);
        let sum = 0;
        const says = (more: number): DeltaEvent => {
          if (more === 0) return reset();
          if (more === 1) return step(1);
          if (more === 2) return reset({ step: 1 });
          sum += more;
          return told(2 * sum, sum);
        };
        for (const more of script) ledger.push(says(more));
        if (finishes) ledger.push(finish());
        const total = ledger.statement();
        const parts = createRequestTracker().split(total);
        const outputs = parts.map(({ usage: { outputTokens = 0 } }) => outputTokens);
        expect(outputs.reduce((left, right) => left + right, 0)).toBe(total.outputTokens);
        expect(total.outputTokens ?? 0).toBe(sum);
      }),
      { numRuns: 1_000 },
    );
  });
});
