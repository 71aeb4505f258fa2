import { lastValueFrom } from 'rxjs';
import { aggregateUsage, retryStream, timeoutBetweenChunks, toMessage } from 'rxllm';
import { fromChatCompletions } from 'rxllm/openai';
import { localModel } from './localModel.js';

const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];

const message$ = fromChatCompletions(localModel, { model: 'gpt-4o-mini', messages }).pipe(
  timeoutBetweenChunks({ firstMs: 60_000, betweenMs: 30_000 }),
  retryStream({ maxRetries: 3 }),
  aggregateUsage(),
  toMessage(),
);

const { text, finishReason, usage } = await lastValueFrom(message$);
console.log(text);
console.log(finishReason, usage?.inputTokens, usage?.outputTokens);

/* Prints:
Paris is the capital of France.
stop 8 6
*/
