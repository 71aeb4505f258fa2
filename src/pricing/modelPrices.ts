import type { Provider } from '@pydantic/genai-prices';
import { checkCount, checkNotNegative, checkOptions } from '../kernel/options.js';

/** Dollars per unit. With tiers, the whole request has the price of the highest tier with a `start` below its input tokens. */
export type UnitPrice =
  | number
  | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] };

/** The prices of a model, with the keys of `@pydantic/genai-prices`: dollars per million tokens, or per thousand uses. */
export interface ModelPrices {
  readonly input_mtok: UnitPrice;
  readonly output_mtok: UnitPrice;
  /** Tokens read from the cache. @defaultValue the price of `input_mtok` */
  readonly cache_read_mtok?: UnitPrice;
  /** Tokens written to the cache. @defaultValue the price of `input_mtok` */
  readonly cache_write_mtok?: UnitPrice;
  /** Tokens written to the cache for one hour; needs `cache_write_mtok` too. @defaultValue the price of `cache_write_mtok` */
  readonly cache_write_1h_mtok?: UnitPrice;
  /** A thousand web searches by the provider. @defaultValue 0 */
  readonly web_searches_kcount?: UnitPrice;
}

const required = ['input_mtok', 'output_mtok'] as const;
const keys = [...required, 'cache_read_mtok', 'cache_write_mtok', 'cache_write_1h_mtok', 'web_searches_kcount'] as const;

/** @throws TypeError for an unknown or missing key or a wrong type, RangeError for a price that is not ≥ 0. */
export function checkModelPrices(overrides: Readonly<Record<string, ModelPrices>>): void {
  if (typeof overrides !== 'object' || overrides === null) throw new TypeError('overrides must be an object');
  for (const [model, prices] of Object.entries(overrides)) {
    checkOptions(`overrides of "${model}"`, prices, keys);
    for (const key of required) {
      if (prices[key] === undefined) throw new TypeError(`overrides of "${model}" must give ${key}`);
    }
    if (prices.cache_write_1h_mtok !== undefined && prices.cache_write_mtok === undefined) {
      throw new TypeError(`overrides of "${model}" must give cache_write_mtok with cache_write_1h_mtok`);
    }
    for (const key of keys) checkUnitPrice(`overrides of "${model}": ${key}`, prices[key]);
  }
}

function checkUnitPrice(name: string, price: UnitPrice | undefined): void {
  if (typeof price !== 'object' || price === null) return checkAmount(name, price);
  checkOptions(name, price, ['base', 'tiers']);
  if (!Array.isArray(price.tiers)) throw new TypeError(`${name}.tiers must be an array`);
  checkAmount(`${name}.base`, price.base);
  for (const { start, price: amount } of price.tiers) {
    checkCount(`${name}.tiers: start`, start);
    checkAmount(`${name}.tiers: price`, amount);
  }
}

function checkAmount(name: string, amount: number | undefined): void {
  checkNotNegative(name, amount);
  if (amount === Infinity) throw new RangeError(`${name} must be finite`);
}

/** A list with one model that matches every name. */
export function toProvider(prices: ModelPrices): Provider {
  const units = Object.fromEntries(
    Object.entries(prices).map(([key, price]: [string, UnitPrice]) => [
      key,
      typeof price === 'number' ? price : { ...price, tiers: [...price.tiers] },
    ]),
  );
  return {
    id: 'override',
    name: 'Override',
    api_pattern: '',
    models: [{ id: 'override', match: { starts_with: '' }, prices: units }],
  };
}
