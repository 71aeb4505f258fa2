import { calcPrice, type PriceCalculation } from '@pydantic/genai-prices';
import type { Cost, Price, Usage } from '../events.js';
import { checkOptions } from '../kernel/options.js';
import { type BillableUnits, billableUnits } from './billableUnits.js';
import { checkModelPrices, type ModelPrices, toProvider } from './modelPrices.js';

export type { ModelPrices, UnitPrice } from './modelPrices.js';

export interface GenaiPricesOptions {
  /**
   * Prices of models that the list does not know, or that you pay otherwise: by the name that `start` gives, or the one that the list calls
   * the model by, which is also that of its dated versions. @defaultValue none
   */
  readonly overrides?: Readonly<Record<string, ModelPrices>>;
  /**
   * Whose prices they are, by the list's name for it: `'azure'`, `'groq'`, `'openrouter'`. Then no other's are taken. @defaultValue the
   * provider that `start` names; where that does not know the model, the maker of a model of this name
   */
  readonly provider?: string;
}

/**
 * The list prices of `@pydantic/genai-prices`, by model and provider: cached, cache-write and tiered prices, audio, and web searches.
 *
 * The list is bundled, so nothing is fetched; that package's `updatePrices` renews it. As every compatible server is `openai` here, a model
 * that OpenAI does not have is priced as its maker does (`deepseek-chat`, `grok-4`), except a local copy, which has a tag
 * (`deepseek-r1:8b`). Of an unknown model, of a missing figure and of figures that contradict each other there is no cost, never 0. Amounts
 * are in dollars, to a millionth of a millionth.
 *
 * @returns A price for `withCost` and `takeWithinBudget`: `input` and `output` by tokens, `total` with what the provider's own tools cost,
 *   `cacheSavings` for what was read from the cache instead of read anew.
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError for a price that is not ≥ 0.
 * @example events$.pipe(aggregateUsage(), withCost(genaiPrices()))
 */
export function genaiPrices(options: GenaiPricesOptions = {}): Price {
  checkOptions('genaiPrices', options, ['overrides', 'provider']);
  const { overrides = {}, provider: given } = options;
  if (given !== undefined && typeof given !== 'string') throw new TypeError('provider must be a string');
  checkModelPrices(overrides);
  const own = new Map(Object.entries(overrides).map(([name, prices]) => [name, toProvider(prices)]));

  /** What the list says, or what was put in its place. */
  function look(units: BillableUnits, model: string, provider: string): PriceCalculation | undefined {
    const replaced = own.get(model);
    if (replaced) return calcPrice(units, model, { provider: replaced }) ?? undefined;
    const listed = lookUp(units, model, given ?? provider, given === undefined);
    const renamed = listed && own.get(listed.model.id);
    return renamed ? (calcPrice(units, model, { provider: renamed }) ?? undefined) : listed;
  }

  return (usage, model, provider) => costOf(usage, (units) => look(units, model, provider));
}

function costOf(usage: Usage, price: (units: BillableUnits) => PriceCalculation | undefined): Cost | undefined {
  const units = billableUnits(usage);
  if (units === undefined) return undefined;
  try {
    const cost = price(units);
    const { cache_read_tokens: _, ...uncached } = units;
    const spent = cost && price(uncached);
    return (
      cost &&
      spent && {
        input: toPicodollars(cost.input_price),
        output: toPicodollars(cost.output_price),
        cacheSavings: toPicodollars(spent.input_price - cost.input_price),
        total: toPicodollars(cost.total_price),
        currency: 'USD',
      }
    );
  } catch {
    // The figures contradict each other: more was read from the cache than was read.
    return undefined;
  }
}

function lookUp(units: BillableUnits, model: string, provider: string, orMaker: boolean): PriceCalculation | undefined {
  const listed = calcPrice(units, model, { providerId: provider });
  if (listed) return listed;
  const isLocalCopy = model.includes(':');
  return orMaker && !isLocalCopy ? (calcPrice(units, model) ?? undefined) : undefined;
}

/** The sums of binary fractions, as the decimals that are meant. */
function toPicodollars(amount: number): number {
  return Math.round(amount * 1e12) / 1e12;
}
