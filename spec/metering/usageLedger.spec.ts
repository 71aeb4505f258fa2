import { describe, expect, it } from '@jest/globals';
import type { DeltaEvent } from '../../src/events.js';
import { createUsageLedger, type UsageLedger } from '../../src/metering/usageLedger.js';
import { finish, ping, reset, start, text, usage, usageOf } from '../../src/testing/index.js';
import { requestUsage, voidUsage } from '../support/requestUsage.js';

function ledgerOf(...events: readonly DeltaEvent[]): UsageLedger {
  const ledger = createUsageLedger('auto', undefined);
  for (const event of events) ledger.push(event);
  return ledger;
}

const told = usage({ inputTokens: 10, outputTokens: 1, totalTokens: 11 });

describe('createUsageLedger', () => {
  it('has not begun before anything but a ping arrives', () => {
    expect(ledgerOf(ping(), reset()).begun).toBe(false);
    expect(ledgerOf(start()).begun).toBe(true);
    expect(ledgerOf(start(), reset()).begun).toBe(true);
  });

  it('treats the figures of the provider as final only after finish', () => {
    const ledger = ledgerOf(start(), told, text('x'.repeat(40)));
    expect(ledger.total().usage).toMatchObject({ outputTokens: 10, totalTokens: 20, estimated: true });
    ledger.push(finish());
    expect(ledger.total().usage).toEqual(told.usage);
  });

  it('does not treat a finish of our own as one of the provider', () => {
    expect(ledgerOf(start(), told, text('x'.repeat(40)), finish('aborted')).total().usage).toMatchObject({
      outputTokens: 10,
      estimated: true,
    });
    expect(ledgerOf(start(), told, text('x'.repeat(40)), finish('budget')).total().usage).toMatchObject({
      outputTokens: 10,
      estimated: true,
    });
  });

  it('reports no usage if no event arrived', () => {
    expect(ledgerOf().total().usage).toEqual(usageOf({ outputTokens: 0, estimated: true, confidence: 'low' }));
    expect(ledgerOf(finish('aborted')).total()).toEqual(ledgerOf().total());
  });

  it('keeps the usage of earlier attempts, however the next one ends', () => {
    const first = [start(), told, text('x'.repeat(40))];
    const before = ledgerOf(...first).total().usage;
    expect(ledgerOf(...first, reset()).total().usage).toEqual(before);
    expect(ledgerOf(...first, reset(), reset(), ping()).total().usage).toEqual(before);
  });

  it('returns the requests of the running attempt only', () => {
    const first = [start(), told, text('x'.repeat(40))];
    expect(ledgerOf(ping()).attempt()).toEqual([]);
    expect(ledgerOf(...first).attempt()).toMatchObject([{ usage: { inputTokens: 10, outputTokens: 10 } }]);
    expect(ledgerOf(...first, reset()).attempt()).toEqual([]);
    expect(ledgerOf(...first, reset(), start(), text('xxxx')).attempt()).toMatchObject([
      { usage: { inputTokens: undefined, outputTokens: 1 } },
    ]);
  });

  it('treats estimated figures as the total of an operator upstream', () => {
    const low = { estimated: true, confidence: 'low' } as const;
    const total = usage({ inputTokens: 10, outputTokens: 12, totalTokens: 22, estimated: true, confidence: 'high' });
    const requests = [voidUsage({ outputTokens: 11 }), requestUsage({ inputTokens: 10, outputTokens: 1 }, { attempt: 2 })];
    const high = { ...total, requests };
    const said = [start(), text('x'.repeat(40)), reset(), start(), text('xxxx')];
    expect(ledgerOf(...said, high, finish('aborted')).total().usage).toMatchObject({ inputTokens: 10, outputTokens: 12, ...low });
    expect(ledgerOf(...said, high, text('x'.repeat(40)), finish('aborted')).total().usage).toMatchObject({
      outputTokens: 10 + 11,
    });
    expect(ledgerOf(...said, high, finish()).total().usage).toEqual(high.usage);
    expect(ledgerOf(start(), total, told, finish()).total().usage).toEqual(told.usage);
  });

  it('adds the attempts that an operator upstream does not know of, because it is within the retried source', () => {
    const inner = usage({ inputTokens: 10, outputTokens: 12, totalTokens: 22, estimated: true, confidence: 'low' });
    const ledger = ledgerOf(start(), text('x'.repeat(40)), reset(), start(), text('xxxx'), inner, finish());
    expect(ledger.total()).toMatchObject({
      usage: { inputTokens: 10, outputTokens: 10 + 12, totalTokens: 32, estimated: true },
      requests: [
        { attempt: 1, stands: false, usage: { outputTokens: 10 } },
        { attempt: 2, stands: true, usage: { outputTokens: 12 } },
      ],
    });
  });
});
