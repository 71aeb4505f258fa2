/** Encodes a table once for several questions, and reports the saving against compact JSON. */
import OpenAI from 'openai';
import { concatMap, from } from 'rxjs';
import { bufferToText } from 'rxllm';
import { fromChatCompletions } from 'rxllm/openai';
import { tiktokenCounter } from 'rxllm/tiktoken';
import { toonPrompt } from 'rxllm/toon';
import { localProvider } from '../localProvider.js';

const countTokens = tiktokenCounter('gpt-4o');
await countTokens.load();
const products = Array.from({ length: 20 }, (_, id) => ({ id, name: `Product ${id}`, price: id * 9.5 }));
const { text: table, tokens, saving } = toonPrompt(products, { countTokens });
console.log(`${tokens?.toon} tokens instead of ${tokens?.json}: ${Math.round((saving ?? 0) * 100)} % saved`);

const { openai: baseURL, stop } = await localProvider();
const client = new OpenAI({ baseURL, apiKey: 'local' });
const ask = (question: string) =>
  fromChatCompletions(client, { model: 'local', messages: [{ role: 'user', content: `${table}\n\n${question}` }] });

await from(['What is the capital of France?', 'What is the capital of France, again?'])
  .pipe(concatMap((question) => ask(question).pipe(bufferToText())))
  .forEach((answer) => console.log(answer));
await stop();

/* Prints:
228 tokens instead of 302: 25 % saved
Paris is the capital of France.
Paris is the capital of France.
*/
