/** A conversation that began on Anthropic's API goes on with any provider of the AI SDK. */
import Anthropic from '@anthropic-ai/sdk';
import { lastValueFrom } from 'rxjs';
import { messageTurns, type Turn, toMessage } from 'rxllm';
import { modelMessages } from 'rxllm/ai-sdk';
import { fromMessages, messagesParams } from 'rxllm/anthropic';
import { localProvider } from '../localProvider.js';

const provider = await localProvider();
const anthropic = new Anthropic({ baseURL: provider.anthropic, apiKey: 'local' });
const user = (text: string): Turn => ({ role: 'user', parts: [{ type: 'text', text }] });

const first = [user('How much is two and two?')];
const answer$ = fromMessages(anthropic, { model: 'claude-haiku-4-5', max_tokens: 100, ...messagesParams(first) });
const message = await lastValueFrom(answer$.pipe(toMessage()));

// streamText({ model, messages, maxRetries: 0 })
const messages = modelMessages([...first, ...messageTurns(message), user('And three and three?')]);
console.log(JSON.stringify(messages, undefined, 1));
await provider.stop();

/* Prints:
[
 {
  "role": "user",
  "content": [
   {
    "type": "text",
    "text": "How much is two and two?"
   }
  ]
 },
 {
  "role": "assistant",
  "content": [
   {
    "type": "text",
    "text": "Four."
   }
  ]
 },
 {
  "role": "user",
  "content": [
   {
    "type": "text",
    "text": "And three and three?"
   }
  ]
 }
]
*/
