/** Emits the text so far on every delta, for a view to bind to. */
import { takeLast } from 'rxjs';
import { accumulateText } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');

await events$.pipe(accumulateText(), takeLast(3)).forEach((text) => console.log(text));
await stop();

/* Prints:
Paris is the capital of F
Paris is the capital of France
Paris is the capital of France.
*/
