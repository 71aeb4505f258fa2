/** Text, usage and cost of one answer, for every outcome. */
import OpenAI from 'openai';
import { lastValueFrom, take } from 'rxjs';
import { aggregateUsage, ofEvent, toMessage, withCost } from 'rxllm';
import { fromChatCompletions } from 'rxllm/openai';
import { genaiPrices } from 'rxllm/pricing';
import { localProvider } from '../localProvider.js';

const { openai: baseURL, stop } = await localProvider();
const client = new OpenAI({ baseURL, apiKey: 'local' });

const question = { role: 'user' as const, content: 'What is the capital of France?' };
const events$ = fromChatCompletions(client, { model: 'gpt-4o-mini', messages: [question] });
const metered$ = events$.pipe(aggregateUsage({ prompt: question }), withCost(genaiPrices()));

const { text, usage } = await lastValueFrom(metered$.pipe(toMessage()));
console.log(text);
console.log(`${usage?.inputTokens} in, ${usage?.outputTokens} out, ${usage?.cost?.total.toFixed(8)} ${usage?.cost?.currency}`);

// A stream that fails or is unsubscribed early costs money too: with a price, `onSettled` reports the cost of every outcome.
const billed$ = events$.pipe(
  aggregateUsage({
    prompt: question,
    price: genaiPrices(),
    onSettled: ({ outcome, usage: { outputTokens, confidence, cost } }) =>
      console.log(`${outcome}: ${outputTokens} out, ${cost?.total.toFixed(8)} ${cost?.currency}, confidence ${confidence}`),
  }),
);
await lastValueFrom(billed$.pipe(ofEvent('text-delta'), take(2)));
await stop();

/* Prints:
Paris is the capital of France.
8 in, 8 out, 0.00000600 USD
unsubscribe: 3 out, 0.00000405 USD, confidence low
*/
