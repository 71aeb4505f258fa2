/** OpenAI chat completions, also of compatible servers: the request is sent on subscribe. */
import OpenAI from 'openai';
import { lastValueFrom } from 'rxjs';
import { toMessage } from 'rxllm';
import { assistantTurn, fromChatCompletions } from 'rxllm/openai';
import { localProvider } from '../localProvider.js';

const provider = await localProvider();
const client = new OpenAI({ baseURL: provider.openai, apiKey: 'local' });
const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];

const events$ = fromChatCompletions(client, { model: 'gpt-4o-mini', messages });
const message = await lastValueFrom(events$.pipe(toMessage()));

console.log(message.text, message.finishReason);
// The source requests the usage, so the figures are the provider's.
console.log('usage:', message.usage?.inputTokens, message.usage?.outputTokens, message.usage?.confidence);
console.log('next turn:', assistantTurn(message));
await provider.stop();

/* Prints:
Paris is the capital of France. stop
usage: 8 8 exact
next turn: { role: 'assistant', content: 'Paris is the capital of France.' }
*/
