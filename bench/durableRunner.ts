import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
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
      /** Whether the viewers are in a process of their own. */
      readonly viewedElsewhere?: boolean;
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

export type LiveTask = Extract<DurableTask, { readonly kind: 'live' }>;

/** Streams of one kind: texts go in, and come out at the viewers. An event crosses as JSON by the peer too, as each of its users writes it. */
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
      return (text) => controller?.enqueue(`data: ${JSON.stringify(textEvent(text))}\n\n`);
    },
    async view(stream, onText) {
      void drain(await context.resumeExistingStream(`s${stream}`), (frames) => readFrames(frames, onText));
    },
  };
}

/** What was sent before a viewer came is one text. */
function readFrames(frames: string, onText: (text: string) => void): void {
  for (const frame of frames.split('\n\n')) {
    const event = frame && (JSON.parse(frame.slice('data: '.length)) as DeltaEvent);
    if (event && event.type === 'text-delta') onText(event.text);
  }
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

/** As all processes of this machine count. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Those who view. */
interface Audience {
  /** Begins to measure. */
  begin(): Promise<void>;
  /** Ends it: the times from append to viewer in milliseconds, and the CPU of another process, of one core. */
  end(): Promise<{ readonly delays: number[]; readonly cpu: number }>;
}

/** The text is when it was appended. */
async function seat(carrier: Carrier, { streams, viewers }: LiveTask): Promise<Audience> {
  let isMeasured = false;
  const delays: number[] = [];
  function onText(text: string): void {
    if (isMeasured) delays.push(now() - Number(text.trim()));
  }
  for (let viewer = 0; viewer < viewers; viewer++) {
    await carrier.view(viewer % streams, onText);
    if (viewer % 500 === 499) await pause(50);
  }
  return {
    async begin() {
      isMeasured = true;
    },
    async end() {
      isMeasured = false;
      return { delays, cpu: 0 };
    },
  };
}

async function seatElsewhere(tool: string, task: LiveTask): Promise<Audience> {
  const child: ChildProcess = fork(process.argv[1] ?? '', [tool, JSON.stringify(task), 'view'], { serialization: 'advanced' });
  await once(child, 'message');
  return {
    async begin() {
      child.send('begin');
    },
    async end() {
      child.send('end');
      const [seen] = (await once(child, 'message')) as [Awaited<ReturnType<Audience['end']>>];
      child.kill();
      return seen;
    },
  };
}

/** In a process of its own: views until it is asked for what was seen. */
async function viewHere(carrier: Carrier, task: LiveTask): Promise<void> {
  const audience = await seat(carrier, task);
  let [cpuBefore, since] = [process.cpuUsage(), performance.now()];
  async function answer(message: unknown): Promise<void> {
    if (message === 'begin') {
      [cpuBefore, since] = [process.cpuUsage(), performance.now()];
      return audience.begin();
    }
    const { delays } = await audience.end();
    const { user, system } = process.cpuUsage(cpuBefore);
    process.send?.({ delays, cpu: (user + system) / 1e3 / (performance.now() - since) });
  }
  process.on('message', (message) => void answer(message).catch(fail));
  process.send?.('ready');
}

async function runLive(tool: string, carrier: Carrier, look: RedisLook, task: LiveTask): Promise<DurableReading> {
  const { streams, viewers, perSecond, seconds, viewedElsewhere } = task;
  const empty = await heldBytes();
  const sends: ((text: string) => void)[] = [];
  for (let stream = 0; stream < streams; stream++) sends.push(await carrier.open(stream));
  for (const send of sends) send(String(now()));
  const opened = await heldBytes();
  const audience = viewedElsewhere ? await seatElsewhere(tool, task) : await seat(carrier, task);
  await pause(1_000);
  const viewed = await heldBytes();
  const connections = await look.connections();

  let sent = 0;
  const begun = performance.now();
  /** Streams take turns, so that they emit evenly. */
  const ticker = setInterval(() => {
    const due = Math.floor(((performance.now() - begun) / 1_000) * perSecond * streams);
    while (sent < due) sends[sent++ % streams]?.(`${now()} `);
  }, 2);
  await pause(1_500);
  const [cpuBefore, redisBefore, since, sentBefore] = [process.cpuUsage(), await look.cpuSeconds(), performance.now(), sent];
  await audience.begin();
  await pause(seconds * 1_000);
  const elapsed = (performance.now() - since) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  const redisCpu = (await look.cpuSeconds()) - redisBefore;
  const { delays, cpu: viewerCpu } = await audience.end();
  clearInterval(ticker);
  delays.sort((a, b) => a - b);
  const at = (share: number): number => delays[Math.min(Math.floor(delays.length * share), delays.length - 1)] ?? Number.NaN;
  return {
    perSecond: Math.min(sent - sentBefore, (delays.length * streams) / viewers) / elapsed,
    p50: at(0.5),
    p99: at(0.99),
    cpu: (cpu.user + cpu.system) / 1e6 / elapsed + viewerCpu,
    redisCpu: redisCpu / elapsed,
    streamBytes: (opened - empty) / streams,
    viewerBytes: viewedElsewhere ? Number.NaN : (viewed - opened) / viewers,
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

async function run(tool: string, task: DurableTask, isViewer: boolean): Promise<DurableReading | undefined> {
  const client = tool === 'rxllm: memoryStore' ? undefined : createClient({ url: task.url });
  await client?.connect();
  if (!isViewer) await client?.sendCommand(['FLUSHALL']);
  const look = lookAt(client);
  const store = client ? redisStore(client) : memoryStore({ maxChars: 2 ** 31, maxStreamChars: 2 ** 31 });
  if (task.kind === 'appends') return runAppends(store, look, task.events);
  const carrier = tool === 'resumable-stream' ? await carryByPeer(task.url) : carryByStore(store);
  if (!isViewer) return runLive(tool, carrier, look, task);
  await viewHere(carrier, task);
  return undefined;
}

const [tool = '', task = '{}', role] = process.argv.slice(2);
run(tool, JSON.parse(task) as DurableTask, role === 'view').then((reading) => reading && process.send?.(reading), fail);
