/** A parser for `parseOnComplete`: strict JSON, its schema included, else the next parser is asked. */
import { lastValueFrom } from 'rxjs';
import { json, parseOnComplete, text } from 'rxllm';
import { z } from 'zod';
import { localAnswer } from '../localAnswer.js';

const customer = z.object({ name: z.string(), born: z.string() });
const supplier = z.object({ company: z.string() });
const { events$, stop } = await localAnswer('Give me a customer as JSON.');

for (const parser of [json({ schema: customer }), json({ schema: supplier })]) {
  const { format, value, errors } = await lastValueFrom(events$.pipe(parseOnComplete(parser, text())));
  console.log(
    format,
    value,
    errors.map(({ message }) => message),
  );
}
await stop();

/* Prints:
json { name: 'Ann Lee', born: '1984-05-17' } []
text {"name":"Ann Lee","born":"1984-05-17","address":{"street":"Rue Cler 7","city":"Paris"},"newsletter":true} [ 'Invalid input: expected string, received undefined (at company)' ]
*/
