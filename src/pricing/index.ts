export { type GenaiPricesOptions, genaiPrices, type ModelPrices, type UnitPrice } from './genaiPrices.js';
