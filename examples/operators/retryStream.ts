/** Repeats the request after a transient fault; `reset` says that what came before is void, so no text comes twice. */
import { lastValueFrom } from 'rxjs';
import { bufferToText, retryStream, tapStream } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?', { failures: [503, 529] });

const text$ = events$.pipe(
  retryStream({ maxRetries: 3, initialDelayMs: 10 }),
  tapStream({ reset: ({ attempt, error }) => console.log(`attempt ${attempt}, because of: ${error.kind}`) }),
  bufferToText(),
);
console.log(await lastValueFrom(text$));
await stop();

/* Prints:
attempt 2, because of: server
attempt 3, because of: overloaded
Paris is the capital of France.
*/
