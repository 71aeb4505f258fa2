/** Reads the complete answer as TOON, else as JSON, else as text, with one pipe for every model. */
import { lastValueFrom } from 'rxjs';
import { json, parseOnComplete, text } from 'rxllm';
import { toon } from 'rxllm/toon';
import { localAnswer } from '../localAnswer.js';

for (const question of ['Give me three products as TOON.', 'Give me a customer as JSON.', 'What is the capital of France?']) {
  const { events$, stop } = await localAnswer(question);
  const { format, value } = await lastValueFrom(events$.pipe(parseOnComplete(toon(), json(), text())));
  console.log(format, value);
  await stop();
}

/* Prints:
toon {
  products: [
    { name: 'USB Cable', price: 9.5, stock: 420 },
    { name: 'Dock, small', price: 79, stock: 12 },
    { name: 'Laptop Pro', price: 1999, stock: 7 }
  ]
}
json {
  name: 'Ann Lee',
  born: '1984-05-17',
  address: { street: 'Rue Cler 7', city: 'Paris' },
  newsletter: true
}
text Paris is the capital of France.
*/
