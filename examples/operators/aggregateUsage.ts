/** Emits one final usage just before `finish`, from the provider's figures or an estimate, and reports it for every outcome. */
import { lastValueFrom, take } from 'rxjs';
import { aggregateUsage, ofEvent } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');

const { usage } = await lastValueFrom(events$.pipe(aggregateUsage(), ofEvent('usage')));
console.log('from the provider:', usage.outputTokens, usage.confidence);

const metered$ = events$.pipe(
  aggregateUsage({
    onSettled: ({ usage, outcome }) => console.log(`${outcome}:`, usage.outputTokens, usage.confidence),
  }),
);
await lastValueFrom(metered$.pipe(ofEvent('text-delta'), take(2)));
await stop();

/* Prints:
from the provider: 8 exact
unsubscribe: 3 low
*/
