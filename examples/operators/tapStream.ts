/** Calls observers of a stream, for every outcome, without changing it. */
import { lastValueFrom } from 'rxjs';
import { bufferToText, type TapStreamOptions, tapStream } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?', { failures: [503] });

let deltas = 0;
const callbacks: TapStreamOptions = {
  start: ({ model }) => console.log('start', model),
  delta: () => void deltas++,
  usage: ({ usage }) => console.log('usage', usage.totalTokens),
  complete: ({ text }) => console.log('complete', deltas, 'deltas', text.length, 'characters'),
  error: (error) => console.log('error', String(error)),
};
const watched$ = events$.pipe(tapStream(callbacks), bufferToText());
await lastValueFrom(watched$, { defaultValue: '' }).catch(() => console.log('second subscription'));
await lastValueFrom(watched$);
await stop();

/* Prints:
error HttpError: The local provider fails on purpose
second subscription
start local
usage 16
complete 8 deltas 31 characters
*/
