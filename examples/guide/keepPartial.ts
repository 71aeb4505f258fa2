/** The text of an interrupted answer is not lost: every error carries it, and a retry may continue it or start again. */
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

await show('starts again', { onPartial: 'reset' });
await show('fails after content', { onPartial: 'fail' });
await show('continues', {
  onPartial: { continueWith: (partial) => of<DeltaEvent[]>(start(), text(`the capital, after "${partial.text}".`), finish()) },
});

/* Prints:
starts again: Paris is the capital of France.
fails after content: an error, with "Paris is "
continues: Paris is the capital, after "Paris is ".
*/
