/** Emits only events of some types, and narrows their type. */
import { lastValueFrom, map, toArray } from 'rxjs';
import { ofEvent } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');

const kinds$ = events$.pipe(
  ofEvent('start', 'finish'),
  map((event) => (event.type === 'start' ? event.model : event.reason)),
  toArray(),
);
console.log(await lastValueFrom(kinds$));
await stop();

/* Prints:
[ 'local', 'stop' ]
*/
