/** Emits each row of a TOON table as soon as its line is complete. */
import { toonRows } from 'rxllm/toon';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('Give me three products as TOON.');

await events$
  .pipe(toonRows({ path: 'products', lenient: true }))
  .forEach(({ index, expected, row }) => console.log(`${index + 1}/${expected}`, row));
await stop();

/* Prints:
1/3 { name: 'USB Cable', price: 9.5, stock: 420 }
2/3 { name: 'Dock, small', price: 79, stock: 12 }
3/3 { name: 'Laptop Pro', price: 1999, stock: 7 }
*/
