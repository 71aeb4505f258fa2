import type { Cost, DeltaEvent, Price, Usage } from '../events.js';
import { createRequestTracker, noteParts, type RequestUsage } from './requestUsage.js';
import { addCost } from './usageArithmetic.js';

/** What a stream costs: each of its requests by itself, at the price of the model that answered it. */
export interface Bill {
  push(event: DeltaEvent): void;
  /** A usage of the stream with its cost; the one that it has where the price of any request is not known. */
  priced(usage: Usage): Usage;
}

export function createBill(price: Price): Bill {
  const requests = createRequestTracker();

  function costOf({ usage, model, provider }: RequestUsage): Cost | undefined {
    return (model === undefined ? undefined : price(usage, model, provider ?? '')) ?? usage.cost;
  }

  function sum(parts: readonly RequestUsage[]): Cost | undefined {
    const [first, ...others] = parts.map(costOf);
    return others.reduce(addCost, first);
  }

  return {
    push: requests.push,
    priced(usage) {
      const parts = requests.split(usage);
      return noteParts({ ...usage, cost: sum(parts) ?? usage.cost }, parts);
    },
  };
}
