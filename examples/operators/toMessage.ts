/** Emits one message with all the content of the stream. */
import { lastValueFrom } from 'rxjs';
import { toMessage } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');

const { text, toolCalls, finishReason, provider } = await lastValueFrom(events$.pipe(toMessage()));
console.log({ text, toolCalls, finishReason, provider });
await stop();

const customer = await localAnswer('Give me a customer as JSON.');
const message = await lastValueFrom(customer.events$.pipe(toMessage()));
console.log(message.json());
await customer.stop();

/* Prints:
{
  text: 'Paris is the capital of France.',
  toolCalls: [],
  finishReason: 'stop',
  provider: 'openai'
}
{
  name: 'Ann Lee',
  born: '1984-05-17',
  address: { street: 'Rue Cler 7', city: 'Paris' },
  newsletter: true
}
*/
