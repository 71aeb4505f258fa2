/** Tokens by OpenAI's own vocabulary where the provider tells none: a live meter while the answer comes, and an estimate of high confidence. */
import { filter, lastValueFrom, tap } from 'rxjs';
import { aggregateUsage, ofEvent } from 'rxllm';
import { tiktokenCounter } from 'rxllm/tiktoken';
import { toonPrompt } from 'rxllm/toon';
import { localAnswer } from '../localAnswer.js';

const question = 'What is the capital of France?';
const { events$, stop } = await localAnswer(question);
// Some compatible servers tell no usage, like this one.
const silent$ = events$.pipe(filter(({ type }) => type !== 'usage'));

// Here all is loaded first, so that the meter has figures from the first word; without this line it loads on subscribe.
const counter = tiktokenCounter('gpt-4o');
await counter.load();

const metered$ = silent$.pipe(
  aggregateUsage({ countTokens: counter, prompt: question, every: 3 }),
  ofEvent('usage'),
  tap(({ usage }) => console.log(usage.inputTokens, usage.outputTokens, usage.confidence)),
);
await lastValueFrom(metered$);
await stop();

// A text that is still arriving costs what its new piece costs, and every total is exact.
const stream = counter.stream();
console.log(['Incre', 'mental ', 'counting'].map((piece) => stream.push(piece)));

const products = Array.from({ length: 100 }, (_, id) => ({ id, name: `Product ${id}`, price: id * 9.5, stock: id % 2 === 0 }));
const { tokens, saving } = toonPrompt(products, { countTokens: counter });
console.log(tokens, `${Math.round((saving ?? 0) * 100)} % saved against compact JSON`);

// A model that tiktoken does not know is guessed from its characters, and says so.
const guess = tiktokenCounter('claude-sonnet-4-5').stream();
console.log(guess.push('How many tokens is this?'), guess.approximate);

/* Prints:
7 4 high
7 6 high
7 7 high
[ 2, 3, 3 ]
{ toon: 1210, json: 1902, jsonPretty: 3402 } 36 % saved against compact JSON
7 true
*/
