/** Watches a stream without changing it. */
import { lastValueFrom } from 'rxjs';
import { bufferToText, tapStream } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');

const watched$ = events$.pipe(
  tapStream({
    start: ({ model }) => console.log('start', model),
    usage: ({ usage }) => console.log('usage', usage.totalTokens),
    complete: ({ text }) => console.log('complete', text.length),
  }),
);
await lastValueFrom(watched$.pipe(bufferToText()));
await stop();

/* Prints:
start local
usage 16
complete 31
*/
