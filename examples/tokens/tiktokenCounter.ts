/** Counts with OpenAI's vocabulary if the provider reports no usage: running totals as the answer arrives, with high confidence. */
import { filter, lastValueFrom, tap } from 'rxjs';
import { aggregateUsage, ofEvent } from 'rxllm';
import { tiktokenCounter } from 'rxllm/tiktoken';
import { toonPrompt } from 'rxllm/toon';
import { localAnswer } from '../localAnswer.js';

const question = 'What is the capital of France?';
const { events$, stop } = await localAnswer(question);
// Some compatible servers report no usage; this stream imitates one.
const silent$ = events$.pipe(filter(({ type }) => type !== 'usage'));

// Loaded first, so that there is a running total from the first word. Without this line it is loaded on subscribe.
const counter = tiktokenCounter('gpt-4o');
await counter.load();

const metered$ = silent$.pipe(
  aggregateUsage({ countTokens: counter, prompt: question, every: 3 }),
  ofEvent('usage'),
  tap(({ usage }) => console.log(usage.inputTokens, usage.outputTokens, usage.confidence)),
);
await lastValueFrom(metered$);
await stop();

// Counting the next piece of a text takes time for that piece only, and every total is exact.
const stream = counter.stream();
console.log(['Incre', 'mental ', 'counting'].map((piece) => stream.push(piece)));

const products = Array.from({ length: 100 }, (_, id) => ({ id, name: `Product ${id}`, price: id * 9.5, stock: id % 2 === 0 }));
const { tokens, saving } = toonPrompt(products, { countTokens: counter });
console.log(tokens, `${Math.round((saving ?? 0) * 100)} % saved against compact JSON`);

// An unknown model is estimated from its characters, and `approximate` is true.
const estimate = tiktokenCounter('claude-sonnet-4-5').stream();
console.log(estimate.push('How many tokens is this?'), estimate.approximate);

/* Prints:
7 4 low
7 6 low
7 7 low
[ 2, 3, 3 ]
{ toon: 1210, json: 1902, jsonPretty: 3402 } 36 % saved against compact JSON
7 true
*/
