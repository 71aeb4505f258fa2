/** A store with bounds: an answer that is too long ends with an error, and the others are kept for an hour. */
import { lastValueFrom } from 'rxjs';
import { bufferToText, isStreamError } from 'rxllm';
import { durable, memoryStore } from 'rxllm/durable';
import { streamOf } from 'rxllm/testing';

const store = memoryStore({ maxStreams: 1_000, maxStreamChars: 2_000 });
const options = { retentionMs: 60 * 60 * 1_000 };

console.log(await lastValueFrom(durable(store, 'short', streamOf('Paris'), options).pipe(bufferToText())));
try {
  await lastValueFrom(durable(store, 'long', streamOf('and '.repeat(1_000)), options).pipe(bufferToText()));
} catch (error) {
  console.log(isStreamError(error, 'limit') && error.message);
}

/* Prints:
Paris
The stream passed maxStreamChars (2000)
*/
