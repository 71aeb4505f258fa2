import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { concat, concatMap, from, map, NEVER, type Observable, of, take, throwError, timer } from 'rxjs';
import { completionChunks } from './completionChunks.js';
import { type Fault, faultHeader, toFault } from './faults.js';
import { type ChatMessage, replyTo } from './script.js';

/** A server on the loopback address that speaks the chat completions of OpenAI and plays a script. */
export interface LocalProvider {
  readonly baseURL: string;
  /** How many requests it answers at the moment. */
  readonly open: number;
  /** How many requests it got. */
  readonly requests: number;
  stop(): Promise<void>;
}

/** Starts a local provider. @param everyMs The time between two pieces of an answer, in milliseconds. */
export async function startLocalProvider(everyMs: number): Promise<LocalProvider> {
  let requests = 0;
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    requests++;
    open.add(response);
    response.on('close', () => open.delete(response));
    answer(request, response, everyMs).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get open() {
      return open.size;
    },
    get requests() {
      return requests;
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface ChatRequest {
  readonly messages: readonly ChatMessage[];
}

async function answer(request: IncomingMessage, response: ServerResponse, everyMs: number): Promise<void> {
  const { messages } = (await json(request)) as ChatRequest;
  const fault = toFault(request.headers[faultHeader]);
  if (fault === 'rate-limit') {
    response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '1' });
    response.end(JSON.stringify({ error: { message: 'Rate limit reached' } }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunks = completionChunks(replyTo(messages), JSON.stringify(messages).length);
  const subscription = paced(chunks, fault, everyMs).subscribe({
    next: (data) => response.write(`data: ${data}\n\n`),
    // A broken connection, in the middle of the body.
    error: () => response.destroy(),
    complete: () => response.end(),
  });
  response.on('close', () => subscription.unsubscribe());
}

function paced(chunks: readonly string[], fault: Fault, everyMs: number): Observable<string> {
  const pauseMs = fault === 'slow' ? everyMs * 8 : everyMs;
  const chunks$ = from(chunks).pipe(concatMap((chunk) => timer(pauseMs).pipe(map(() => chunk))));
  const first$ = chunks$.pipe(take(Math.ceil(chunks.length / 3)));
  if (fault === 'stall') return concat(first$, NEVER);
  if (fault === 'cut')
    return concat(
      first$,
      throwError(() => new Error('The connection is cut')),
    );
  return concat(chunks$, of('[DONE]'));
}
