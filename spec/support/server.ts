import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as the server saw it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Resolves when the exchange is over, with the time (`performance.now()`), and whether the client left before the answer was whole. */
  readonly closed: Promise<{ readonly at: number; readonly byClient: boolean }>;
}

export interface Exchange {
  readonly request: ReceivedRequest;
  readonly response: ServerResponse;
  /** For what HTTP cannot say: `resetAndDestroy()`, `end()`, bytes of one's own. */
  readonly socket: Socket;
}

/** What the server does with a request. */
export type Answer = (exchange: Exchange) => void | Promise<void>;

export interface TestServer {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** How many connections there were. */
  readonly connections: number;
  /** The n-th request, counted from 0, as soon as it is there. */
  received(index?: number): Promise<ReceivedRequest>;
  /** Ends the server and everything that is open. */
  close(): Promise<void>;
}

/** A server on loopback. The n-th request gets the n-th answer, and later ones the last. */
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

/** Answers with a status, headers and a whole body. An object becomes JSON. */
export function answerWith(status: number, body: string | object = '', headers: Readonly<Record<string, string>> = {}): Answer {
  const json = typeof body === 'object';
  return ({ response }) => {
    response.writeHead(status, { ...(json ? { 'content-type': 'application/json' } : {}), ...headers });
    response.end(json ? JSON.stringify(body) : body);
  };
}

/** How an event stream goes on after its pieces: ends, stays open, is reset, or is closed without an end. */
export type StreamEnd = 'end' | 'open' | 'reset' | 'close';

/** Answers with an event stream in these pieces, each in its own packet. */
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
    // What was written must be on its way first, because a reset throws it away.
    if (end === 'reset') setTimeout(() => socket.resetAndDestroy(), 20);
  };
}
