/** OpenAI responses: reasoning, text and the provider's tools in one stream. */
import OpenAI from 'openai';
import { lastValueFrom } from 'rxjs';
import { toMessage } from 'rxllm';
import { fromResponses } from 'rxllm/openai';
import { localProvider } from '../localProvider.js';

const provider = await localProvider();
const client = new OpenAI({ baseURL: provider.openai, apiKey: 'local' });

const events$ = fromResponses(client, { model: 'gpt-4o-mini', input: 'Think: what are two and two?' });
const message = await lastValueFrom(events$.pipe(toMessage()));

console.log('reasoning:', message.reasoning);
console.log('text:', message.text);
await provider.stop();

/* Prints:
reasoning: Two and two are four.
text: Four.
*/
