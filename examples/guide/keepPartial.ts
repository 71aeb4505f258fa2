/** What an interrupted answer had said is not lost: every error carries it, and a repeat may go on from there or begin anew. */
import { concat, defer, lastValueFrom, NEVER, of } from 'rxjs';
import { bufferToText, type DeltaEvent, isStreamError, type RetryStreamOptions, retryStream, timeoutBetweenChunks } from 'rxllm';
import { finish, start, text } from 'rxllm/testing';

const stalled$ = concat(of<DeltaEvent[]>(start(), text('Paris is ')), NEVER);
const whole$ = of<DeltaEvent[]>(start(), text('Paris is the capital of France.'), finish());

async function show(name: string, options: RetryStreamOptions): Promise<void> {
  const answers = [stalled$, whole$];
  const text$ = defer(() => answers.shift() ?? whole$).pipe(
    timeoutBetweenChunks({ betweenMs: 50 }),
    retryStream({ maxRetries: 3, initialDelayMs: 10, ...options }),
    bufferToText(),
  );
  await lastValueFrom(text$).then(
    (whole) => console.log(`${name}: ${whole}`),
    (error: unknown) => console.log(`${name}: ${isStreamError(error) ? `an error, with "${error.partial?.text}"` : error}`),
  );
}

await show('from the start, no text twice', { onPartial: 'reset' });
await show('not again once something was shown', { onPartial: 'fail' });
await show('on from there', {
  onPartial: { continueWith: ({ text: said }) => of<DeltaEvent[]>(start(), text(`the capital, after "${said}".`), finish()) },
});

/* Prints:
from the start, no text twice: Paris is the capital of France.
not again once something was shown: an error, with "Paris is "
on from there: Paris is the capital, after "Paris is ".
*/
