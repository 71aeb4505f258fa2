/** Errors when the stream is silent for longer than allowed. */
import { lastValueFrom } from 'rxjs';
import { bufferToText, isStreamError, timeoutBetweenChunks } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?', { latencyMs: 500 });

const limited$ = events$.pipe(timeoutBetweenChunks({ firstMs: 5_000, betweenMs: 100, totalMs: 300_000 }), bufferToText());
await lastValueFrom(limited$).catch((error: unknown) => {
  if (isStreamError(error, 'timeout')) console.log(error.message);
});
await stop();

/* Prints:
The stream was silent for 100 ms
*/
