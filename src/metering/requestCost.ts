import type { Cost, Price, RequestUsage } from '../events.js';
import type { RequestUsages } from './requestUsage.js';
import { addCost } from './usageArithmetic.js';

/** Adds costs: each request has its own, at the price of the model that answered it, and the usage has their sum. */
export function addRequestCosts(price: Price, { usage, requests }: RequestUsages): RequestUsages {
  const priced = requests.map((request) => ({ ...request, usage: { ...request.usage, cost: costOf(price, request) } }));
  return { usage: { ...usage, cost: totalCost(priced) ?? usage.cost }, requests: priced };
}

/** The cost that the provider reported where the price is not known. */
function costOf(price: Price, { usage, model, provider }: RequestUsage): Cost | undefined {
  return (model === undefined ? undefined : price(usage, model, provider ?? '')) ?? usage.cost;
}

/** Unknown as soon as one of them is. */
function totalCost(requests: readonly RequestUsage[]): Cost | undefined {
  const [first, ...others] = requests.map(({ usage }) => usage.cost);
  return others.reduce(addCost, first);
}
