/** The Stop button of another tab: closing the page is not a stop, this request is. */
import { lastValueFrom, tap } from 'rxjs';
import { toMessage } from 'rxllm';
import { durable, memoryStore } from 'rxllm/durable';
import { cancelResponse } from 'rxllm/http';
import { streamOf } from 'rxllm/testing';

const store = memoryStore();
const provider$ = streamOf('A very long story', { everyMs: 50 }).pipe(tap({ unsubscribe: () => console.log('request aborted') }));
const message = lastValueFrom(durable(store, 'run-1', provider$).pipe(toMessage()));
await new Promise((resolve) => setTimeout(resolve, 75));
const { status } = await cancelResponse(store, 'run-1', 'user');
console.log(status);
console.log((await message).finishReason);

/* Prints:
request aborted
204
aborted
*/
