/** A reader that was cut goes on after the last entry that it saw. */
import { lastValueFrom, map, take, toArray } from 'rxjs';
import { memoryStore, persistTo, resumeFrom } from 'rxllm/durable';
import { streamOf } from 'rxllm/testing';

const store = memoryStore();
await lastValueFrom(streamOf('Paris now').pipe(persistTo(store, 'run-1')));

const seen = await lastValueFrom(resumeFrom(store, 'run-1').pipe(take(2)));
const rest$ = resumeFrom(store, 'run-1', { after: seen.id });
console.log(
  seen.event.type,
  await lastValueFrom(
    rest$.pipe(
      map(({ event }) => event.type),
      toArray(),
    ),
  ),
);

/* Prints:
text-delta [ 'text-delta', 'finish' ]
*/
