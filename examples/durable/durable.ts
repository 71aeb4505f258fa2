/** Two tabs of one user ask for the same answer: the provider is asked once, and closing the first tab stops nothing. */
import { lastValueFrom, take, tap } from 'rxjs';
import { bufferToText } from 'rxllm';
import { durable, memoryStore } from 'rxllm/durable';
import { streamOf } from 'rxllm/testing';

const store = memoryStore();
const provider$ = streamOf('Paris is the capital.', { everyMs: 5 }).pipe(
  tap({ subscribe: () => console.log('asked'), finalize: () => console.log('provider done') }),
);
const answer$ = durable(store, 'user-7:run-1', provider$);

await lastValueFrom(
  answer$.pipe(
    take(2),
    tap(({ type }) => console.log('first tab', type)),
  ),
);
console.log('first tab closed');
console.log('second tab', await lastValueFrom(answer$.pipe(bufferToText())));

/* Prints:
asked
first tab start
first tab text-delta
first tab closed
provider done
second tab Paris is the capital.
*/
