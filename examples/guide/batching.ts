/** Deltas in batches, for a sink that is slow to call: strings with RxJS's own operators, events with `batchFrames` or `smooth`. */
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
await stop();

/* Prints:
"Paris is the capital"
" of France."
*/
