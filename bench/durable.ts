import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import type { DurableReading, DurableTask } from './durableRunner.js';
import { decimals, type Line, printBar, printTable } from './table.js';

const memory = 'rxllm: memoryStore';
const redis = 'rxllm: redisStore';
const peer = 'resumable-stream';

const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'redis-server'));
const redisServer = places.find((path) => existsSync(path));

/** Measures streams that outlive their producer: appends, the time from append to subscriber, CPU, memory and connections. */
export async function benchDurable(quick: boolean): Promise<void> {
  const server = redisServer ? await startServer(redisServer) : undefined;
  if (!server) console.log('Redis and its peer are skipped: there is no redis-server (Debian: apt-get install redis-server).');
  const url = server?.url ?? '';
  const stores = server ? [memory, redis] : [memory];
  const seconds = quick ? 3 : 15;
  try {
    const appends = await readAll(stores, { kind: 'appends', url, events: quick ? 20_000 : 300_000 });
    const live: DurableTask = { kind: 'live', url, streams: 500, viewers: 500, perSecond: 20, seconds };
    const many: DurableTask = { kind: 'live', url, streams: 500, viewers: 10_000, perSecond: 1, seconds };
    const one = await readAll(server ? [...stores, peer] : stores, live);
    const crowd = await readAll(stores, many);

    console.log(`Streams in a store, Node ${process.version}: producers and viewers in one process, Redis in another`);
    const head = [
      'load',
      'store',
      'events/s',
      'p50 ms',
      'p99 ms',
      'CPU %',
      'Redis CPU %',
      'KB a stream',
      'KB a viewer',
      'connections',
      'blocked',
    ];
    const lines = [
      ...[...appends].map(([store, reading]) => toLine('appends, 32 a batch', store, reading)),
      ...[...one].map(([store, reading]) => toLine('500 streams × 20/s, 1 viewer each', store, reading)),
      ...[...crowd].map(([store, reading]) => toLine('500 streams × 1/s, 20 viewers each', store, reading)),
    ];
    printTable(head, lines, 2);
    console.log();
    printBars(one, crowd);
  } finally {
    server?.process.kill('SIGKILL');
  }
}

function printBars(one: ReadonlyMap<string, DurableReading>, crowd: ReadonlyMap<string, DurableReading>): void {
  const values = (figure: (reading: DurableReading) => number, from: ReadonlyMap<string, DurableReading>) =>
    [...from].filter(([store]) => store !== peer).map(([name, reading]) => ({ name, value: figure(reading) }));
  printBar({ name: 'p99 from append to subscriber, ms', limit: 25, values: values(({ p99 }) => p99, one) });
  printBar({ name: 'blocked connections a process', limit: 1, values: values(({ blocked }) => blocked, crowd) });
  printBar({ name: 'KB a viewer', limit: 3, values: values(({ viewerBytes }) => viewerBytes / 1_024, crowd) });
  const [own, other] = [one.get(redis), one.get(peer)];
  const ratio = own && other ? [{ name: redis, value: cpuOf(own) / cpuOf(other) }] : [];
  printBar({ name: `CPU of a stream, × ${peer}`, limit: 1 / 3, values: ratio });
}

/** Of both processes: the streams that a core carries are its inverse. */
function cpuOf({ cpu, redisCpu }: DurableReading): number {
  return cpu + redisCpu;
}

async function readAll(tools: readonly string[], task: DurableTask): Promise<ReadonlyMap<string, DurableReading>> {
  const readings = new Map<string, DurableReading>();
  for (const tool of tools) readings.set(tool, await readIn(tool, task));
  return readings;
}

/** Each reading has its own process. */
async function readIn(tool: string, task: DurableTask): Promise<DurableReading> {
  const child = fork(`${import.meta.dirname}/durableRunner.js`, [tool, JSON.stringify(task)], {
    execArgv: [...process.execArgv, '--expose-gc'],
    // JSON has no NaN.
    serialization: 'advanced',
  });
  const [reading] = (await once(child, 'message')) as [DurableReading];
  child.kill();
  return reading;
}

function toLine(load: string, store: string, reading: DurableReading): Line {
  const { perSecond, p50, p99, cpu, redisCpu, streamBytes, viewerBytes, connections, blocked } = reading;
  const measured = (value: number, text: string): string => (Number.isNaN(value) ? '' : text);
  return [
    load,
    store,
    decimals(perSecond),
    measured(p50, decimals(p50)),
    measured(p99, decimals(p99)),
    decimals(cpu * 100),
    store === memory ? '' : decimals(redisCpu * 100),
    measured(streamBytes, decimals(streamBytes / 1_024)),
    measured(viewerBytes, decimals(viewerBytes / 1_024)),
    store === memory ? '' : String(connections),
    store === memory ? '' : String(blocked),
  ];
}

interface Server {
  readonly url: string;
  readonly process: ChildProcess;
}

async function startServer(path: string): Promise<Server> {
  const port = await freePort();
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn(path, flags, { stdio: 'ignore' });
  while (!(await isReachable(port))) await new Promise((resolve) => setTimeout(resolve, 20));
  return { url: `redis://127.0.0.1:${port}`, process: server };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

function isReachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
