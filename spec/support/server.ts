import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as the server received it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Resolves at the end of the exchange, with the time (`performance.now()`) and whether the client closed it before the response was complete. */
  readonly closed: Promise<{ readonly at: number; readonly byClient: boolean }>;
}

export interface Exchange {
  readonly request: ReceivedRequest;
  readonly response: ServerResponse;
  /** For what HTTP cannot do: `resetAndDestroy()`, `end()`, any bytes. */
  readonly socket: Socket;
}

/** Handles one request. */
export type Answer = (exchange: Exchange) => void | Promise<void>;

export interface TestServer {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Number of connections so far. */
  readonly connections: number;
  /** Resolves with the n-th request, counted from 0, as soon as it is received. */
  received(index?: number): Promise<ReceivedRequest>;
  /** Stops the server and closes all connections. */
  close(): Promise<void>;
}

/** Starts a server on loopback. The n-th request gets the n-th answer, later requests the last one. */
export async function startServer(...answers: readonly Answer[]): Promise<TestServer> {
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Map<number, (request: ReceivedRequest) => void>();
  let connections = 0;

  const server = createServer((incoming, response) => void exchange(incoming, response).catch(() => undefined));

  async function exchange(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const closed = closeOf(response);
    const request = { ...(await readRequest(incoming)), closed };
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push(request);
    waiting.get(requests.length - 1)?.(request);
    await answer?.({ request, response, socket: incoming.socket });
  }

  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    get connections() {
      return connections;
    },
    received(index = 0) {
      const request = requests[index];
      return request ? Promise.resolve(request) : new Promise((resolve) => waiting.set(index, resolve));
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<Omit<ReceivedRequest, 'closed'>> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { method = '', url: path = '', headers } = incoming;
  return { method, path, headers, body: Buffer.concat(chunks).toString() };
}

function closeOf(response: ServerResponse): ReceivedRequest['closed'] {
  return new Promise((resolve) => {
    response.on('close', () => resolve({ at: performance.now(), byClient: !response.writableFinished }));
  });
}

/** Responds with a status, headers and a whole body. An object is sent as JSON. */
export function answerWith(status: number, body: string | object = '', headers: Readonly<Record<string, string>> = {}): Answer {
  const json = typeof body === 'object';
  return ({ response }) => {
    response.writeHead(status, { ...(json ? { 'content-type': 'application/json' } : {}), ...headers });
    response.end(json ? JSON.stringify(body) : body);
  };
}

/** How an event stream continues after its chunks: ends, stays open, is reset, or is closed without the last chunk. */
export type StreamEnd = 'end' | 'open' | 'reset' | 'close';

/** Responds with an event stream of these chunks, each in its own packet. */
export function answerStream(
  pieces: readonly (string | Uint8Array)[],
  end: StreamEnd = 'end',
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return async ({ response, socket }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
    response.flushHeaders();
    for (const piece of pieces) {
      await new Promise((resolve) => response.write(piece, resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (end === 'end') response.end();
    if (end === 'close') socket.end();
    // Not before the chunks are sent, because a reset discards them.
    if (end === 'reset') setTimeout(() => socket.resetAndDestroy(), 20);
  };
}
