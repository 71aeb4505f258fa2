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
        totalTokens: 3 + 20,
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

describe('the total of a sum', () => {
  it.each([
    ['an attempt whose input is unknown', { outputTokens: 5 }, { inputTokens: 9, outputTokens: 9, totalTokens: 18 }, 23],
    [
      'an attempt that reported no total',
      { inputTokens: 4, outputTokens: 1 },
      { inputTokens: 2, outputTokens: 3, totalTokens: 5 },
      10,
    ],
    ['an attempt with input only', { inputTokens: 7 }, { inputTokens: 1, outputTokens: 1, totalTokens: 2 }, 9],
    ['two halves', { inputTokens: 7 }, { outputTokens: 2 }, 9],
  ])('is input plus output after %s', (_, one, other, total) => {
    for (const sum of [addUsage(usageOf(one), usageOf(other)), addUsage(usageOf(other), usageOf(one))]) {
      expect([sum.totalTokens, (sum.inputTokens ?? 0) + (sum.outputTokens ?? 0)]).toEqual([total, total]);
    }
  });

  it('is unknown where a part is', () => {
    expect(addUsage(usageOf({ outputTokens: 5 }), usageOf({ outputTokens: 1 })).totalTokens).toBeUndefined();
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
      .record({ inputTokens: figure, outputTokens: figure, reasoningTokens: figure })
      .map((figures) => usageOf({ ...figures, totalTokens: totalOf(figures.inputTokens, figures.outputTokens) }));
    fc.assert(
      fc.property(anyUsage, anyUsage, (part, rest) => {
        expect(subtractUsage(addUsage(part, rest), part)).toEqual(rest);
      }),
      { numRuns: 1_000 },
    );
  });
});

const totalOf = (input: number | undefined, output: number | undefined): number | undefined =>
  input === undefined || output === undefined ? undefined : input + output;

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

describe('a zero beside text', () => {
  const nothing = usageOf({ inputTokens: 0, outputTokens: 0, totalTokens: 0 });
  const said: Estimate = { ...estimate, hasText: true };

  it.each([
    ['nothing but zeros', nothing, { inputTokens: 8, outputTokens: 4, totalTokens: 12, ...estimated }],
    [
      'no output',
      usageOf({ inputTokens: 9, outputTokens: 0, totalTokens: 9 }),
      { inputTokens: 9, outputTokens: 4, totalTokens: 13, ...estimated },
    ],
    [
      'no input',
      usageOf({ inputTokens: 0, outputTokens: 6 }),
      { inputTokens: 8, outputTokens: 6, totalTokens: 14, ...estimated },
    ],
  ])('is an estimate: %s', (_, reported, wanted) => {
    expect(completeUsage(reported, () => said)).toMatchObject(wanted);
    expect(settleUsage(reported, said)).toMatchObject(wanted);
  });

  it('is unknown without an estimate', () => {
    const unknown: Estimate = { ...said, inputTokens: undefined };
    expect(completeUsage(nothing, () => unknown)).toMatchObject({
      inputTokens: undefined,
      outputTokens: 4,
      totalTokens: undefined,
    });
  });

  it('is a figure where no text was generated', () => {
    const silent: Estimate = { ...estimate, hasText: false };
    expect(completeUsage(nothing, () => silent)).toEqual(nothing);
    const prompted = usageOf({ inputTokens: 5, outputTokens: 0, totalTokens: 5 });
    expect(completeUsage(prompted, () => silent)).toEqual(prompted);
  });
});

describe('settleUsage', () => {
  it('discards a cost that was reported before the end', () => {
    const reported = usageOf({ inputTokens: 8, outputTokens: 1, cost: dollars(1) });
    expect(settleUsage(reported, estimate).cost).toBeUndefined();
    expect(settleUsage({ ...reported, outputTokens: 9 }, estimate).cost).toEqual(dollars(1));
  });

  it('is as certain as the figures that it estimates', () => {
    const guessed: Estimate = { ...estimate, inputConfidence: 'low' };
    expect(settleUsage(usageOf({ inputTokens: 9 }), guessed).confidence).toBe('high');
    expect(settleUsage(usageOf({ inputTokens: 7 }), guessed).confidence).toBe('low');
    expect(completeUsage(usageOf({ inputTokens: 7 }), () => guessed).confidence).toBe('high');
  });

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
