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
  /** Ends the soak early: every stream is left, and what is measured then says little. */
  readonly stop: AbortSignal;
  /** Is told after each lap how many streams are over. */
  readonly onProgress?: (streams: number) => void;
}

export interface SoakResult {
  readonly figures: Figures;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly streams: number;
  readonly requests: number;
  readonly connections: number;
  /** How many consumers left while a request was open. */
  readonly leavings: number;
  /** The first of what went wrong. */
  readonly complaints: readonly string[];
}

/** Between laps nothing runs, so that the heap shows what streams leave behind. */
const leastLaps = 4;
const mostLaps = 20;
/** How many streams each slot runs in a lap, at least. */
const streamsEach = 5;

/** Runs streams against a server that fails in every way, and measures what they leave behind. Loopback only. */
export async function soak({ streams, concurrency, seed, stop, onProgress }: SoakOptions): Promise<SoakResult> {
  const unhandled = noteUnhandled();
  const server = fork(new URL('./server.ts', import.meta.url), [String(seed)]);
  try {
    letPass(server);
    const port = await nextMessage<number>(server);
    const sources = sourcesOf(`http://127.0.0.1:${port}`);
    const { signal } = new AbortController();
    const shared = createShared(concurrency);
    // All streams listen, which Node would take for a leak.
    setMaxListeners(0, stop);
    const outcomes: Record<Outcome, number> = { complete: 0, error: 0, unsubscribed: 0, aborted: 0 };
    const left: NonNullable<StreamResult['left']>[] = [];
    const complaints: string[] = [];
    const heap: [streams: number, bytes: number][] = [];
    let wrong = 0;
    let stream = 0;
    let listeners = 0;

    async function runUntil(limit: number): Promise<void> {
      while (stream < limit && !stop.aborted) {
        const result = await runStream({ seed, stream: stream++, sources, signal, shared, stop });
        outcomes[result.outcome]++;
        if (result.left) left.push(result.left);
        if (result.complaints.length > 0) wrong++;
        if (complaints.length < 20) complaints.push(...result.complaints);
      }
    }

    const laps = Math.min(mostLaps, Math.max(leastLaps, Math.ceil(streams / concurrency / streamsEach)));
    for (let lap = 1; lap <= laps && !stop.aborted; lap++) {
      const limit = Math.round((streams * lap) / laps);
      await Promise.all(Array.from({ length: concurrency }, () => runUntil(limit)));
      listeners = Math.max(listeners, getEventListeners(signal, 'abort').length);
      // A finished body is read on for 100 ms at most.
      await sleep(150);
      heap.push([stream, await usedHeap()]);
      onProgress?.(stream);
    }

    await sleep(1_000);
    const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    server.send('report');
    const report = await nextMessage<ServerReport>(server);
    const leaveTimes = left.flatMap(({ model, at }) => {
      const seen = report.left[model];
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
        leaveMedianMs: percentile(leaveTimes, 0.5),
        leaveMs: percentile(leaveTimes, 0.99),
      },
      outcomes,
      streams: stream,
      requests: report.requests,
      connections: report.connections,
      leavings: leaveTimes.length,
      complaints: [...complaints, ...unhandled.errors.slice(0, 3)],
    };
  } finally {
    unhandled.stop();
    if (server.connected) server.disconnect();
  }
}

/** It must see a close when that happens, not when a busy machine has time for it. Where the system forbids that, it waits like everybody. */
function letPass({ pid }: ChildProcess): void {
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

/** Rejections, and what RxJS throws on a timer because nobody takes it. */
function noteUnhandled(): { readonly errors: readonly string[]; stop(): void } {
  const errors: string[] = [];
  const note = (error: unknown): void => void errors.push(`unhandled: ${error instanceof Error ? error.stack : String(error)}`);
  process.on('unhandledRejection', note).on('uncaughtException', note);
  return { errors, stop: () => void process.off('unhandledRejection', note).off('uncaughtException', note) };
}

/** Bytes, after what is not needed has been collected: twice, because finalizers need a turn between. */
async function usedHeap(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await sleep(10);
  }
  return process.memoryUsage().heapUsed;
}
