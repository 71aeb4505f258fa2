/** A budget of tokens, money or characters: once it is spent, the request is aborted and the stream completes. */
import { lastValueFrom } from 'rxjs';
import { takeWithinBudget, toMessage } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');

for (const budget of [{ maxChars: 8 }, { maxOutputTokens: 5 }, { maxOutputTokens: 500 }]) {
  const { text, finishReason, usage } = await lastValueFrom(events$.pipe(takeWithinBudget(budget), toMessage()));
  console.log(`${finishReason}, ${usage?.outputTokens} tokens: ${text}`);
}
await stop();

/* Prints:
budget, 3 tokens: Paris is
budget, 5 tokens: Paris is the capital
stop, 8 tokens: Paris is the capital of France.
*/
