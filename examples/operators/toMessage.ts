/** One message with everything the stream said. */
import { lastValueFrom } from 'rxjs';
import { toMessage } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');

const { text, toolCalls, finishReason, provider } = await lastValueFrom(events$.pipe(toMessage()));
console.log({ text, toolCalls, finishReason, provider });
await stop();

/* Prints:
{
  text: 'Paris is the capital of France.',
  toolCalls: [],
  finishReason: 'stop',
  provider: 'openai'
}
*/
