import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Cost } from '../../src/events.js';
import { addUsage, completeUsage, type Estimate, settleUsage, subtractUsage } from '../../src/metering/usageArithmetic.js';
import { usageOf } from '../../src/testing/index.js';

const dollars = (total: number, fields: Partial<Cost> = {}): Cost => {
  return { total, currency: 'USD', input: undefined, output: undefined, cacheSavings: undefined, ...fields };
};

describe('addUsage', () => {
  it('returns the later figures if there are no earlier ones', () => {
    const later = usageOf({ inputTokens: 1 });
    expect(addUsage(undefined, later)).toBe(later);
  });

  it('adds field by field, and keeps a figure that only one has', () => {
    const left = usageOf({ inputTokens: 1, outputTokens: 2, cachedInputTokens: 3, serverTools: { search: 1 }, native: 'left' });
    const right = usageOf({
      inputTokens: 10,
      totalTokens: 20,
      reasoningTokens: 5,
      serverTools: { search: 2, fetch: 1 },
      native: 'right',
    });
    expect(addUsage(left, right)).toEqual(
      usageOf({
        inputTokens: 11,
        outputTokens: 2,
        totalTokens: 20,
        cachedInputTokens: 3,
        reasoningTokens: 5,
        serverTools: { search: 3, fetch: 1 },
        native: 'right',
      }),
    );
  });

  it('is as certain as the less certain of the two', () => {
    const estimated = usageOf({ estimated: true, confidence: 'low' });
    expect(addUsage(usageOf(), estimated)).toMatchObject({ estimated: true, confidence: 'low' });
    expect(addUsage(estimated, usageOf({ estimated: true, confidence: 'high' }))).toMatchObject({ confidence: 'low' });
    expect(addUsage(usageOf(), usageOf())).toMatchObject({ estimated: false, confidence: 'exact' });
  });

  it('adds costs, unless one is unknown or in another currency', () => {
    const left = usageOf({ cost: dollars(1, { input: 0.5 }) });
    expect(addUsage(left, usageOf({ cost: dollars(2, { input: 1, output: 1 }) })).cost).toEqual(dollars(3, { input: 1.5 }));
    expect(addUsage(left, usageOf()).cost).toBeUndefined();
    expect(addUsage(left, usageOf({ cost: { ...dollars(1), currency: 'EUR' } })).cost).toBeUndefined();
  });

  it('accepts any name of a server tool', () => {
    const odd = usageOf({ serverTools: JSON.parse('{"__proto__": 1, "toString": 2}') as Record<string, number> });
    const { serverTools } = addUsage(odd, odd);
    expect(Object.entries(serverTools ?? {})).toEqual([
      ['__proto__', 2],
      ['toString', 4],
    ]);
    expect(addUsage(usageOf({ serverTools: {} }), odd).serverTools).toEqual(odd.serverTools);
  });
});

describe('subtractUsage', () => {
  it('returns the total if there is no part', () => {
    const total = usageOf({ inputTokens: 1 });
    expect(subtractUsage(total, undefined)).toBe(total);
  });

  it('subtracts a part from the total that includes it', () => {
    const part = usageOf({ inputTokens: 1, outputTokens: 2, serverTools: { search: 1 }, cost: dollars(1) });
    const rest = usageOf({ inputTokens: 10, outputTokens: 5, totalTokens: 15, serverTools: { search: 4 }, cost: dollars(2) });
    expect(subtractUsage(addUsage(part, rest), part)).toEqual(rest);
  });

  it('returns undefined for a figure that did not grow', () => {
    const part = usageOf({ inputTokens: 5, outputTokens: 5 });
    expect(subtractUsage(usageOf({ inputTokens: 5, outputTokens: 7 }), part)).toEqual(usageOf({ outputTokens: 2 }));
    expect(subtractUsage(usageOf({ outputTokens: 7 }), part)).toEqual(usageOf({ outputTokens: 2 }));
  });

  it('undoes an addition', () => {
    const figure = fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined });
    const anyUsage = fc
      .record({ inputTokens: figure, outputTokens: figure, totalTokens: figure, reasoningTokens: figure })
      .map(usageOf);
    fc.assert(
      fc.property(anyUsage, anyUsage, (part, rest) => {
        expect(subtractUsage(addUsage(part, rest), part)).toEqual(rest);
      }),
      { numRuns: 1_000 },
    );
  });
});

const estimate: Estimate = { inputTokens: 8, outputTokens: 4, confidence: 'high' };
const estimated = { estimated: true, confidence: 'high' } as const;

describe('completeUsage', () => {
  it('fills only figures that the provider did not report', () => {
    expect(completeUsage(usageOf({ inputTokens: 1 }), () => estimate)).toEqual(
      usageOf({ inputTokens: 1, outputTokens: 4, totalTokens: 5, ...estimated }),
    );
    expect(completeUsage(undefined, () => estimate)).toEqual(
      usageOf({ inputTokens: 8, outputTokens: 4, totalTokens: 12, ...estimated }),
    );
  });

  it('does not call the estimate if the provider reported both', () => {
    const fail = (): Estimate => {
      throw new Error('not needed');
    };
    expect(completeUsage(usageOf({ inputTokens: 1, outputTokens: 2 }), fail)).toEqual(
      usageOf({ inputTokens: 1, outputTokens: 2, totalTokens: 3 }),
    );
  });

  it('stays exact if the estimate has no figure to add', () => {
    const unknown = { ...estimate, inputTokens: undefined };
    expect(completeUsage(usageOf({ outputTokens: 2 }), () => unknown)).toEqual(usageOf({ outputTokens: 2 }));
  });
});

describe('settleUsage', () => {
  it('takes the larger figure, and marks it as an estimate', () => {
    expect(settleUsage(usageOf({ inputTokens: 10, outputTokens: 1, totalTokens: 11 }), estimate)).toEqual(
      usageOf({ inputTokens: 10, outputTokens: 4, totalTokens: 14, ...estimated }),
    );
    expect(settleUsage(usageOf({ inputTokens: 10, outputTokens: 9, totalTokens: 25 }), estimate)).toMatchObject({
      totalTokens: 25,
      ...estimated,
    });
  });

  it('has no total without the input', () => {
    const unknown = { ...estimate, inputTokens: undefined };
    expect(settleUsage(undefined, unknown)).toEqual(usageOf({ outputTokens: 4, ...estimated }));
  });
});
