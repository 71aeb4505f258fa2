/** Emits text at an even pace, one word every 20 ms, although the provider sent it in two bursts. */
import { concat, ignoreElements, of, timer } from 'rxjs';
import { type DeltaEvent, smooth, textDeltas } from 'rxllm';

const start: DeltaEvent = { type: 'start', id: 'msg_1', model: 'm-1', provider: 'anthropic' };
const delta = (text: string): DeltaEvent => ({ type: 'text-delta', text, block: 0, choice: 0, phase: 'answer' });
const silence$ = timer(300).pipe(ignoreElements());
const bursts$ = concat(of(start, delta('Even the fastest ')), silence$, of(delta('model may pause.')), silence$);

await bursts$.pipe(smooth({ by: 'word', delayMs: 20 }), textDeltas()).forEach((text) => console.log(JSON.stringify(text)));

/* Prints:
"Even "
"the "
"fastest "
"model "
"may "
"pause."
*/
