import { numberOf, objectOf } from '../../codecs/json/jsonFields.js';
import type { Cost, JsonObject } from '../../events.js';

const ticksPerDollar = 1e10;

/**
 * The cost that a compatible server reports in its usage: OpenRouter in dollars, Perplexity as an object of dollars, xAI in ticks. With a key
 * of one's own at OpenRouter, `cost` is only its fee, and what the upstream provider charges to that key is added.
 */
export function reportedCost(native: JsonObject): Cost | undefined {
  const { cost } = native;
  const ticks = numberOf(native['cost_in_usd_ticks']);
  const parts = objectOf(cost);
  const own = numberOf(cost) ?? numberOf(parts['total_cost']) ?? (ticks === undefined ? undefined : ticks / ticksPerDollar);
  const upstream = native['is_byok'] === true ? numberOf(objectOf(native['cost_details'])['upstream_inference_cost']) : 0;
  if (own === undefined || upstream === undefined) return undefined;
  const input = numberOf(parts['input_tokens_cost']);
  const output = numberOf(parts['output_tokens_cost']);
  return { total: own + upstream, currency: 'USD', input, output, cacheSavings: undefined };
}
