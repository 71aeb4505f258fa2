/** Emits the text of each delta. */
import { textDeltas } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');

await events$.pipe(textDeltas()).forEach((text) => console.log(JSON.stringify(text)));
await stop();

/* Prints:
"Paris"
" is t"
"he ca"
"pital"
" of F"
"rance"
"."
*/
