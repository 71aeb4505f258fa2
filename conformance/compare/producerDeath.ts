/**
 * Resumable streams over Redis: one process produces an answer, another reads it, and the producer is killed. Prints what becomes of the reader,
 * and of one that joins afterwards. It needs `redis-server`.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as after } from 'node:timers/promises';
import { createClient } from 'redis';
import { createResumableStreamContext } from 'resumable-stream';
import { concat, interval, lastValueFrom, map, of, tap } from 'rxjs';
import { durable, resumeFrom } from 'rxllm/durable';
import { redisStore } from 'rxllm/redis';
import { start, text } from 'rxllm/testing';
import { freePort } from './support/freePort.js';
import { printTable } from './support/outcome.js';

const deltaMs = 20;
const waitMs = 5_000;

interface Library {
  /** Produces an answer without an end. */
  produce(url: string): Promise<unknown>;
  /** Joins it, calls `onText` for each text, and resolves with how it ends. */
  join(url: string, onText: () => void): Promise<string>;
}

async function connect(url: string) {
  const client = createClient({ url });
  // Redis ends before they do.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function openStreams(url: string) {
  const [subscriber, publisher] = await Promise.all([connect(url), connect(url)]);
  // It looks every 0.5 s for a stream that has ended.
  return createResumableStreamContext({ waitUntil: null, subscriber, publisher, doneWatchdogIntervalMs: 500 });
}

const libraries: Readonly<Record<string, Library>> = {
  'resumable-stream': {
    async produce(url) {
      const pull = async (controller: ReadableStreamDefaultController<string>): Promise<void> => {
        await after(deltaMs);
        controller.enqueue('rivers ');
      };
      const streams = await openStreams(url);
      const stream = await streams.createNewResumableStream('answer', () => new ReadableStream<string>({ pull }));
      void stream?.pipeTo(new WritableStream());
    },
    async join(url, onText) {
      const stream = (await (await openStreams(url)).resumeExistingStream('answer')) as unknown as ReadableStream<string>;
      await stream.pipeTo(new WritableStream({ write: onText }));
      return 'completes';
    },
  },
  'rxllm: redisStore(), leaseMs 2,000': {
    async produce(url) {
      const events$ = concat(of(start()), interval(deltaMs).pipe(map(() => text('rivers '))));
      durable(redisStore(await connect(url)), 'answer', events$, { leaseMs: 2_000 }).subscribe({ error: () => undefined });
    },
    async join(url, onText) {
      await lastValueFrom(resumeFrom(redisStore(await connect(url)), 'answer').pipe(tap(onText)));
      return 'completes';
    },
  },
};

async function readUntilDeath(name: string, library: Library, url: string): Promise<readonly string[]> {
  const producer = fork(import.meta.filename, [name, url], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  await once(producer, 'message');
  const describe = ({ name: kind, message }: Error): string => `${kind}: ${message}`;
  let texts = 0;
  const reader = library.join(url, () => void texts++).catch(describe);
  while (texts < 5) await after(deltaMs);
  producer.kill('SIGKILL');
  const end = await Promise.race([reader, after(waitMs, 'waits')]);
  const late = library.join(url, () => undefined).catch(describe);
  return [name, end, await Promise.race([late, after(waitMs, 'waits')])];
}

const [, , produced = '', producedAt = ''] = process.argv;
if (produced) {
  await libraries[produced]?.produce(producedAt);
  process.send?.('started');
} else {
  const port = await freePort();
  const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], { stdio: 'ignore' });
  redis.on('error', () => {
    console.error('It needs redis-server: apt-get install redis-server, or brew install redis');
    process.exit(77);
  });
  await once(redis, 'spawn');
  await after(500);
  const rows = [['', `reader, ${waitMs / 1_000} s after the death`, 'late reader']];
  for (const [name, library] of Object.entries(libraries)) {
    rows.push([...(await readUntilDeath(name, library, `redis://127.0.0.1:${port}`))]);
  }
  printTable(rows);
  redis.kill();
  await once(redis, 'exit');
  process.exit();
}
