import { textDeltas } from 'rxllm';
import { streamOf } from 'rxllm/testing';

const events$ = streamOf('Paris is the capital of France.', { everyMs: 50 });

await events$.pipe(textDeltas()).forEach((text) => process.stdout.write(text));
console.log();

/* Prints:
Paris is the capital of France.
*/
