/** Fills a form while the model writes its JSON. */
import { partialJson } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

interface Customer {
  readonly name: string;
  readonly born: string;
  readonly address: { readonly street: string; readonly city: string };
  readonly newsletter: boolean;
}

const { events$, stop } = await localAnswer('Give me a customer as JSON.', { latencyMs: 2 });

/** The displayed value of each field. */
const form = new Map<string, unknown>();

await events$.pipe(partialJson<Customer>()).forEach((customer) => {
  for (const [field, value] of Object.entries(customer)) {
    // Snapshots share unchanged values, so `===` finds the fields to render again, nested ones too.
    if (form.get(field) === value) continue;
    form.set(field, value);
    console.log(field.padEnd(12), value);
  }
});
await stop();

/* Prints:
name         A
name         Ann Le
name         Ann Lee
born         1984
born         1984-05-1
born         1984-05-17
address      {}
address      { street: 'R' }
address      { street: 'Rue Cler 7' }
address      { street: 'Rue Cler 7', city: 'P' }
address      { street: 'Rue Cler 7', city: 'Paris' }
newsletter   true
*/
