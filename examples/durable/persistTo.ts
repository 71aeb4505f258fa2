/** A job writes its answer into a store, and nobody needs to watch. */
import { EMPTY, lastValueFrom } from 'rxjs';
import { bufferToText } from 'rxllm';
import { durable, memoryStore, persistTo } from 'rxllm/durable';
import { streamOf } from 'rxllm/testing';

const store = memoryStore();
const settled = new Promise<string>((resolve) => {
  const onSettled = ({ outcome }: { readonly outcome: string }): void => resolve(outcome);
  streamOf('Report: all is well.')
    .pipe(persistTo(store, 'job-1', { onSettled }))
    .subscribe()
    .unsubscribe();
});

console.log(await settled);
console.log(await lastValueFrom(durable(store, 'job-1', EMPTY).pipe(bufferToText())));

/* Prints:
complete
Report: all is well.
*/
