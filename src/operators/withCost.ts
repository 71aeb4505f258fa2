import type { MonoTypeOperatorFunction } from 'rxjs';
import type { Cost, DeltaEvent, Price, Usage } from '../events.js';
import { operate } from '../internal/operate.js';
import { checkFunction } from '../internal/options.js';
import { createRequestTracker, noteParts, type RequestUsage } from '../internal/requestUsage.js';
import { addCost } from '../internal/usage.js';

/**
 * Adds to each `usage` what the stream has cost so far.
 *
 *     source   s-a-u-f|
 *     result   s-a-U-f|     U: u with its cost
 *
 * Each request is priced by itself, by the model that answered it: those that failed, those of another provider after a fallback, and the
 * rounds of a tool loop, so that no tier is reached by adding up. `price` wins over a cost that the provider reported (OpenRouter, xAI and
 * Perplexity do), which is kept where `price` knows none; one that trusts the bill more returns `usage.cost ?? …`. While the cost of any
 * request is unknown, so is the sum: never 0, never too low.
 *
 * @param price Called with what one request used, and with the model and the provider that its `start` named; not without a model.
 * @throws TypeError at call time if `price` is not a function.
 * Emits error: what `price` throws. On unsubscribe: nothing of its own.
 * @example events$.pipe(aggregateUsage(), withCost(genaiPrices()), ofEvent('usage'))
 */
export function withCost<E extends DeltaEvent>(price: Price): MonoTypeOperatorFunction<E> {
  if (price === undefined) throw new TypeError('withCost: give a price');
  checkFunction('price', price);

  function costOf({ usage, model, provider }: RequestUsage): Cost | undefined {
    return (model === undefined ? undefined : price(usage, model, provider ?? '')) ?? usage.cost;
  }

  function sum(requests: readonly RequestUsage[]): Cost | undefined {
    const [first, ...others] = requests.map(costOf);
    return others.reduce(addCost, first);
  }

  return operate<E, E>((destination) => {
    const requests = createRequestTracker();

    function priced(usage: Usage): Usage {
      const parts = requests.split(usage);
      return noteParts({ ...usage, cost: sum(parts) ?? usage.cost }, parts);
    }

    return {
      next(event) {
        requests.push(event);
        destination.next(event.type === 'usage' ? { ...event, usage: priced(event.usage) } : event);
      },
    };
  });
}
