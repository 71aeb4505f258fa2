/** Anthropic messages: thinking becomes reasoning, and `assistantTurn` returns the next turn without loss. */
import Anthropic from '@anthropic-ai/sdk';
import { lastValueFrom } from 'rxjs';
import { toMessage } from 'rxllm';
import { assistantTurn, fromMessages } from 'rxllm/anthropic';
import { localProvider } from '../localProvider.js';

const provider = await localProvider();
const client = new Anthropic({ baseURL: provider.anthropic, apiKey: 'local' });
const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];

const events$ = fromMessages(client, { model: 'claude-haiku-4-5', max_tokens: 100, messages });
const message = await lastValueFrom(events$.pipe(toMessage()));

console.log(message.text, message.finishReason);
console.log('next turn:', assistantTurn(message));
await provider.stop();

/* Prints:
Paris is the capital of France. stop
next turn: {
  role: 'assistant',
  content: [ { type: 'text', text: 'Paris is the capital of France.' } ]
}
*/
