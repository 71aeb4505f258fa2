import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject, RequestTraits, Usage } from '../../src/events.js';
import { withCost } from '../../src/operators/withCost.js';
import { genaiPrices } from '../../src/pricing/genaiPrices.js';
import { finish, start, streamOf, usage, usageOf } from '../../src/testing/index.js';
import { record } from '../support/operatorContract.js';
import { pricedRequest } from '../support/requestUsage.js';

const price = genaiPrices();

function used(inputTokens: number, outputTokens: number, fields: Partial<Usage> = {}): Usage {
  return usageOf({ inputTokens, outputTokens, ...fields });
}

// billableUnits.ts and modelPrices.ts are tested through the price.
describe('genaiPrices', () => {
  it.each([
    // Dollars per million tokens: 0.15 input, 0.075 cached, 0.60 output.
    ['gpt-4o-mini', 'openai', used(1_000, 100), { input: 0.000_15, output: 0.000_06, cacheSavings: 0, total: 0.000_21 }],
    [
      'gpt-4o-mini',
      'openai',
      used(1_000, 100, { cachedInputTokens: 400, reasoningTokens: 50 }),
      { input: 0.000_12, output: 0.000_06, cacheSavings: 0.000_03, total: 0.000_18 },
    ],
    // 2 input, 0.50 cached, 8 output.
    ['gpt-4.1', 'openai', used(1_000_000, 1_000_000), { input: 2, output: 8, cacheSavings: 0, total: 10 }],
    [
      'gpt-4.1',
      'openai',
      used(1_000_000, 0, { cachedInputTokens: 1_000_000 }),
      { input: 0.5, output: 0, cacheSavings: 1.5, total: 0.5 },
    ],
    // 1 input, 0.10 cache read, 1.25 cache write, 2 cache write for one hour, 5 output.
    [
      'claude-haiku-4-5',
      'anthropic',
      used(10_000, 200, { cachedInputTokens: 8_000, cacheWriteTokens: 1_000 }),
      { input: 0.003_05, output: 0.001, cacheSavings: 0.007_2, total: 0.004_05 },
    ],
    [
      'claude-haiku-4-5',
      'anthropic',
      used(1_000, 100, { cacheWriteTokens: 500, native: { cache_creation: { ephemeral_1h_input_tokens: 200 } } }),
      { input: 0.001_275, output: 0.000_5, cacheSavings: 0, total: 0.001_775 },
    ],
    // Up to 200,000 input tokens: 3 input, 0.30 cache read, 3.75 cache write, 15 output. Above: twice that, and 22.50 output.
    [
      'claude-sonnet-4-5',
      'anthropic',
      used(200_000, 1_000, { cachedInputTokens: 100_000, cacheWriteTokens: 10_000 }),
      { input: 0.337_5, output: 0.015, cacheSavings: 0.27, total: 0.352_5 },
    ],
    [
      'claude-sonnet-4-5',
      'anthropic',
      used(300_000, 1_000, { cachedInputTokens: 100_000, cacheWriteTokens: 10_000 }),
      { input: 1.275, output: 0.022_5, cacheSavings: 0.54, total: 1.297_5 },
    ],
    // Up to 200,000 input tokens: 1.25 input, 10 output. Above: 2.50 and 15.
    ['gemini-2.5-pro', 'google', used(300_000, 1_000), { input: 0.75, output: 0.015, cacheSavings: 0, total: 0.765 }],
  ])('prices %s of %s: %#', (model, provider, usage, cost) => {
    expect(price(usage, pricedRequest(model, provider))).toEqual({ ...cost, currency: 'USD' });
  });

  it('includes web searches in the total', () => {
    const searched = used(1_000, 100, { serverTools: { web_search_requests: 2, web_fetch_requests: 3 } });
    expect(price(searched, pricedRequest('claude-haiku-4-5', 'anthropic'))).toMatchObject({
      input: 0.001,
      output: 0.000_5,
      total: 0.021_5,
    });
  });

  describe('uses', () => {
    const million = used(1_000_000, 0);

    it('the price of a model for its dated versions', () => {
      expect(price(million, pricedRequest('gpt-4o-mini-2024-07-18', 'openai'))).toEqual(
        price(million, pricedRequest('gpt-4o-mini', 'openai')),
      );
      expect(price(million, pricedRequest('claude-haiku-4-5-20251001', 'anthropic'))?.input).toBe(1);
    });

    it('the price of the maker, if another provider serves the model', () => {
      expect(price(million, pricedRequest('grok-4', 'openai'))?.input).toBe(3);
      expect(price(million, pricedRequest('claude-haiku-4-5', 'openai'))?.input).toBe(1);
      expect(price(million, pricedRequest('gpt-4.1', 'my gateway'))?.input).toBe(2);
    });

    it('no price for a local copy', () => {
      expect(price(million, pricedRequest('deepseek-r1', 'openai'))).toBeDefined();
      expect(price(million, pricedRequest('deepseek-r1:8b', 'openai'))).toBeUndefined();
    });

    it('only the prices of a given provider', () => {
      const azure = genaiPrices({ provider: 'azure' });
      expect(azure(million, pricedRequest('gpt-4.1', 'openai'))?.input).toBe(2);
      expect(genaiPrices({ provider: 'mistral' })(million, pricedRequest('gpt-4.1', 'openai'))).toBeUndefined();
    });
  });

  describe('returns no cost, never 0', () => {
    it.each([
      ['an unknown model', used(1_000, 100), 'model-1'],
      ['a model without a name', used(1_000, 100), ''],
      ['unknown input tokens', usageOf({ outputTokens: 100 }), 'gpt-4o-mini'],
      ['unknown output tokens', usageOf({ inputTokens: 100 }), 'gpt-4o-mini'],
      ['more cached than read', used(100, 100, { cachedInputTokens: 101 }), 'gpt-4o-mini'],
      ['a figure that is not a number', used(Number.NaN, 100), 'gpt-4o-mini'],
      ['a negative figure', used(-1, 100), 'gpt-4o-mini'],
    ])('for %s', (_, usage, model) => {
      expect(price(usage, pricedRequest(model, 'openai'))).toBeUndefined();
    });
  });

  it('returns a total equal to the sum of its parts, and cache savings equal to the difference to uncached input', () => {
    const figures = fc.record({ input: fc.nat(1e6), output: fc.nat(1e6), read: fc.nat(100), written: fc.nat(100) });
    fc.assert(
      fc.property(figures, fc.constantFrom('claude-sonnet-4-5', 'claude-haiku-4-5', 'gpt-4.1', 'gpt-5.5'), (each, model) => {
        const cachedInputTokens = Math.floor((each.input * each.read) / 200);
        const cacheWriteTokens = Math.floor((each.input * each.written) / 200);
        const cost = price(
          used(each.input, each.output, { cachedInputTokens, cacheWriteTokens }),
          pricedRequest(model, 'anthropic'),
        );
        const uncached = price(used(each.input, each.output, { cacheWriteTokens }), pricedRequest(model, 'anthropic'));
        if (cost?.input === undefined || cost.output === undefined || cost.cacheSavings === undefined) throw new Error('no cost');
        expect(cost.total).toBeCloseTo(cost.input + cost.output, 10);
        expect(cost.input + cost.cacheSavings).toBeCloseTo(uncached?.input ?? Number.NaN, 10);
        expect(cost.cacheSavings).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 1_000 },
    );
  });

  describe('what the provider reports of a request', () => {
    const million = used(1_000_000, 1_000_000, { cachedInputTokens: 500_000 });
    const costOf = (model: string, provider: string, traits: Partial<RequestTraits> = {}) =>
      price(million, pricedRequest(model, provider, traits));

    it.each([
      ['o3', 'openai', { serviceTier: 'default' }, 1],
      ['o3', 'openai', { serviceTier: 'flex' }, 0.5],
      ['claude-opus-4-8', 'anthropic', { serviceTier: 'standard', speed: 'standard', region: 'global' }, 1],
      ['claude-opus-4-8', 'anthropic', { serviceTier: 'batch' }, 0.5],
      ['claude-opus-4-8', 'anthropic', { batch: true }, 0.5],
      ['claude-opus-4-8', 'anthropic', { region: 'us' }, 1.1],
      ['claude-opus-4-8', 'anthropic', { batch: true, region: 'us' }, 0.55],
      ['llama-3.3-70b-versatile', 'groq', { serviceTier: 'on_demand' }, 1],
    ])('has its published price: %s of %s, %j', (model, provider, traits, factor) => {
      const standard = costOf(model, provider);
      const cost = costOf(model, provider, traits);
      for (const part of ['input', 'output', 'total', 'cacheSavings'] as const) {
        expect([part, cost?.[part]]).toEqual([part, expect.closeTo(factor * (standard?.[part] ?? Number.NaN), 9)]);
      }
    });

    it.each([
      ['gpt-5', 'openai', { serviceTier: 'priority' }],
      ['gpt-5', 'openai', { serviceTier: 'scale' }],
      ['gpt-5', 'openai', { serviceTier: 'auto' }],
      ['gpt-5', 'openai', { batch: true }],
      ['grok-4', 'x-ai', { serviceTier: 'flex' }],
      ['claude-opus-4-8', 'anthropic', { speed: 'fast' }],
      ['claude-opus-4-8', 'anthropic', { serviceTier: 'priority' }],
      ['claude-opus-4-8', 'anthropic', { region: 'eu' }],
    ])('is unknown where none is published: %s of %s, %j', (model, provider, traits) => {
      expect(costOf(model, provider)).toBeDefined();
      expect(costOf(model, provider, traits)).toBeUndefined();
    });

    it('does not matter where nothing was used', () => {
      expect(price(used(0, 0), pricedRequest('gpt-5', 'openai', { serviceTier: 'priority' }))?.total).toBe(0);
    });

    it('does not change the price of web searches', () => {
      const searched = used(1_000, 100, { serverTools: { web_search_requests: 1 } });
      expect(price(searched, pricedRequest('claude-haiku-4-5', 'anthropic', { batch: true }))).toMatchObject({
        input: 0.000_5,
        output: 0.000_25,
        total: 0.010_75,
      });
    });
  });

  describe('audio', () => {
    const heard = (details: object): Usage => used(1_000, 100, { native: details as JsonObject });

    it.each([
      [{ prompt_tokens_details: { audio_tokens: 800 } }],
      [{ completion_tokens_details: { audio_tokens: 80 } }],
      [{ input_tokens_details: { audio_tokens: 800 } }],
    ])('is not priced as text: %j', (details) => {
      expect(price(heard(details), pricedRequest('gpt-4o-mini', 'openai'))).toBeUndefined();
      expect(price(heard(details), pricedRequest('gpt-audio', 'openai'))?.total).toBeGreaterThan(0.003);
    });

    it('of 0 tokens needs no price', () => {
      const silent = heard({ prompt_tokens_details: { audio_tokens: 0 }, completion_tokens_details: { audio_tokens: 0 } });
      expect(price(silent, pricedRequest('gpt-4o-mini', 'openai'))?.total).toBe(0.000_21);
    });
  });

  describe('overrides', () => {
    const own = { input_mtok: 1, output_mtok: 2 };

    it('price a model that the list does not know', () => {
      const priced = genaiPrices({ overrides: { 'model-1': { ...own, cache_read_mtok: 0.5 } } });
      expect(priced(used(1_000, 100, { cachedInputTokens: 400 }), pricedRequest('model-1', 'test'))).toEqual({
        input: 0.000_8,
        output: 0.000_2,
        cacheSavings: 0.000_2,
        total: 0.001,
        currency: 'USD',
      });
      expect(priced(used(1_000, 100), pricedRequest('model-2', 'test'))).toBeUndefined();
    });

    it('replace the price of a listed model and of its dated versions', () => {
      const priced = genaiPrices({ overrides: { 'gpt-4o-mini': own } });
      for (const model of ['gpt-4o-mini', 'gpt-4o-mini-2024-07-18']) {
        expect(priced(used(1_000_000, 0), pricedRequest(model, 'openai'))?.total).toBe(1);
      }
      expect(priced(used(1_000_000, 0), pricedRequest('gpt-4o', 'openai'))?.total).toBe(2.5);
    });

    it('may have a price of 0, and tiers', () => {
      const tiered = { base: 1, tiers: [{ start: 100, price: 3 }] };
      const priced = genaiPrices({
        overrides: { local: { input_mtok: 0, output_mtok: 0 }, tiered: { input_mtok: tiered, output_mtok: tiered } },
      });
      expect(priced(used(1_000, 100), pricedRequest('local', 'openai'))?.total).toBe(0);
      expect(priced(used(100, 1_000), pricedRequest('tiered', 'openai'))?.total).toBe(0.001_1);
      expect(priced(used(101, 1_000), pricedRequest('tiered', 'openai'))?.total).toBe(0.003_303);
    });

    it('ignore names of Object.prototype', () => {
      expect(genaiPrices({ overrides: {} })(used(1, 1), pricedRequest('__proto__', 'openai'))).toBeUndefined();
    });

    it('are checked at call time', () => {
      // @ts-expect-error: a wrong key
      expect(() => genaiPrices({ overrides: { m: { ...own, cached_mtok: 1 } } })).toThrow(
        new TypeError('overrides of "m": unknown option "cached_mtok", did you mean "cache_read_mtok"?'),
      );
      // @ts-expect-error: a missing key
      expect(() => genaiPrices({ overrides: { m: { input_mtok: 1 } } })).toThrow('overrides of "m" must give output_mtok');
      expect(() => genaiPrices({ overrides: { m: { ...own, cache_write_1h_mtok: 1 } } })).toThrow('must give cache_write_mtok');
      expect(() => genaiPrices({ overrides: { m: { ...own, input_mtok: -1 } } })).toThrow(RangeError);
      expect(() => genaiPrices({ overrides: { m: { ...own, input_mtok: Infinity } } })).toThrow(RangeError);
      // @ts-expect-error: a wrong type
      expect(() => genaiPrices({ overrides: { m: { ...own, input_mtok: '1' } } })).toThrow(TypeError);
      const fraction = { base: 1, tiers: [{ start: 0.5, price: 1 }] };
      expect(() => genaiPrices({ overrides: { m: { ...own, input_mtok: fraction } } })).toThrow(RangeError);
      // @ts-expect-error: no tiers
      expect(() => genaiPrices({ overrides: { m: { ...own, input_mtok: { base: 1 } } } })).toThrow(TypeError);
      // @ts-expect-error: a wrong type
      expect(() => genaiPrices({ overrides: 5 })).toThrow(TypeError);
    });
  });

  it('rejects unknown options and wrong types at call time', () => {
    // @ts-expect-error: a wrong name
    expect(() => genaiPrices({ override: {} })).toThrow(
      new TypeError('genaiPrices: unknown option "override", did you mean "overrides"?'),
    );
    // @ts-expect-error: a wrong type
    expect(() => genaiPrices({ provider: 5 })).toThrow(new TypeError('provider must be a string'));
  });

  it('is a price for withCost', () => {
    const events = [start({ model: 'gpt-4o-mini', provider: 'openai' }), usage(used(1_000, 100)), finish()];
    expect(record(streamOf(events), withCost(price)).values[1]).toMatchObject({
      usage: { cost: { total: 0.000_21, currency: 'USD' } },
    });
  });
});
