/** Validates and transforms each element of an array with a zod schema, as soon as it is complete. */
import { jsonElements } from 'rxllm';
import { z } from 'zod';
import { localAnswer } from '../localAnswer.js';

const product = z.object({
  name: z.string(),
  price: z.number().transform((euros) => ({ cents: Math.round(euros * 100) })),
});

const { events$, stop } = await localAnswer('Give me three products as JSON.', { latencyMs: 2 });

await events$.pipe(jsonElements({ path: 'products', schema: product, onInvalid: 'emit' })).forEach((element) => {
  if (!element.issues) return console.log(`${element.value.name}: ${element.value.price.cents} cents`);
  for (const { message, path } of element.issues) console.log(`element ${element.index}, ${path.join('.')}: ${message}`);
});
await stop();

/* Prints:
USB Cable: 950 cents
element 1, price: Invalid input: expected number, received string
Laptop Pro: 199900 cents
*/
