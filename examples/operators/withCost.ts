/** Adds the cost so far to each usage, with any price; `genaiPrices()` of `rxllm/pricing` has the list prices. */
import { lastValueFrom } from 'rxjs';
import { aggregateUsage, ofEvent, type Price, withCost } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');

/** A contract price, in dollars per million tokens. */
const perMillion: Price = ({ inputTokens, outputTokens }) => {
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const input = (inputTokens * 2) / 1e6;
  const output = (outputTokens * 8) / 1e6;
  return { input, output, cacheSavings: 0, total: input + output, currency: 'USD' };
};

const { usage } = await lastValueFrom(events$.pipe(aggregateUsage(), withCost(perMillion), ofEvent('usage')));
console.log(`${usage.inputTokens} + ${usage.outputTokens} tokens:`, usage.cost?.total.toFixed(6), usage.cost?.currency);
await stop();

/* Prints:
8 + 8 tokens: 0.000080 USD
*/
