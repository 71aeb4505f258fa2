/** Any OpenAI-compatible server (xAI, Groq, DeepSeek, Ollama, vLLM …) needs only the SDK's `baseURL`. */
import OpenAI from 'openai';
import { lastValueFrom } from 'rxjs';
import { toMessage } from 'rxllm';
import { fromChatCompletions } from 'rxllm/openai';
import { localProvider } from '../localProvider.js';

const { openai: baseURL, stop } = await localProvider();
const client = new OpenAI({ baseURL, apiKey: 'the key of that server' });

const question = { role: 'user' as const, content: 'What is the capital of France?' };
const message$ = fromChatCompletions(client, { model: 'grok-4', messages: [question] }).pipe(toMessage());
const { text, model, finishReason } = await lastValueFrom(message$);
console.log({ text, model, finishReason });
await stop();

/* Prints:
{
  text: 'Paris is the capital of France.',
  model: 'grok-4',
  finishReason: 'stop'
}
*/
