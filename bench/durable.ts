import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import type { DurableReading, DurableTask, LiveTask } from './durableRunner.js';
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
    const live: LiveTask = { kind: 'live', url, streams: 500, viewers: 500, perSecond: 20, seconds };
    const many: LiveTask = { kind: 'live', url, streams: 500, viewers: 10_000, perSecond: 1, seconds };
    const shared = server ? [redis, peer] : [];
    const one = await readAll(server ? [...stores, peer] : stores, live);
    const elsewhere = await readAll(shared, { ...live, viewedElsewhere: true });
    const crowd = await readAll(stores, many);
    const most = new Map<string, Carried>();
    for (const tool of shared) most.set(tool, await readMost(tool, { ...live, seconds: quick ? 2 : 8 }));

    console.log(
      `Streams in a store, Node ${process.version}: producers and viewers in one process unless noted, Redis in another`,
    );
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
      ...[...elsewhere].map(([store, reading]) => toLine('the same, viewers in a second process', store, reading)),
      ...[...crowd].map(([store, reading]) => toLine('500 streams × 1/s, 20 viewers each', store, reading)),
      ...[...most].map(([store, { streams, reading }]) =>
        toLine(`${streams} streams × 20/s, 1 viewer each: the most`, store, reading),
      ),
    ];
    printTable(head, lines, 2);
    console.log();
    printBars(one, elsewhere, crowd, most);
  } finally {
    server?.process.kill('SIGKILL');
  }
}

type Readings = ReadonlyMap<string, DurableReading>;

function printBars(one: Readings, elsewhere: Readings, crowd: Readings, most: ReadonlyMap<string, Carried>): void {
  const values = (figure: (reading: DurableReading) => number, from: Readings) =>
    [...from].filter(([store]) => store !== peer).map(([name, reading]) => ({ name, value: figure(reading) }));
  const p99 = [
    ...values(({ p99 }) => p99, one),
    ...values(({ p99 }) => p99, elsewhere).map(({ value }) => ({ name: `${redis}, elsewhere`, value })),
  ];
  printBar({ name: 'p99 from append to subscriber, ms', limit: longestMs, values: p99 });
  printBar({ name: 'blocked connections a process', limit: 1, values: values(({ blocked }) => blocked, crowd) });
  printBar({ name: 'KB a viewer', limit: 3, values: values(({ viewerBytes }) => viewerBytes / 1_024, crowd) });
  const [own, other] = [most.get(redis), most.get(peer)];
  if (!own || !other) return;
  printBar({
    name: `streams of ${peer} on a core, × those of redisStore`,
    limit: 1 / 3,
    values: [{ name: redis, value: other.streams / own.streams }],
  });
  for (const [name, readings] of [
    ['in one process', one],
    ['viewers in a second process', elsewhere],
  ] as const) {
    const [here, there] = [readings.get(redis), readings.get(peer)];
    if (here && there) console.log(`CPU of 500 streams, ${name}, × ${peer}: ${ratios(here, there)}`);
  }
  const each = ({ streams, reading }: Carried): DurableReading => ({
    ...reading,
    cpu: reading.cpu / streams,
    redisCpu: reading.redisCpu / streams,
  });
  console.log(`CPU of a stream, where each carries its most, × ${peer}: ${ratios(each(own), each(other))}`);
}

function ratios(own: DurableReading, other: DurableReading): string {
  const both = (own.cpu + own.redisCpu) / (other.cpu + other.redisCpu);
  return `${decimals(own.cpu / other.cpu)} of the application, ${decimals(both)} with that of Redis`;
}

/** The most streams that a process carries. */
interface Carried {
  readonly streams: number;
  readonly reading: DurableReading;
}

const longestMs = 25;

/** Each event reaches its viewer, and 99 of 100 within the goal. One process of JavaScript has one core. */
async function readMost(tool: string, task: LiveTask): Promise<Carried> {
  let most: Carried | undefined;
  for (const streams of [500, 700, 1_000, 1_400, 2_000, 2_800, 4_000, 5_600, 8_000]) {
    let isCarried = false;
    // A second time, because another process may have taken the time.
    for (let tries = 0; tries < 2 && !isCarried; tries++) {
      const reading = await readIn(tool, { ...task, streams, viewers: streams });
      isCarried = reading.p99 <= longestMs && reading.perSecond > 0.97 * streams * task.perSecond;
      if (isCarried || !most) most = { streams, reading };
    }
    if (!isCarried) break;
  }
  if (!most) throw new Error('Nothing was read');
  return most;
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
