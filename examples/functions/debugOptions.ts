/** Each event of a stream to a logger of your own, in the place of the console. */
import { lastValueFrom } from 'rxjs';
import { applyOptions, bufferToText, debugOptions } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('How much is two and two?');

const steps: string[] = [];
const logger = { debug: (step: string): void => void steps.push(step) };

const text$ = events$.pipe(applyOptions({ ...debugOptions(logger), retryStream: true }), bufferToText());
console.log(await lastValueFrom(text$));
console.log(steps.join(', '));
await stop();

/* Prints:
Four.
start, text-delta, block-end, usage, complete
*/
