import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { SeenEntry, WorkerReport, WorkerRequest } from './protocol.js';

/** A process that produces and reads. */
export interface Worker {
  ask(request: WorkerRequest): void;
  /** The reader of that name, whose entries are collected here. */
  read(id: string, name: string, after?: string): SeenReader;
  leave(reader: SeenReader): void;
  /** Resolves with the first report that matches, also an earlier one. */
  seen(matches: (report: WorkerReport) => boolean, withinMs?: number): Promise<WorkerReport>;
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  readonly isAlive: boolean;
  close(): Promise<void>;
}

/** What a reader has seen so far; `ends` has what it ended with: one, if all is well. */
export interface SeenReader {
  readonly name: string;
  readonly after: string | undefined;
  readonly entries: SeenEntry[];
  readonly ends: string[];
  /** Whether it has unsubscribed: it need not end. */
  left: boolean;
  readonly worker: Worker;
}

/** Starts workers of one build. */
export interface Workers {
  start(url: string, environment?: Readonly<Record<string, string>>): Promise<Worker>;
  close(): Promise<void>;
}

export async function createWorkers(): Promise<Workers> {
  const folder = await mkdtemp(join(tmpdir(), 'rxllm-worker-'));
  const file = join(folder, 'worker.cjs');
  // Built once: a process that compiles its own modules starts in seconds.
  await build({
    entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
    tsconfig: fileURLToPath(new URL('../../../tsconfig.json', import.meta.url)),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outfile: file,
    logLevel: 'error',
  });
  const workers = new Set<Worker>();
  return {
    async start(url, environment = {}) {
      const worker = await startWorker(file, { ...environment, REDIS_URL: url });
      workers.add(worker);
      return worker;
    },
    async close() {
      await Promise.all([...workers].map((worker) => worker.close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startWorker(file: string, environment: Readonly<Record<string, string>>): Promise<Worker> {
  const child: ChildProcess = fork(file, { env: { ...process.env, ...environment }, execArgv: [], stdio: 'inherit' });
  const reports: WorkerReport[] = [];
  const waiting = new Set<() => void>();
  const readers = new Map<string, SeenReader>();
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));

  child.on('message', (report: WorkerReport) => {
    if (report.kind === 'entries') readers.get(report.name)?.entries.push(...report.entries);
    else if (report.kind === 'end') readers.get(report.name)?.ends.push(report.end);
    reports.push(report);
    for (const check of waiting) check();
  });

  function ask(request: WorkerRequest): void {
    if (child.connected) child.send(request);
  }

  const worker: Worker = {
    ask,
    read(id, name, after) {
      const reader: SeenReader = { name, after, entries: [], ends: [], left: false, worker };
      readers.set(name, reader);
      ask({ kind: 'read', id, name, ...(after === undefined ? {} : { after }) });
      return reader;
    },
    leave(reader) {
      reader.left = true;
      ask({ kind: 'leave', name: reader.name });
    },
    seen(matches, withinMs = 20_000) {
      return new Promise((resolve, reject) => {
        const timeout = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`A worker has not reported what was awaited: ${matches}`));
        }, withinMs);
        function check(): void {
          const report = reports.find(matches);
          if (!report) return;
          clearTimeout(timeout);
          waiting.delete(check);
          resolve(report);
        }
        waiting.add(check);
        check();
      });
    },
    signal: (name) => void child.kill(name),
    get isAlive() {
      return child.exitCode === null && child.signalCode === null;
    },
    async close() {
      if (!this.isAlive) return;
      child.kill('SIGKILL');
      await exited;
    },
  };
  await worker.seen(({ kind }) => kind === 'ready');
  return worker;
}
