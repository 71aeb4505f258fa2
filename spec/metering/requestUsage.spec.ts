import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DeltaEvent, RequestUsage, UsageEvent } from '../../src/events.js';
import { createRequestTracker, toUsageEvent } from '../../src/metering/requestUsage.js';
import { sumUsage } from '../../src/metering/usageArithmetic.js';
import { createUsageLedger } from '../../src/metering/usageLedger.js';
import { finish, reset, start, step, text, usage } from '../../src/testing/index.js';

const reported = (inputTokens: number, outputTokens: number): UsageEvent => usage({ inputTokens, outputTokens });

/** What each request used, as [model, attempt, step, stands, input, output]. */
const rowsOf = (requests: readonly RequestUsage[]): unknown[] =>
  requests.map(({ model, attempt, step: round, stands, usage: { inputTokens, outputTokens } }) => [
    model,
    attempt,
    round,
    stands,
    inputTokens,
    outputTokens,
  ]);

function trackerOf(events: readonly DeltaEvent[]): ReturnType<typeof createRequestTracker> {
  const tracker = createRequestTracker();
  for (const event of events) tracker.push(event);
  return tracker;
}

const requestsOf = (events: readonly DeltaEvent[]): unknown[] => rowsOf(trackerOf(events).requests);

/** Cumulative figures without lists, as a foreign operator may emit. */
const stream = [
  start({ model: 'a' }),
  text('12345678'),
  reported(10, 3),
  step(1, { model: 'b' }),
  reported(30, 4),
  reset({ step: 2 }),
  reported(40, 6),
  reset({ attempt: 3 }),
  start({ model: 'c' }),
  reported(41, 7),
  finish(),
];
const requests = [
  ['a', 1, 0, false, 10, 3],
  ['b', 1, 1, false, 20, 1],
  ['b', 2, 1, false, 10, 2],
  ['c', 3, 0, true, 1, 1],
];

describe('createRequestTracker', () => {
  it('splits cumulative figures without a list into one request each', () => {
    expect(requestsOf([start(), reported(10, 3), reported(10, 5)])).toEqual([['model-1', 1, 0, true, 10, 5]]);
    expect(requestsOf(stream)).toEqual(requests);
  });

  it('has no request that reported nothing', () => {
    expect(requestsOf([start({ model: 'a' }), reset(), reset({ attempt: 3 }), start({ model: 'b' }), reported(1, 1)])).toEqual([
      ['b', 3, 0, true, 1, 1],
    ]);
  });

  it('takes the list of an event as it is', () => {
    const [request] = trackerOf([start({ model: 'a' }), reported(2, 2)]).requests;
    const listed: UsageEvent = { ...reported(5, 5), requests: request ? [request] : [] };
    expect(requestsOf([start(), listed])).toEqual([['a', 1, 0, true, 2, 2]]);
  });

  it('subtracts the requests of a list from later figures without one', () => {
    const [before] = trackerOf([start({ model: 'a' }), reported(2, 2)]).requests;
    const listed: UsageEvent = { ...reported(2, 2), requests: before ? [before] : [] };
    expect(requestsOf([start(), listed, reset(), start({ model: 'b' }), reported(5, 4)])).toEqual([
      ['a', 1, 0, false, 2, 2],
      ['b', 2, 0, true, 3, 2],
    ]);
  });

  it('counts the requests that a step or a reset ended', () => {
    expect(trackerOf(stream.slice(0, 3)).ended).toBe(0);
    expect(trackerOf(stream.slice(0, 4)).ended).toBe(1);
    expect(trackerOf(stream).ended).toBe(3);
  });
});

describe('toUsageEvent', () => {
  it('has a list unless the first request is the only one', () => {
    const of = (events: readonly DeltaEvent[]): UsageEvent =>
      toUsageEvent({ usage: reported(1, 1).usage, requests: trackerOf(events).requests });
    expect(of([]).requests).toBeUndefined();
    expect(of([start(), reported(1, 1)]).requests).toBeUndefined();
    expect(of([start(), step(1), reported(1, 1)]).requests).toHaveLength(1);
    expect(of([start(), reported(1, 1), reset()]).requests).toHaveLength(1);
    expect(of([start(), reset(), start(), reported(1, 1)]).requests).toHaveLength(1);
    expect(of(stream).requests).toHaveLength(4);
  });
});

describe('the total of createUsageLedger', () => {
  const totalOf = (events: readonly DeltaEvent[], countTokens: 'character' | (() => number) = () => 0): unknown[] => {
    const ledger = createUsageLedger(countTokens, undefined);
    for (const event of events) ledger.push(event);
    return rowsOf(ledger.total().requests);
  };

  it('lists its requests', () => {
    expect(totalOf(stream)).toEqual(requests);
  });

  it('counts a round that reported nothing into the next one', () => {
    const events = [start({ model: 'a' }), text('x'), step(1), reported(9, 9), finish()];
    expect(totalOf(events, 'character')).toEqual([['a', 1, 1, true, 9, 9]]);
  });

  it('is the sum of its requests, however often the stream begins again', () => {
    // What each event is: 0 repeats all, 1 begins a round, 2 repeats a round; else so many tokens more were used.
    const anyScript = fc.array(fc.nat(9), { maxLength: 30 });
    fc.assert(
      fc.property(anyScript, fc.boolean(), (script, finishes) => {
        const ledger = createUsageLedger(() => 0, undefined);
        let sum = 0;
        const eventOf = (more: number): DeltaEvent => {
          if (more === 0) return reset();
          if (more === 1) return step(1);
          if (more === 2) return reset({ step: 1 });
          sum += more;
          return reported(2 * sum, sum);
        };
        for (const more of script) ledger.push(eventOf(more));
        if (finishes) ledger.push(finish());
        const total = ledger.total();
        expect(total.usage.outputTokens ?? 0).toBe(sum);
        if (total.requests.length > 0) expect(sumUsage(total.requests)).toEqual(total.usage);
      }),
      { numRuns: 1_000 },
    );
  });
});
