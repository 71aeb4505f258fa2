/** Emits the output of a schema for each value: zod, valibot, arktype or another library that follows Standard Schema. */
import { lastValueFrom } from 'rxjs';
import { parseJsonOnComplete, ValidationError, validate } from 'rxllm';
import { z } from 'zod';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('Give me a customer as JSON.');
const value$ = events$.pipe(parseJsonOnComplete());

const customer = z.object({ name: z.string(), born: z.coerce.date() });
const { name, born } = await lastValueFrom(value$.pipe(validate(customer)));
console.log(`${name} was born in ${born.getUTCFullYear()}`);

const supplier = z.object({ address: z.object({ country: z.string() }) });
try {
  await lastValueFrom(value$.pipe(validate(supplier)));
} catch (error) {
  if (error instanceof ValidationError) console.log(error.message, error.issues);
}
await stop();

/* Prints:
Ann Lee was born in 1984
The value does not match its schema (1 issue) [
  {
    message: 'Invalid input: expected string, received undefined',
    path: [ 'address', 'country' ]
  }
]
*/
