/** One request for two readers: the one who comes late gets the stream so far as few events. */
import { lastValueFrom, map, toArray } from 'rxjs';
import { accumulateText, shareStream } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');
const shared$ = events$.pipe(shareStream());

const texts = await lastValueFrom(shared$.pipe(accumulateText(), toArray()));
console.log(`The first reader saw the text grow ${texts.length} times.`);

const late = await lastValueFrom(
  shared$.pipe(
    map((event) => ('text' in event ? event.text : event.type)),
    toArray(),
  ),
);
console.log(late);
await stop();

/* Prints:
The first reader saw the text grow 7 times.
[
  'start',
  'Paris is the capital of France.',
  'block-end',
  'usage',
  'finish'
]
*/
