/** Requests a second provider if the first is slow: the first to emit content is the answer, and the other request is aborted. */
import { finalize, lastValueFrom } from 'rxjs';
import { bufferToText, hedge } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const slow = await localAnswer('What is the capital of France?', { latencyMs: 200 });
const quick = await localAnswer('What is the capital of France?');

const text$ = slow.events$.pipe(
  finalize(() => console.log('the slow request is aborted')),
  hedge(quick.events$, { afterMs: 20 }),
  bufferToText(),
);
console.log(await lastValueFrom(text$));
await slow.stop();
await quick.stop();

/* Prints:
the slow request is aborted
Paris is the capital of France.
*/
