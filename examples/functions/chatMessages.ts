/** A conversation that began on Anthropic's API goes on with a chat completion. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { lastValueFrom } from 'rxjs';
import { bufferToText, messageTurns, type Turn, toMessage } from 'rxllm';
import { fromMessages, messagesParams } from 'rxllm/anthropic';
import { chatMessages, fromChatCompletions } from 'rxllm/openai';
import { localProvider } from '../localProvider.js';

const provider = await localProvider();
const anthropic = new Anthropic({ baseURL: provider.anthropic, apiKey: 'local' });
const openai = new OpenAI({ baseURL: provider.openai, apiKey: 'local' });
const user = (text: string): Turn => ({ role: 'user', parts: [{ type: 'text', text }] });

const first = [user('How much is two and two?')];
const answer$ = fromMessages(anthropic, { model: 'claude-haiku-4-5', max_tokens: 100, ...messagesParams(first) });
const message = await lastValueFrom(answer$.pipe(toMessage()));

const messages = chatMessages([...first, ...messageTurns(message), user('What is the capital of France?')]);
console.log(messages);
console.log(await lastValueFrom(fromChatCompletions(openai, { model: 'gpt-4o-mini', messages }).pipe(bufferToText())));
await provider.stop();

/* Prints:
[
  { role: 'user', content: 'How much is two and two?' },
  { role: 'assistant', content: 'Four.' },
  { role: 'user', content: 'What is the capital of France?' }
]
Paris is the capital of France.
*/
