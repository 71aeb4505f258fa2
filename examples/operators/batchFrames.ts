/** Emits one delta per frame, so that a view renders once per frame. Without a screen, as here, a frame is 16 ms. */
import { from } from 'rxjs';
import { batchFrames, type DeltaEvent } from 'rxllm';

const delta = (text: string): DeltaEvent => ({ type: 'text-delta', text, block: 0, choice: 0, phase: 'answer' });
const burst$ = from(['The ', 'model ', 'is ', 'faster ', 'than ', 'the ', 'screen.'].map(delta));

await burst$.pipe(batchFrames()).forEach((event) => console.log(event));

/* Prints:
{
  type: 'text-delta',
  text: 'The model is faster than the screen.',
  block: 0,
  choice: 0,
  phase: 'answer'
}
*/
