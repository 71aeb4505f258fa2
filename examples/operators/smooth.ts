/** Text at an even pace, a word at a time, however the provider cuts it. */
import { smooth, textDeltas } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');

await events$.pipe(smooth({ by: 'word', delayMs: 30 }), textDeltas()).forEach((text) => console.log(JSON.stringify(text)));
await stop();

/* Prints:
 */
