/** Five questions with at most two requests at once: each of the others is sent when a slot becomes free. */
import { defer, finalize, lastValueFrom, merge, toArray } from 'rxjs';
import { bufferToText, createConcurrencyLimiter, limitConcurrency } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('How much is two and two?');
const limiter = createConcurrencyLimiter({ maxConcurrent: 2 });
let open = 0;
let most = 0;

const request$ = defer(() => {
  most = Math.max(most, ++open);
  return events$.pipe(finalize(() => open--));
});
const answer$ = request$.pipe(limitConcurrency(limiter), bufferToText());
const answers = lastValueFrom(merge(answer$, answer$, answer$, answer$, answer$).pipe(toArray()));
console.log({ active: limiter.active, waiting: limiter.waiting });
console.log(await answers);
console.log('most at once:', most);
await stop();

/* Prints:
{ active: 2, waiting: 3 }
[ 'Four.', 'Four.', 'Four.', 'Four.', 'Four.' ]
most at once: 2
*/
