/** A stop button: aborts the request, and the stream completes with the text so far. */
import { lastValueFrom, Subject } from 'rxjs';
import { stopOn, tapStream, toMessage } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');
const button$ = new Subject<void>();

const message$ = events$.pipe(
  tapStream({ delta: (event) => event.type === 'text-delta' && event.text === 'he ca' && button$.next() }),
  stopOn(button$),
  toMessage(),
);
const { text, finishReason } = await lastValueFrom(message$);
console.log({ text, finishReason });
await stop();

/* Prints:
{ text: 'Paris is t', finishReason: 'aborted' }
*/
