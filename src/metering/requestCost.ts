import type { Cost, Price, RequestUsage } from '../events.js';
import type { RequestUsages } from './requestUsage.js';
import { addCost } from './usageArithmetic.js';

/** Adds costs: each request has its own, at the price of the model that answered it, and the usage has their sum. */
export function addRequestCosts(price: Price, { usage, requests }: RequestUsages): RequestUsages {
  const priced = requests.map((request) => {
    // The cost that the provider reported, where the price is not known.
    const cost = priceRequest(price, request) ?? request.usage.cost;
    return { ...request, usage: { ...request.usage, cost } };
  });
  return { usage: { ...usage, cost: requests.length === 0 ? usage.cost : totalCost(priced) }, requests: priced };
}

/** What a request cost by a price; `undefined` if its model or its price is not known. */
export function priceRequest(price: Price, request: RequestUsage): Cost | undefined {
  const { usage, model, provider = '', serviceTier, speed, region, batch } = request;
  return model === undefined ? undefined : price(usage, { model, provider, serviceTier, speed, region, batch });
}

/** Unknown as soon as the cost of one request is. */
function totalCost(requests: readonly RequestUsage[]): Cost | undefined {
  const [first, ...others] = requests.map(({ usage }) => usage.cost);
  return others.reduce(addCost, first);
}
