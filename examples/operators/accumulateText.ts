/** The text so far, at every delta: what a view binds to. */
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
