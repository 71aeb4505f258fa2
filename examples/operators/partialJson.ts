/** Emits the JSON value of an answer while it grows: each snapshot is immutable and shares unchanged values. */
import { partialJson } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

interface Customer {
  readonly name: string;
  readonly born: string;
  readonly address: { readonly street: string; readonly city: string };
  readonly newsletter: boolean;
}

const { events$, stop } = await localAnswer('Give me a customer as JSON.');

await events$.pipe(partialJson<Customer>()).forEach((customer) => console.log(JSON.stringify(customer)));
await stop();

/* Prints:
{}
{"name":"A"}
{"name":"Ann Le"}
{"name":"Ann Lee"}
{"name":"Ann Lee","born":"1984"}
{"name":"Ann Lee","born":"1984-05-1"}
{"name":"Ann Lee","born":"1984-05-17"}
{"name":"Ann Lee","born":"1984-05-17","address":{}}
{"name":"Ann Lee","born":"1984-05-17","address":{"street":"R"}}
{"name":"Ann Lee","born":"1984-05-17","address":{"street":"Rue Cler 7"}}
{"name":"Ann Lee","born":"1984-05-17","address":{"street":"Rue Cler 7","city":"P"}}
{"name":"Ann Lee","born":"1984-05-17","address":{"street":"Rue Cler 7","city":"Paris"}}
{"name":"Ann Lee","born":"1984-05-17","address":{"street":"Rue Cler 7","city":"Paris"},"newsletter":true}
*/
