import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent, Price } from '../events.js';
import { operate } from '../kernel/operate.js';
import { checkFunction } from '../kernel/options.js';
import { addRequestCosts } from '../metering/requestCost.js';
import { createRequestTracker, toUsageEvent } from '../metering/requestUsage.js';

/**
 * Adds to each `usage` what the stream has cost so far.
 *
 *     source   s-a-u-f|
 *     result   s-a-U-f|     U: u with its cost
 *
 * Each request is priced by itself, by the model that answered it: those that failed, those of another provider after a fallback, and the
 * rounds of a tool loop, so that no tier is reached by adding up. `price` wins over a cost that the provider reported (OpenRouter, xAI and
 * Perplexity do), which is kept where `price` knows none; one that trusts the bill more returns `usage.cost ?? …`. While the cost of any
 * request is unknown, so is the sum: never 0, never too low. That of a request that was cut before its input tokens were told is known if
 * `aggregateUsage` is given the `prompt`. A stream that ends by an error or `unsubscribe` has no last `usage` to put a cost on: give the price
 * to `aggregateUsage` instead, whose `onSettled` then tells the cost on every exit.
 *
 * @param price Called with what one request used, and with the model and the provider that its `start` named; not without a model.
 * @throws TypeError at call time if `price` is not a function.
 * Emits error: what `price` throws. On unsubscribe: nothing of its own.
 * @example events$.pipe(aggregateUsage(), withCost(genaiPrices()), ofEvent('usage'))
 */
export function withCost<E extends DeltaEvent>(price: Price): MonoTypeOperatorFunction<E> {
  if (price === undefined) throw new TypeError('withCost: give a price');
  checkFunction('price', price);

  return operate<E, E>((destination) => {
    const tracker = createRequestTracker();
    return {
      next(event) {
        tracker.push(event);
        if (event.type !== 'usage') return destination.next(event);
        const { requests } = tracker;
        destination.next({ ...event, ...toUsageEvent(addRequestCosts(price, { usage: event.usage, requests })) });
      },
    };
  });
}
