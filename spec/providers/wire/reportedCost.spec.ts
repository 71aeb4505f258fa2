import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/events.js';
import { reportedCost } from '../../../src/providers/wire/reportedCost.js';

describe('reportedCost', () => {
  it.each<[string, JsonObject, number | undefined]>([
    ['dollars', { cost: 0.5 }, 0.5],
    ['an object of dollars', { cost: { total_cost: 0.25 } }, 0.25],
    ['ticks', { cost_in_usd_ticks: 5e9 }, 0.5],
    ['no cost', { prompt_tokens: 5 }, undefined],
    [
      'a fee, and the upstream provider at a key of one’s own',
      { cost: 0.01, is_byok: true, cost_details: { upstream_inference_cost: 0.25 } },
      0.26,
    ],
    ['no fee', { cost: 0, is_byok: true, cost_details: { upstream_inference_cost: 0.2 } }, 0.2],
    ['an upstream cost that is a part', { cost: 0.3, is_byok: false, cost_details: { upstream_inference_cost: 0.2 } }, 0.3],
    ['an upstream cost without a word of the key', { cost: 0.3, cost_details: { upstream_inference_cost: 0.2 } }, 0.3],
    [
      'only the fee at a key of one’s own',
      { cost: 0.01, is_byok: true, cost_details: { upstream_inference_cost: null } },
      undefined,
    ],
  ])('reads %s', (_, native, total) => {
    expect(reportedCost(native)?.total).toBe(total);
  });
});
