/** Which error it is, and what the stream had emitted before: also when another copy of the package created the error. */
import { catchError, lastValueFrom, of } from 'rxjs';
import { bufferToText, isStreamError } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?', { failures: [429] });

const text$ = events$.pipe(
  bufferToText(),
  catchError((error: unknown) => {
    if (!isStreamError(error, 'rate-limit')) throw error;
    return of(`Too many requests (${error.status}), retryable: ${error.retryable}`);
  }),
);
console.log(await lastValueFrom(text$));
console.log(await lastValueFrom(text$));

console.log(isStreamError(new Error('not ours')));
await stop();

/* Prints:
Too many requests (429), retryable: true
Paris is the capital of France.
false
*/
