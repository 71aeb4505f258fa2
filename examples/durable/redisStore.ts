/** One server produces, another one reads: over Redis where REDIS_URL names one, else in the memory of this process. */
import { createClient } from 'redis';
import { ignoreElements, lastValueFrom, map } from 'rxjs';
import { bufferToText } from 'rxllm';
import { memoryStore, persistTo, resumeFrom } from 'rxllm/durable';
import { redisStore } from 'rxllm/redis';
import { streamOf } from 'rxllm/testing';

const url = process.env['REDIS_URL'];
const client = url === undefined ? undefined : createClient({ url });
client?.on('error', (error) => console.error(error));
const store = client ? redisStore(await client.connect()) : memoryStore();
const id = `run-${process.pid}`;

const stored$ = streamOf('Paris is the capital.', { everyMs: 5 }).pipe(persistTo(store, id), ignoreElements());
await lastValueFrom(stored$, { defaultValue: undefined });

const answer$ = resumeFrom(store, id).pipe(
  map(({ event }) => event),
  bufferToText(),
);
console.log(await lastValueFrom(answer$));
await client?.close();

/* Prints:
Paris is the capital.
*/
