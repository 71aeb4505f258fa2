/** One limiter for all streams of a key: two run at once, one waits, and one more is refused before its request is sent. */
import { lastValueFrom, merge, toArray } from 'rxjs';
import { bufferToText, createConcurrencyLimiter, isStreamError, limitConcurrency } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('How much is two and two?');

const limiter = createConcurrencyLimiter({ maxConcurrent: 2, maxQueue: 1 });
const answer$ = events$.pipe(limitConcurrency(limiter), bufferToText());

const answers = lastValueFrom(merge(answer$, answer$, answer$).pipe(toArray()));
console.log({ active: limiter.active, waiting: limiter.waiting });

await lastValueFrom(answer$).catch((error: unknown) => {
  if (isStreamError(error, 'limit')) console.log(error.message, { retryable: error.retryable });
});
console.log(await answers);
await stop();

/* Prints:
{ active: 2, waiting: 1 }
The stream passed maxQueue (1) { retryable: true }
[ 'Four.', 'Four.', 'Four.' ]
*/
