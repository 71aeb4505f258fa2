/** Emits each element of an array as soon as it is complete, while the rest of the text is still arriving. */
import { jsonElements } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('Give me three products as JSON.');

await events$.pipe(jsonElements({ path: 'products' })).forEach(({ index, value }) => console.log(index, value));
await stop();

/* Prints:
0 { name: 'USB Cable', price: 9.5 }
1 { name: 'Desk Lamp', price: 'on request' }
2 { name: 'Laptop Pro', price: 1999 }
*/
