/** The last parser of `parseOnComplete`, which takes any text: without it, prose would be an error. */
import { lastValueFrom } from 'rxjs';
import { isStreamError, json, parseOnComplete, text } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');

const { format, value } = await lastValueFrom(events$.pipe(parseOnComplete(json(), text())));
console.log(format, value);

await lastValueFrom(events$.pipe(parseOnComplete(json()))).catch((error: unknown) => {
  if (isStreamError(error, 'parse')) console.log(error.message);
});
await stop();

/* Prints:
text Paris is the capital of France.
The answer is none of: json
*/
