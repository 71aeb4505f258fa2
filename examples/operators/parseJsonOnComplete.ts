/** Emits the value of a JSON answer once, when the stream completes. */
import { lastValueFrom } from 'rxjs';
import { isStreamError, parseJsonOnComplete } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const customer = await localAnswer('Give me a customer as JSON.');
console.log(await lastValueFrom(customer.events$.pipe(parseJsonOnComplete())));
await customer.stop();

const prose = await localAnswer('What is the capital of France?');
try {
  await lastValueFrom(prose.events$.pipe(parseJsonOnComplete()));
} catch (error) {
  if (isStreamError(error, 'parse')) console.log(error.message);
}
await prose.stop();

/* Prints:
{
  name: 'Ann Lee',
  born: '1984-05-17',
  address: { street: 'Rue Cler 7', city: 'Paris' },
  newsletter: true
}
Expected a value (offset 0)
*/
