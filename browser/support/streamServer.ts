import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import { Observable, throwError } from 'rxjs';
import { type DeltaEvent, HttpError, TruncatedError, toErrorInfo } from 'rxllm';
import { createEncoder, pipeToNode, sse } from 'rxllm/http';
import { streamOf } from 'rxllm/testing';

/** A server of a page and of streams. */
export interface StreamServer {
  readonly origin: string;
  /** The answers whose reader left before their end, and after how many of their events. */
  readonly abandoned: number[];
  /** Cuts the connections of every answer that is being sent. */
  cut(): void;
  stop(): Promise<void>;
}

export const words: readonly string[] = Array.from({ length: 40 }, (_, index) => `word${index} `);
export const answer: string = words.join('');

const page = '<!doctype html><meta charset="utf-8"><title>rxllm</title><script type="module" src="/page.js"></script>';
const betweenMs = 25;

/** Starts a server on the loopback address. */
export async function startStreamServer(): Promise<StreamServer> {
  const scripts = await bundle();
  const abandoned: number[] = [];
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    open.add(response);
    response.on('close', () => open.delete(response));
    const script = scripts.get(path);
    if (script !== undefined) response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else if (path === '/answer') pipeToNode(watched(slowAnswer(), abandoned), response, { wire: sse() });
    else if (path === '/broken') pipeToNode(brokenAnswer(), response, { wire: sse() });
    else if (path === '/busy')
      pipeToNode(
        throwError(() => new HttpError('Too many requests', tooMany)),
        response,
        { wire: sse() },
      );
    else if (path === '/kept') sendKept(request, response);
    else response.writeHead(200, { 'content-type': 'text/html' }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    abandoned,
    cut: () => {
      for (const response of open) response.destroy();
    },
    stop: () => stop(server),
  };
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function bundle(): Promise<Map<string, string>> {
  const root = `${import.meta.dirname}/..`;
  const { outputFiles } = await build({
    entryPoints: [`${root}/pages/page.ts`, `${root}/pages/worker.ts`],
    outdir: '/',
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    tsconfig: `${root}/tsconfig.json`,
    write: false,
  });
  return new Map(outputFiles.map(({ path, text }) => [path, text]));
}

const slowAnswer = (): Observable<DeltaEvent> => streamOf(answer, { everyMs: betweenMs });
const brokenAnswer = (): Observable<DeltaEvent> => streamOf(words.slice(0, 10).join(''), { error: new TruncatedError() });
const tooMany = { kind: 'rate-limit', status: 429, retryAfterMs: 2_000 } as const;

/** The source of a host, which records that its reader left. */
function watched(events$: Observable<DeltaEvent>, abandoned: number[]): Observable<DeltaEvent> {
  return new Observable((subscriber) => {
    let count = 0;
    let ended = false;
    subscriber.add(() => {
      if (!ended) abandoned.push(count);
    });
    return events$.subscribe({
      next(event) {
        count++;
        ended = event.type === 'finish';
        subscriber.next(event);
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
  });
}

function keptFrames(): readonly string[] {
  const encoder = createEncoder(sse());
  const frames: string[] = [];
  const write = (data: string): void => void frames.push(data);
  streamOf(answer).subscribe({
    next: (event) => encoder.encode(event, write),
    error: (error: unknown) => encoder.fail(toErrorInfo(error), write),
  });
  return frames;
}

/** Sends an answer whose frames it keeps: with the id of a frame as `Last-Event-ID`, the rest. */
function sendKept(request: IncomingMessage, response: ServerResponse): void {
  const frames = keptFrames();
  let next = Number(request.headers['last-event-id'] ?? -1) + 1;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const timer = setInterval(() => {
    response.write(`id: ${next}\ndata: ${frames[next]}\n\n`);
    next++;
    if (next === frames.length) response.end();
  }, betweenMs);
  response.on('close', () => clearInterval(timer));
}
