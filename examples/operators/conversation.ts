/** Every event of an answer but its pings. */
import { lastValueFrom, map, toArray } from 'rxjs';
import { conversation } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('How much is two and two?');

const types$ = events$.pipe(
  conversation({ pings: false }),
  map(({ type }) => type),
  toArray(),
);
console.log(await lastValueFrom(types$));
await stop();

/* Prints:
[ 'start', 'text-delta', 'block-end', 'usage', 'finish' ]
*/
