import { calcPrice, type PriceCalculation } from '@pydantic/genai-prices';
import type { Cost, Price, RequestTraits, Usage } from '../events.js';
import { checkOptions } from '../kernel/options.js';
import { type BillableUnits, billableUnits, hasAudioPrices } from './billableUnits.js';
import { checkModelPrices, type ModelPrices, toProvider } from './modelPrices.js';
import { tokenPriceFactor } from './tokenPriceFactor.js';

export type { ModelPrices, UnitPrice } from './modelPrices.js';

export interface GenaiPricesOptions {
  /**
   * Prices of models that are not in the list, or that cost you a different price. A key is the model of the `start` event, or the list's name of the
   * model, which covers its dated versions too. @defaultValue none
   */
  readonly overrides?: Readonly<Record<string, ModelPrices>>;
  /**
   * The provider that sets the prices, by its name in the list: `'azure'`, `'groq'`, `'openrouter'`. Prices of other providers are not used.
   * @defaultValue the provider of the `start` event or, if the list has no price of it for the model, the maker of the model
   */
  readonly provider?: string;
}

/**
 * Prices a usage by the list of `@pydantic/genai-prices`: tokens, cached and cache-write tokens, tiers, audio, and web searches.
 *
 * The list is bundled, so nothing is fetched; `updatePrices` of that package updates it. Every compatible server has the provider `openai` here,
 * so a model that OpenAI does not have gets the price of its maker (`deepseek-chat`, `grok-4`), except a local copy, which has a tag
 * (`deepseek-r1:8b`). The price is that of the tier, speed and region that the provider reported, as far as a factor is published for all of a
 * provider's models: `flex` of OpenAI and a batch of Anthropic are half, inference in `us` of Anthropic is 1.1 times. Any other word
 * (`priority`, `scale`, `fast`, `auto`) has no cost, and so has audio without a price for audio; a price of your own for it can wrap this one:
 * `(usage, request) => request.serviceTier === 'priority' ? own(usage) : listed(usage, request)`. An unknown model, a missing figure, or
 * figures that contradict each other have no cost (undefined), never 0. Amounts are in dollars, rounded to 12 decimals.
 *
 * @returns A price for `withCost` and `takeWithinBudget`: `input` and `output` for the tokens, `total` including the provider's own tools, and
 *   `cacheSavings`, the difference between cached and uncached input.
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError for a price that is not ≥ 0.
 * @example events$.pipe(aggregateUsage(), withCost(genaiPrices()))
 */
export function genaiPrices(options: GenaiPricesOptions = {}): Price {
  checkOptions('genaiPrices', options, ['overrides', 'provider']);
  const { overrides = {}, provider: given } = options;
  if (given !== undefined && typeof given !== 'string') throw new TypeError('provider must be a string');
  checkModelPrices(overrides);
  const own = new Map(Object.entries(overrides).map(([name, prices]) => [name, toProvider(prices)]));

  /** The price of an override, else of the list. */
  function findPrice(units: BillableUnits, model: string, provider: string): PriceCalculation | undefined {
    const replaced = own.get(model);
    if (replaced) return calcPrice(units, model, { provider: replaced }) ?? undefined;
    const listed = findListed(units, model, given ?? provider, given === undefined);
    const renamed = listed && own.get(listed.model.id);
    return renamed ? (calcPrice(units, model, { provider: renamed }) ?? undefined) : listed;
  }

  return (usage, request) => {
    const { model, provider } = request;
    return costOf(usage, request, (units) => findPrice(units, model, provider));
  };
}

function costOf(
  usage: Usage,
  traits: RequestTraits,
  price: (units: BillableUnits) => PriceCalculation | undefined,
): Cost | undefined {
  const units = billableUnits(usage);
  if (units === undefined) return undefined;
  try {
    const cost = price(units);
    const { cache_read_tokens: _, ...uncached } = units;
    const uncachedCost = cost && price(uncached);
    const factor = cost?.total_price === 0 ? 1 : cost && tokenPriceFactor(traits, cost.provider.id);
    if (!uncachedCost || factor === undefined || !hasAudioPrices(units, cost.model_price)) return undefined;
    const tokens = cost.input_price + cost.output_price;
    return {
      input: roundToPicodollars(factor * cost.input_price),
      output: roundToPicodollars(factor * cost.output_price),
      cacheSavings: roundToPicodollars(factor * (uncachedCost.input_price - cost.input_price)),
      total: roundToPicodollars(cost.total_price + (factor - 1) * tokens),
      currency: 'USD',
    };
  } catch {
    // The figures contradict each other: more tokens were read from the cache than were read at all.
    return undefined;
  }
}

function findListed(units: BillableUnits, model: string, provider: string, orMaker: boolean): PriceCalculation | undefined {
  const listed = calcPrice(units, model, { providerId: provider });
  if (listed) return listed;
  const isLocalCopy = model.includes(':');
  return orMaker && !isLocalCopy ? (calcPrice(units, model) ?? undefined) : undefined;
}

/** Rounds away the error of sums of binary fractions. */
function roundToPicodollars(amount: number): number {
  return Math.round(amount * 1e12) / 1e12;
}
