/** Sends the request again after a transient error. A `reset` voids the earlier events, so no text is repeated. */
import { lastValueFrom } from 'rxjs';
import { bufferToText, retryStream, tapStream } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?', { failures: [503, 529] });

const text$ = events$.pipe(
  retryStream({ maxRetries: 3, initialDelayMs: 10 }),
  tapStream({ reset: ({ attempt, error }) => console.log(`attempt ${attempt} after: ${error.kind}`) }),
  bufferToText(),
);
console.log(await lastValueFrom(text$));
await stop();

/* Prints:
attempt 2 after: server
attempt 3 after: overloaded
Paris is the capital of France.
*/
