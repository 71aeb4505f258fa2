/** Applies operators by name, in the right order: here a preset with changes. */
import { lastValueFrom } from 'rxjs';
import { applyOptions, highReliabilityOptions, toMessage } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?', { failures: [503] });

const message$ = events$.pipe(
  applyOptions({
    ...highReliabilityOptions,
    tapStream: { reset: ({ attempt, error }) => console.log(`attempt ${attempt} after: ${error.kind}`) },
    retryStream: { maxRetries: 5, initialDelayMs: 10 },
  }),
  toMessage(),
);
const { text, usage, timing } = await lastValueFrom(message$);
console.log({ text, outputTokens: usage?.outputTokens, deltas: timing?.deltas });
await stop();

/* Prints:
attempt 2 after: server
{ text: 'Paris is the capital of France.', outputTokens: 8, deltas: 7 }
*/
