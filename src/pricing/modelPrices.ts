import type { Provider } from '@pydantic/genai-prices';
import { checkCount, checkNotNegative, checkOptions } from '../kernel/options.js';

/** Dollars for each unit; with tiers, the whole request costs what the highest tier costs that its input tokens go past. */
export type UnitPrice =
  | number
  | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] };

/** What a model costs, in the keys of `@pydantic/genai-prices`: dollars for a million tokens, or for a thousand pieces. */
export interface ModelPrices {
  readonly input_mtok: UnitPrice;
  readonly output_mtok: UnitPrice;
  /** Read from the cache. @defaultValue as `input_mtok` */
  readonly cache_read_mtok?: UnitPrice;
  /** Written to the cache. @defaultValue as `input_mtok` */
  readonly cache_write_mtok?: UnitPrice;
  /** Written to the cache for an hour; needs `cache_write_mtok` too. @defaultValue as `cache_write_mtok` */
  readonly cache_write_1h_mtok?: UnitPrice;
  /** Web searches of the provider's own, a thousand. @defaultValue nothing */
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

/** A list of one model, which any name matches. */
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
