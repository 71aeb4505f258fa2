/**
 * Resumable streams over Redis: one process produces an answer, another reads it, and the producer is killed. Prints what becomes of the reader,
 * and of one that joins afterwards. It needs `redis-server`.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as after } from 'node:timers/promises';
import { createClient } from 'redis';
import { createResumableStreamContext } from 'resumable-stream';
import { freePort } from './support/freePort.js';
import { printTable } from './support/outcome.js';

const deltaMs = 20;
const waitMs = 5_000;

async function openStreams(url: string) {
  const [subscriber, publisher] = [createClient({ url }), createClient({ url })];
  // It ends before they do.
  for (const client of [subscriber, publisher]) client.on('error', () => undefined);
  await Promise.all([subscriber.connect(), publisher.connect()]);
  // It looks every 0.5 s for a stream that has ended.
  return createResumableStreamContext({ waitUntil: null, subscriber, publisher, doneWatchdogIntervalMs: 500 });
}

async function produce(url: string): Promise<void> {
  const pull = async (controller: ReadableStreamDefaultController<string>): Promise<void> => {
    await after(deltaMs);
    controller.enqueue('rivers ');
  };
  const streams = await openStreams(url);
  const stream = await streams.createNewResumableStream('answer', () => new ReadableStream<string>({ pull }));
  process.send?.('started');
  await stream?.pipeTo(new WritableStream());
}

async function read(url: string): Promise<void> {
  const producer = fork(import.meta.filename, [url], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  await once(producer, 'message');
  const streams = await openStreams(url);
  const stream = (await streams.resumeExistingStream('answer')) as unknown as ReadableStream<string>;
  let [chunks, end] = [0, 'waits'];
  void stream.pipeTo(new WritableStream({ write: () => void chunks++ })).then(
    () => (end = 'completes'),
    ({ message }) => (end = `errors: ${message}`),
  );
  while (chunks < 5) await after(deltaMs);
  producer.kill('SIGKILL');
  await after(waitMs);
  const joins = streams.resumeExistingStream('answer').then(
    (joined) => (joined ? 'joins' : `gets ${joined}`),
    ({ message }: Error) => `error: ${message}`,
  );
  const late = await Promise.race([joins, after(waitMs, 'waits')]);
  printTable([
    ['', `reader, ${waitMs / 1_000} s after the death`, 'late reader'],
    ['resumable-stream', end, late],
  ]);
}

const [, , producerOf] = process.argv;
if (producerOf !== undefined) await produce(producerOf);
else {
  const port = await freePort();
  const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], { stdio: 'ignore' });
  redis.on('error', () => {
    console.error('It needs redis-server: apt-get install redis-server, or brew install redis');
    process.exit(77);
  });
  await once(redis, 'spawn');
  await after(500);
  await read(`redis://127.0.0.1:${port}`).finally(() => redis.kill());
  await once(redis, 'exit');
  process.exit();
}
