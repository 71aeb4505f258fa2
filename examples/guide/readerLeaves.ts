/** An answer that goes on when its reader has gone: the next reader gets all of it, and no second request is sent. */
import { lastValueFrom, take } from 'rxjs';
import { bufferToText, textDeltas } from 'rxllm';
import { durable, memoryStore } from 'rxllm/durable';
import { fakeProvider, streamOf } from 'rxllm/testing';

const store = memoryStore();
const provider = fakeProvider([streamOf('Paris is the capital of France.', { everyMs: 10 })]);
const answer$ = durable(store, 'user-1:chat-7', provider);

const first = await lastValueFrom(answer$.pipe(textDeltas(), take(1)));
console.log('the first reader has', JSON.stringify(first), 'and is gone');

console.log('the second has', JSON.stringify(await lastValueFrom(answer$.pipe(bufferToText()))));
console.log(provider.requests.length, 'request,', provider.requests[0]?.end);

/* Prints:
the first reader has "Paris " and is gone
the second has "Paris is the capital of France."
1 request, complete
*/
