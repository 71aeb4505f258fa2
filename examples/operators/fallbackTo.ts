/** Continues with the next provider when one fails: here after its retries, with another wire. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { lastValueFrom } from 'rxjs';
import { bufferToText, fallbackTo, retryStream, tapStream } from 'rxllm';
import { fromMessages } from 'rxllm/anthropic';
import { fromChatCompletions } from 'rxllm/openai';
import { localProvider } from '../localProvider.js';

const failing = await localProvider({ failures: [503, 503] });
const healthy = await localProvider();
const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];

const chat = new OpenAI({ baseURL: failing.openai, apiKey: 'local' });
const claude = new Anthropic({ baseURL: healthy.anthropic, apiKey: 'local' });
const repeated = retryStream({ maxRetries: 1, initialDelayMs: 10 });

const text$ = fromChatCompletions(chat, { model: 'local', messages }).pipe(
  repeated,
  fallbackTo(fromMessages(claude, { model: 'local', max_tokens: 100, messages }).pipe(repeated)),
  tapStream({
    reset: ({ cause, error }) => console.log(`${cause} after: ${error.kind}`),
    start: ({ provider }) => console.log(`answer from ${provider}`),
  }),
  bufferToText(),
);
console.log(await lastValueFrom(text$));
await failing.stop();
await healthy.stop();

/* Prints:
retry after: server
fallback after: retry-exhausted
answer from anthropic
Paris is the capital of France.
*/
