/** The loop of an SDK, and what takes its place: the same text, and an abort, errors and usage besides. */
import OpenAI from 'openai';
import { textDeltas } from 'rxllm';
import { fromChatCompletions } from 'rxllm/openai';
import { localProvider } from '../localProvider.js';

const { openai: baseURL, stop } = await localProvider();
const openai = new OpenAI({ baseURL, apiKey: 'local' });
const model = 'gpt-4o-mini';
const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];

// Before: the request is sent here, and a cut answer ends the loop as a whole one does.
const stream = await openai.chat.completions.create({ model, messages, stream: true });
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
console.log();

// After: the request is sent on subscribe, and a cut answer is an error.
const events$ = fromChatCompletions(openai, { model, messages });
await events$.pipe(textDeltas()).forEach((text) => process.stdout.write(text));
console.log();
await stop();

/* Prints:
Paris is the capital of France.
Paris is the capital of France.
*/
