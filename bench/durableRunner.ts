import { createClient } from 'redis';
import { memoryStore } from '../src/durable/memoryStore.js';
import type { StreamStore } from '../src/durable/streamStore.js';
import type { DeltaEvent } from '../src/events.js';
import { redisStore } from '../src/redis/redisStore.js';

/** What one process measures. */
export type DurableTask =
  | { readonly kind: 'appends'; readonly url: string; readonly events: number }
  | {
      readonly kind: 'live';
      readonly url: string;
      readonly streams: number;
      readonly viewers: number;
      /** Events of each stream. */
      readonly perSecond: number;
      readonly seconds: number;
    };

/** What it found; NaN for what it has not measured. CPU is that of one core. */
export interface DurableReading {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  readonly redisCpu: number;
  readonly streamBytes: number;
  readonly viewerBytes: number;
  readonly connections: number;
  readonly blocked: number;
}

type LiveTask = Extract<DurableTask, { readonly kind: 'live' }>;

/** Streams of one kind: texts go in, and come out at the viewers. */
interface Carrier {
  /** Begins a stream. */
  open(stream: number): Promise<(text: string) => void>;
  view(stream: number, onText: (text: string) => void): Promise<void>;
}

const claim = { leaseMs: 60_000, retentionMs: 120_000 };

function textEvent(text: string): DeltaEvent {
  return { type: 'text-delta', text, block: 0, choice: 0, phase: 'answer' };
}

function carryByStore(store: StreamStore): Carrier {
  return {
    async open(stream) {
      const claimed = await store.claim(`s${stream}`, { owner: `o${stream}`, ...claim });
      if (claimed.role !== 'produce') throw new Error('The stream has a producer');
      const { epoch } = claimed;
      let seq = 1;
      let pending: DeltaEvent[] = [];
      let isSending = false;
      /** One append at a time, as `durable` does: what comes meanwhile is the next. */
      async function send(): Promise<void> {
        isSending = true;
        while (pending.length > 0) {
          const batch = pending;
          pending = [];
          await store.append(`s${stream}`, epoch, seq, batch);
          seq += batch.length;
        }
        isSending = false;
      }
      return (text) => {
        pending.push(textEvent(text));
        if (!isSending) send().catch(fail);
      };
    },
    async view(stream, onText) {
      store.read(`s${stream}`).subscribe({
        next: ({ event }) => event.type === 'text-delta' && onText(event.text),
        error: fail,
      });
    },
  };
}

/** The peer: the producer's stream is read in its process, and a viewer resumes it over Redis. */
async function carryByPeer(url: string): Promise<Carrier> {
  const { createResumableStreamContext } = await import('resumable-stream/generic');
  const connected = async () => {
    const client = createClient({ url });
    await client.connect();
    // It connects by itself, and so a second time.
    return Object.assign(client, { connect: async () => client });
  };
  const context = createResumableStreamContext({
    waitUntil: null,
    publisher: (await connected()) as never,
    subscriber: (await connected()) as never,
  });
  return {
    async open(stream) {
      let controller: ReadableStreamDefaultController<string> | undefined;
      const created = await context.createNewResumableStream(`s${stream}`, () => {
        return new ReadableStream<string>({
          start: (started) => {
            controller = started;
          },
        });
      });
      void drain(created, () => undefined);
      return (text) => controller?.enqueue(text);
    },
    async view(stream, onText) {
      void drain(await context.resumeExistingStream(`s${stream}`), onText);
    },
  };
}

async function drain(stream: ReadableStream<string> | null | undefined, onText: (text: string) => void): Promise<void> {
  if (!stream) throw new Error('There is no stream');
  for await (const text of stream) onText(text);
}

