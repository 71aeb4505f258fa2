/** Batches of deltas for a slow consumer: strings with RxJS's own operators, events with `batchFrames` or `smooth`. */
import { bufferTime, filter, map } from 'rxjs';
import { textDeltas } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');

await events$
  .pipe(
    textDeltas(),
    bufferTime(1_000, null, 4),
    filter((texts) => texts.length > 0),
    map((texts) => texts.join('')),
  )
  .forEach((batch) => console.log(JSON.stringify(batch)));

// At most this many emissions per second, without loss: deltas that arrive faster share one.
const maxEventsPerSecond = 1;
await events$
  .pipe(
    textDeltas(),
    bufferTime(1_000 / maxEventsPerSecond),
    filter((texts) => texts.length > 0),
  )
  .forEach((texts) => console.log('one batch of', texts.length, 'deltas'));
await stop();

/* Prints:
"Paris is the capital"
" of France."
one batch of 7 deltas
*/
