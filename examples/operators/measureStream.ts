/** Measures the timing of a stream: on `finish`, and in `onSettled` for every outcome. */
import { lastValueFrom, take } from 'rxjs';
import { measureStream, ofEvent } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?', { latencyMs: 5 });

const { timing } = await lastValueFrom(events$.pipe(measureStream(), ofEvent('finish')));
if (timing === undefined) throw new Error('measureStream sets the timing');
const { firstDeltaMs = 0, totalMs, deltas, charactersPerSecond = 0, medianDeltaMs = 0, maxDeltaMs = 0 } = timing;
console.log('deltas:', deltas);
console.log('first delta before the end:', firstDeltaMs < totalMs);
console.log('characters per second agree:', Math.abs((charactersPerSecond * totalMs) / 1_000 - 31) < 2);
console.log('the longest gap is not below the median:', maxDeltaMs >= medianDeltaMs);

const cut$ = events$.pipe(
  measureStream({ onSettled: ({ outcome, timing }) => console.log(`${outcome}:`, timing.deltas, 'deltas') }),
  ofEvent('text-delta'),
  take(2),
);
await lastValueFrom(cut$);
await stop();

/* Prints:
deltas: 7
first delta before the end: true
characters per second agree: true
the longest gap is not below the median: true
unsubscribe: 2 deltas
*/
