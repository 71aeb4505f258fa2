import { type ChildProcess, fork } from 'node:child_process';
import { getEventListeners, setMaxListeners } from 'node:events';
import { constants, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Figures, percentile, slope } from './figures.js';
import { createShared } from './plans.js';
import type { ServerReport } from './server.js';
import { type Outcome, runStream, type StreamResult, sourcesOf } from './streams.js';

export interface SoakOptions {
  readonly streams: number;
  readonly concurrency: number;
  readonly seed: number;
  /** Ends the soak early: every stream is unsubscribed, and the figures are of no use. */
  readonly stop: AbortSignal;
  /** Called after each lap with the number of finished streams. */
  readonly onProgress?: (streams: number) => void;
}

export interface SoakResult {
  readonly figures: Figures;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly streams: number;
  readonly requests: number;
  readonly connections: number;
  /** The number of unsubscriptions while a request was open. */
  readonly unsubscriptions: number;
  /** The first broken rules. */
  readonly complaints: readonly string[];
}

/** Between laps no stream runs, so that the heap shows what streams leak. */
const leastLaps = 4;
const mostLaps = 20;
/** The number of streams of each slot in a lap, at least. */
const streamsEach = 5;

/** Runs streams against a loopback server with every kind of fault, and measures what they leak. */
export async function soak({ streams, concurrency, seed, stop, onProgress }: SoakOptions): Promise<SoakResult> {
  const unhandled = collectUnhandled();
  const server = fork(new URL('./server.ts', import.meta.url), [String(seed)]);
  try {
    raisePriority(server);
    const port = await nextMessage<number>(server);
    const sources = sourcesOf(`http://127.0.0.1:${port}`);
    const { signal } = new AbortController();
    const shared = createShared(concurrency);
    // All streams listen, and Node would warn of a leak.
    setMaxListeners(0, stop);
    const outcomes: Record<Outcome, number> = { complete: 0, error: 0, unsubscribed: 0, aborted: 0 };
    const unsubscribed: NonNullable<StreamResult['unsubscribed']>[] = [];
    const complaints: string[] = [];
    const heap: [streams: number, bytes: number][] = [];
    let wrong = 0;
    let stream = 0;
    let listeners = 0;

    async function runUntil(limit: number): Promise<void> {
      while (stream < limit && !stop.aborted) {
        const result = await runStream({ seed, stream: stream++, sources, signal, shared, stop });
        outcomes[result.outcome]++;
        if (result.unsubscribed) unsubscribed.push(result.unsubscribed);
        if (result.complaints.length > 0) wrong++;
        if (complaints.length < 20) complaints.push(...result.complaints);
      }
    }

    const laps = Math.min(mostLaps, Math.max(leastLaps, Math.ceil(streams / concurrency / streamsEach)));
    for (let lap = 1; lap <= laps && !stop.aborted; lap++) {
      const limit = Math.round((streams * lap) / laps);
      await Promise.all(Array.from({ length: concurrency }, () => runUntil(limit)));
      listeners = Math.max(listeners, getEventListeners(signal, 'abort').length);
      // After the terminal marker a body is read for at most 100 ms more.
      await sleep(150);
      heap.push([stream, await usedHeap()]);
      onProgress?.(stream);
    }

    await sleep(1_000);
    const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    server.send('report');
    const report = await nextMessage<ServerReport>(server);
    const closeTimes = unsubscribed.flatMap(({ model, at }) => {
      const seen = report.closedAt[model];
      return seen !== undefined && seen >= at ? [seen - at] : [];
    });
    return {
      figures: {
        wrong,
        unhandled: unhandled.errors.length,
        heapSlope: slope(heap.slice(heap.length >> 1)),
        listeners,
        timers,
        open: report.open.length,
        closeMedianMs: percentile(closeTimes, 0.5),
        closeMs: percentile(closeTimes, 0.99),
      },
      outcomes,
      streams: stream,
      requests: report.requests,
      connections: report.connections,
      unsubscriptions: closeTimes.length,
      complaints: [...complaints, ...unhandled.errors.slice(0, 3)],
    };
  } finally {
    unhandled.stop();
    if (server.connected) server.disconnect();
  }
}

/** The server must see a close at once, on a busy machine too. If the system forbids a higher priority, it keeps the normal one. */
function raisePriority({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_HIGHEST);
  } catch {}
}

/** @throws Error if the server ends instead. */
function nextMessage<Message>(server: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    server.once('message', (message) => resolve(message as Message));
    server.once('exit', (code) => reject(new Error(`the server ended with code ${code}`)));
  });
}

/** Collects unhandled rejections, and unhandled errors, which RxJS throws on a timer. */
function collectUnhandled(): { readonly errors: readonly string[]; stop(): void } {
  const errors: string[] = [];
  const add = (error: unknown): void => void errors.push(`unhandled: ${error instanceof Error ? error.stack : String(error)}`);
  process.on('unhandledRejection', add).on('uncaughtException', add);
  return { errors, stop: () => void process.off('unhandledRejection', add).off('uncaughtException', add) };
}

/** The used heap in bytes after several collections, because finalizers need a turn between two of them. */
async function usedHeap(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await sleep(10);
  }
  return process.memoryUsage().heapUsed;
}
