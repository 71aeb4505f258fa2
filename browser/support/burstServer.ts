import { createReadStream } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { DeltaEvent } from 'rxllm';
import { createEncoder, sse } from 'rxllm/http';
import { finish, start, text } from 'rxllm/testing';

/** A server of the built chat that answers every question with the same text, very fast. */
export interface BurstServer {
  readonly origin: string;
  stop(): Promise<void>;
}

const eventsPerSecond = 2_000;
const everyMs = 10;
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};

/** Starts it on the loopback address. The text has one event for each character. */
export async function startBurstServer(folder: string, answer: string): Promise<BurstServer> {
  const frames = framesOf(answer);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'POST') sendFrames(frames, response);
    else if (pathname.startsWith('/api')) response.writeHead(204).end();
    else {
      const path = pathname === '/' ? '/index.html' : pathname;
      response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' });
      createReadStream(join(folder, path)).pipe(response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function framesOf(answer: string): readonly string[] {
  const encoder = createEncoder(sse());
  const frames: string[] = [];
  const events: readonly DeltaEvent[] = [start(), ...Array.from(answer, (character) => text(character)), finish()];
  for (const event of events) encoder.encode(event, (data) => void frames.push(`data: ${data}\n\n`));
  return frames;
}

function sendFrames(frames: readonly string[], response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const begun = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    // By the clock, so that a late timer does not make the stream slower.
    const due = Math.min(frames.length, Math.ceil(((performance.now() - begun) / 1_000) * eventsPerSecond));
    response.write(frames.slice(sent, due).join(''));
    sent = due;
    if (sent === frames.length) response.end();
  }, everyMs);
  response.on('close', () => clearInterval(timer));
}
