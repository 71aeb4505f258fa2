import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent, Price } from '../events.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { checkCalled, checkFunction } from '../kernel/options.js';
import { addRequestCosts } from '../metering/requestCost.js';
import { createRequestTracker, toUsageEvent } from '../metering/requestUsage.js';
import { joinRestartedUsage } from '../metering/restartedUsage.js';

/**
 * Adds the cost of the stream so far to each `usage`.
 *
 *     source   s-a-u-f|
 *     result   s-a-U-f|     U: u with its cost
 *
 * Each request in `requests` is priced by itself, at the price of the model that answered it: requests that failed, those of another provider
 * after a fallback, and the rounds of a tool loop, so that a sum never reaches the tier of a larger request. `price` wins over a cost that the
 * provider reported (OpenRouter, xAI and Perplexity do), which is kept where `price` returns none; return `usage.cost ?? …` to prefer the
 * provider's. While the cost of one request is unknown, so is the sum, because it would be too low. For a request that was cut before its input
 * tokens were reported, pass the `prompt` to `aggregateUsage`. A stream that errors or is unsubscribed emits no last `usage`: pass the price to
 * `aggregateUsage` instead, and `onSettled` has the cost however the stream ends.
 *
 * @param price Called with the usage of one request, and with what decides its price: the model and the provider that its `start` named, and
 * the service tier, speed, region and batch that the provider reported. Not called without a model.
 * @throws TypeError at call time if `price` is not a function.
 * @emitsError What `price` throws.
 * @unsubscribe Nothing more.
 * @reset Forwards it; what the void attempt used keeps its cost.
 * @cost Holds the usage of each request. At each `usage`, one call of `price` for each request.
 * @example events$.pipe(aggregateUsage(), withCost(genaiPrices()), ofEvent('usage'))
 */
export function withCost<E extends DeltaEvent>(price: Price): MonoTypeOperatorFunction<E> {
  if (price === undefined) throw new TypeError('withCost: give a price');
  checkCalled('withCost', price);
  checkFunction('price', price);

  return operateEvents<E, E>({ name: 'withCost', joinUsage: joinRestartedUsage }, (destination) => {
    const tracker = createRequestTracker();
    return {
      next(event) {
        tracker.push(event);
        if (event.type !== 'usage') return destination.next(event);
        const priced = addRequestCosts(price, { usage: event.usage, requests: tracker.requests });
        // A list that the event has is kept: another operator may have put it there.
        destination.next({ ...event, ...(event.requests ? priced : toUsageEvent(priced)) });
      },
    };
  });
}