function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** What the process holds, in bytes. */
async function heldBytes(): Promise<number> {
  await pause(200);
  for (let collections = 0; collections < 3; collections++) {
    globalThis.gc?.();
    await pause(50);
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

interface RedisLook {
  cpuSeconds(): Promise<number>;
  connections(): Promise<readonly string[]>;
}

function lookAt(client: { sendCommand(args: string[]): Promise<unknown> } | undefined): RedisLook {
  return {
    async cpuSeconds() {
      const info = client ? String(await client.sendCommand(['INFO', 'cpu'])) : '';
      const [user, system] = ['user', 'sys'].map((kind) => Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(info)?.[1] ?? 0));
      return (user ?? 0) + (system ?? 0);
    },
    async connections() {
      return client
        ? String(await client.sendCommand(['CLIENT', 'LIST']))
            .trim()
            .split('\n')
        : [];
    },
  };
}

/** The time from append to viewer: the text is when it was appended. */
async function runLive(carrier: Carrier, look: RedisLook, task: LiveTask): Promise<DurableReading> {
  const { streams, viewers, perSecond, seconds } = task;
  const empty = await heldBytes();
  const sends: ((text: string) => void)[] = [];
  for (let stream = 0; stream < streams; stream++) sends.push(await carrier.open(stream));
  for (const send of sends) send(String(performance.now()));
  const opened = await heldBytes();
  let isMeasured = false;
  const delays: number[] = [];
  function onText(text: string): void {
    if (isMeasured) delays.push(performance.now() - Number(text.trim()));
  }
  for (let viewer = 0; viewer < viewers; viewer++) {
    await carrier.view(viewer % streams, onText);
    if (viewer % 500 === 499) await pause(50);
  }
  await pause(1_000);
  const viewed = await heldBytes();
  const connections = await look.connections();

  let sent = 0;
  const begun = performance.now();
  /** Streams take turns, so that they emit evenly. */
  const ticker = setInterval(() => {
    const due = Math.floor(((performance.now() - begun) / 1_000) * perSecond * streams);
    while (sent < due) sends[sent++ % streams]?.(`${performance.now()} `);
  }, 2);
  await pause(1_500);
  const [cpuBefore, redisBefore, since, sentBefore] = [process.cpuUsage(), await look.cpuSeconds(), performance.now(), sent];
  isMeasured = true;
  await pause(seconds * 1_000);
  isMeasured = false;
  const elapsed = (performance.now() - since) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  const redisCpu = (await look.cpuSeconds()) - redisBefore;
  clearInterval(ticker);
  delays.sort((a, b) => a - b);
  const at = (share: number): number => delays[Math.min(Math.floor(delays.length * share), delays.length - 1)] ?? Number.NaN;
  return {
    perSecond: (sent - sentBefore) / elapsed,
    p50: at(0.5),
    p99: at(0.99),
    cpu: (cpu.user + cpu.system) / 1e6 / elapsed,
    redisCpu: redisCpu / elapsed,
    streamBytes: (opened - empty) / streams,
    viewerBytes: (viewed - opened) / viewers,
    connections: connections.length,
    blocked: connections.filter((line) => line.includes('flags=b')).length,
  };
}

/** Batches of 32 events to 16 streams at the same time. */
async function runAppends(store: StreamStore, look: RedisLook, events: number): Promise<DurableReading> {
  const streams = 16;
  const batch = Array.from({ length: 32 }, (_, index) => textEvent(`a text of usual length ${index}`));
  const rounds = Math.ceil(events / streams / batch.length);
  const [cpuBefore, redisBefore, since] = [process.cpuUsage(), await look.cpuSeconds(), performance.now()];
  await Promise.all(
    Array.from({ length: streams }, async (_, stream) => {
      const claimed = await store.claim(`a${stream}`, { owner: 'a', ...claim });
      if (claimed.role !== 'produce') throw new Error('The stream has a producer');
      for (let round = 0; round < rounds; round++) {
        await store.append(`a${stream}`, claimed.epoch, 1 + round * batch.length, batch);
      }
    }),
  );
  const elapsed = (performance.now() - since) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  const redisCpu = (await look.cpuSeconds()) - redisBefore;
  const none = Number.NaN;
  return {
    perSecond: (rounds * batch.length * streams) / elapsed,
    p50: none,
    p99: none,
    cpu: (cpu.user + cpu.system) / 1e6 / elapsed,
    redisCpu: redisCpu / elapsed,
    streamBytes: none,
    viewerBytes: none,
    connections: (await look.connections()).length,
    blocked: 0,
  };
}

async function run(tool: string, task: DurableTask): Promise<DurableReading> {
  const client = tool === 'rxllm: memoryStore' ? undefined : createClient({ url: task.url });
  await client?.connect();
  await client?.sendCommand(['FLUSHALL']);
  const look = lookAt(client);
  const store = client ? redisStore(client) : memoryStore({ maxChars: 2 ** 31, maxStreamChars: 2 ** 31 });
  if (task.kind === 'appends') return runAppends(store, look, task.events);
  return runLive(tool === 'resumable-stream' ? await carryByPeer(task.url) : carryByStore(store), look, task);
}

const [tool = '', task = '{}'] = process.argv.slice(2);
run(tool, JSON.parse(task) as DurableTask).then((reading) => process.send?.(reading), fail);
