/** Text, usage and cost of one answer, whichever way it ends. */
import OpenAI from 'openai';
import { lastValueFrom } from 'rxjs';
import { aggregateUsage, toMessage, withCost } from 'rxllm';
import { fromChatCompletions } from 'rxllm/openai';
import { genaiPrices } from 'rxllm/pricing';
import { localProvider } from '../localProvider.js';

const { openai: baseURL, stop } = await localProvider();
const client = new OpenAI({ baseURL, apiKey: 'local' });

const question = { role: 'user' as const, content: 'What is the capital of France?' };
const message$ = fromChatCompletions(client, { model: 'gpt-4o-mini', messages: [question] }).pipe(
  aggregateUsage({ prompt: question }),
  withCost(genaiPrices()),
  toMessage(),
);
const { text, usage } = await lastValueFrom(message$);
console.log(text);
console.log(`${usage?.inputTokens} in, ${usage?.outputTokens} out, ${usage?.cost?.total.toFixed(8)} ${usage?.cost?.currency}`);
await stop();

/* Prints:
Paris is the capital of France.
8 in, 8 out, 0.00000600 USD
*/
