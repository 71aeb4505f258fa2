/** The answer as the next turn's input: one message of a chat completion, or the output items of a response. */
import OpenAI from 'openai';
import { lastValueFrom } from 'rxjs';
import { toMessage } from 'rxllm';
import { assistantTurn, fromChatCompletions, fromResponses } from 'rxllm/openai';
import { localProvider } from '../localProvider.js';

const provider = await localProvider();
const client = new OpenAI({ baseURL: provider.openai, apiKey: 'local' });
const question = { role: 'user' as const, content: 'How much is two and two?' };

const completion$ = fromChatCompletions(client, { model: 'gpt-4o-mini', messages: [question] });
const turn = assistantTurn(await lastValueFrom(completion$.pipe(toMessage())));
console.log(turn);

const response$ = fromResponses(client, { model: 'gpt-4o-mini', input: [question] });
const items = assistantTurn<OpenAI.Responses.ResponseInputItem[]>(await lastValueFrom(response$.pipe(toMessage())));
for (const item of items) console.log(item.type, 'content' in item ? item.content : undefined);
await provider.stop();

/* Prints:
{ role: 'assistant', content: 'Four.' }
message [ { type: 'output_text', text: 'Four.', annotations: [] } ]
*/
