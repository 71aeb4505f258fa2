/** Emits the complete answer as the first parser that accepts it reads it: here JSON, else text. */
import { lastValueFrom } from 'rxjs';
import { json, parseOnComplete, text } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

for (const question of ['Give me a customer as JSON.', 'What is the capital of France?']) {
  const { events$, stop } = await localAnswer(question);
  const { format, value } = await lastValueFrom(events$.pipe(parseOnComplete(json(), text())));
  console.log(format, value);
  await stop();
}

/* Prints:
json {
  name: 'Ann Lee',
  born: '1984-05-17',
  address: { street: 'Rue Cler 7', city: 'Paris' },
  newsletter: true
}
text Paris is the capital of France.
*/
