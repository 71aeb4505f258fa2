/** A breaker shared by the streams to one provider. It closes again after two successful trials. */
import { catchError, EMPTY, filter, firstValueFrom, lastValueFrom } from 'rxjs';
import { bufferToText, circuitBreaker, createBreaker, isStreamError } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?', { failures: [503, 503] });

const breaker = createBreaker({ failures: 2, successes: 2, openMs: 300, halfOpen: 3 });
const states = breaker.state$.subscribe({ next: (state) => console.log(`the circuit is ${state}`), error: console.error });

const text$ = events$.pipe(
  circuitBreaker(breaker),
  bufferToText(),
  catchError((error: unknown) => {
    if (isStreamError(error)) console.log(`failed: ${error.kind}`);
    return EMPTY;
  }),
);
const ask = (): Promise<string> => lastValueFrom(text$, { defaultValue: 'no answer' });
for (let question = 1; question <= 3; question++) await ask();

await firstValueFrom(breaker.state$.pipe(filter((state) => state === 'half-open')));
for (let question = 1; question <= 2; question++) console.log(await ask());

states.unsubscribe();
await stop();

/* Prints:
the circuit is closed
failed: server
the circuit is open
failed: server
failed: circuit-open
the circuit is half-open
Paris is the capital of France.
the circuit is closed
Paris is the capital of France.
*/
