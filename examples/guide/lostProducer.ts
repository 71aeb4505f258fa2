/** A process dies while it produces: its readers get an error within a second after its lease, or the request is sent again, as you decide. */
import { lastValueFrom, map, timer } from 'rxjs';
import { bufferToText, isStreamError, tapStream } from 'rxllm';
import { durable, memoryStore, resumeFrom } from 'rxllm/durable';
import { start, streamOf, text } from 'rxllm/testing';

const store = memoryStore();

/** What a process has written that died in the middle: its lease of 50 ms runs out. */
async function loseProducer(id: string): Promise<void> {
  const claim = await store.claim(id, { owner: 'process-1', leaseMs: 50, retentionMs: 60_000 });
  if (claim.role === 'produce') await store.append(id, claim.epoch, 1, [start(), text('Paris is ')]);
}

await loseProducer('chat-7');
const text$ = resumeFrom(store, 'chat-7').pipe(
  map(({ event }) => event),
  bufferToText(),
);
await lastValueFrom(text$).catch((error: unknown) => {
  if (isStreamError(error)) console.log(error.name, error.code, error.retryable);
});

await loseProducer('chat-8');
await lastValueFrom(timer(100)); // its lease has run out
const again$ = durable(store, 'chat-8', streamOf('Paris is the capital.'), { onLost: 'reset', leaseMs: 50 }).pipe(
  tapStream({ reset: ({ attempt, error }) => console.log(`attempt ${attempt}, after ${error.code}`) }),
  bufferToText(),
);
console.log(await lastValueFrom(again$));

/* Prints:
TruncatedError producer_lost true
attempt 2, after producer_lost
Paris is the capital.
*/
