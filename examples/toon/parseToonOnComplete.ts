/** Reads the complete answer as TOON, else as JSON, else as text, once, when the stream completes. */
import { lastValueFrom } from 'rxjs';
import { parseToonOnComplete, toonPrompt } from 'rxllm/toon';
import { localAnswer } from '../localAnswer.js';

const products = [
  { name: 'USB Cable', price: 9.5 },
  { name: 'Laptop Pro', price: 1999 },
];
const { events$, stop } = await localAnswer(`${toonPrompt(products).text}\nWhich is the most expensive product?`);

const { format, value } = await lastValueFrom(events$.pipe(parseToonOnComplete()));
console.log(format, value);
await stop();

/* Prints:
toon { answer: [ { name: 'Laptop Pro', price: 1999 } ] }
*/
