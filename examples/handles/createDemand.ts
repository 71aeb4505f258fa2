/** Backpressure: while a slow consumer pauses the demand, the source stops reading and the provider waits. Nothing is buffered. */
import { once } from 'node:events';
import { Writable } from 'node:stream';
import OpenAI from 'openai';
import { filter, firstValueFrom, lastValueFrom, tap } from 'rxjs';
import { createDemand, textDeltas, timeoutBetweenChunks } from 'rxllm';
import { fromChatCompletions } from 'rxllm/openai';
import { localProvider } from '../localProvider.js';

const provider = await localProvider({ latencyMs: 5 });
const client = new OpenAI({ baseURL: provider.openai, apiKey: 'local' });
const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];

const written: string[] = [];
const slowDisk = new Writable({
  highWaterMark: 10,
  decodeStrings: false,
  write(text: string, _encoding, done) {
    written.push(text);
    setTimeout(done, 50);
  },
});

const demand = createDemand();
slowDisk.on('drain', demand.resume);

const text$ = fromChatCompletions(client, { model: 'local', messages }, { demand }).pipe(
  // A paused demand stops the clock: the silence is not the provider's.
  timeoutBetweenChunks({ firstMs: 10_000, betweenMs: 10_000, demand }),
  textDeltas(),
  tap((text) => slowDisk.write(text) || demand.pause()),
);

const waited = firstValueFrom(demand.paused$.pipe(filter((paused) => paused)));
await lastValueFrom(text$);
slowDisk.end();
await once(slowDisk, 'finish');
console.log(written.join(''));
console.log('the provider had to wait:', await waited);
await provider.stop();

/* Prints:
Paris is the capital of France.
the provider had to wait: true
*/
