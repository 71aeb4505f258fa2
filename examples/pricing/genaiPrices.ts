/** List prices for `withCost`: cached, cache-write and tiered prices. A model that is not in the list has no cost, never 0. */
import { lastValueFrom } from 'rxjs';
import { aggregateUsage, ofEvent, withCost } from 'rxllm';
import { genaiPrices } from 'rxllm/pricing';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');
const metered$ = events$.pipe(aggregateUsage());

const listed = await lastValueFrom(metered$.pipe(withCost(genaiPrices()), ofEvent('usage')));
console.log('the model "local", by the list:', listed.usage.cost);

const ours = genaiPrices({ overrides: { local: { input_mtok: 0.5, cache_read_mtok: 0.05, output_mtok: 2 } } });
const { usage } = await lastValueFrom(metered$.pipe(withCost(ours), ofEvent('usage')));
console.log('by our own price:', usage.cost);
await stop();

/* Prints:
the model "local", by the list: undefined
by our own price: {
  input: 0.000004,
  output: 0.000016,
  cacheSavings: 0,
  total: 0.00002,
  currency: 'USD'
}
*/
