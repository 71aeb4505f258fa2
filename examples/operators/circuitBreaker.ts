/** After two failures no request is sent to the failing provider, and the other one answers at once. */
import { lastValueFrom } from 'rxjs';
import { bufferToText, circuitBreaker, createBreaker, fallbackTo, tapStream } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const failing = await localAnswer('What is the capital of France?', { failures: [503, 503, 503] });
const healthy = await localAnswer('What is the capital of France?');

const breaker = createBreaker({ failures: 2, openMs: 10_000 });
const text$ = failing.events$.pipe(
  circuitBreaker(breaker),
  fallbackTo(healthy.events$),
  tapStream({ reset: ({ error }) => console.log(error.message) }),
  bufferToText(),
);
for (let question = 1; question <= 3; question++) console.log(await lastValueFrom(text$));
await failing.stop();
await healthy.stop();

/* Prints:
The local provider fails on purpose
Paris is the capital of France.
The local provider fails on purpose
Paris is the capital of France.
The circuit is open
Paris is the capital of France.
*/
