/** Emits the whole text once, when the stream completes. */
import { lastValueFrom } from 'rxjs';
import { bufferToText } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');

console.log(await lastValueFrom(events$.pipe(bufferToText({ maxChars: 10_000 }))));
await stop();

/* Prints:
Paris is the capital of France.
*/
