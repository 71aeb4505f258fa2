import { numberOf, objectOf } from '../../codecs/json/jsonFields.js';
import type { Cost, JsonObject } from '../../events.js';

const ticksPerDollar = 1e10;

/** The cost that a compatible server reports in its usage: OpenRouter in dollars, Perplexity as an object of dollars, xAI in ticks. */
export function reportedCost(native: JsonObject): Cost | undefined {
  const { cost } = native;
  const ticks = numberOf(native['cost_in_usd_ticks']);
  const parts = objectOf(cost);
  const total = numberOf(cost) ?? numberOf(parts['total_cost']) ?? (ticks === undefined ? undefined : ticks / ticksPerDollar);
  if (total === undefined) return undefined;
  const input = numberOf(parts['input_tokens_cost']);
  const output = numberOf(parts['output_tokens_cost']);
  return { total, currency: 'USD', input, output, cacheSavings: undefined };
}
