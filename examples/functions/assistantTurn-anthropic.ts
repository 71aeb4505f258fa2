/** A conversation of two turns: the answer goes back as Anthropic's own content blocks, with their signatures. */
import Anthropic from '@anthropic-ai/sdk';
import { lastValueFrom } from 'rxjs';
import { toMessage } from 'rxllm';
import { assistantTurn, fromMessages } from 'rxllm/anthropic';
import { localProvider } from '../localProvider.js';

const provider = await localProvider();
const client = new Anthropic({ baseURL: provider.anthropic, apiKey: 'local' });
const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'How much is two and two?' }];

for (const question of ['What is the capital of France?', undefined]) {
  const events$ = fromMessages(client, { model: 'claude-haiku-4-5', max_tokens: 100, messages });
  messages.push(assistantTurn(await lastValueFrom(events$.pipe(toMessage()))));
  if (question) messages.push({ role: 'user', content: question });
}
console.dir(messages, { depth: null });
await provider.stop();

/* Prints:
[
  { role: 'user', content: 'How much is two and two?' },
  { role: 'assistant', content: [ { type: 'text', text: 'Four.' } ] },
  { role: 'user', content: 'What is the capital of France?' },
  {
    role: 'assistant',
    content: [ { type: 'text', text: 'Paris is the capital of France.' } ]
  }
]
*/
