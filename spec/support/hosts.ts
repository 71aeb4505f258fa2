import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Observable } from 'rxjs';
import type { DeltaEvent } from '../../src/events.js';
import { type HostOptions, pipeToNode, toResponse } from '../../src/http/index.js';

/** Sends a stream as the answer to a request. */
export type Host = (
  events$: Observable<DeltaEvent>,
  request: IncomingMessage,
  response: ServerResponse,
  options: HostOptions,
) => void | Promise<void>;

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server on loopback that closes all connections in the end. */
export async function serve(handle: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => void handle(request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** The two hosts on `node:http`. A Response is written as adapters do it: chunk by chunk, at the pace of the socket. */
export const hosts: Readonly<Record<'pipeToNode' | 'toResponse', Host>> = {
  pipeToNode: (events$, _request, response, options) => void pipeToNode(events$, response, options),
  async toResponse(events$, _request, response, options) {
    const { status, headers, body } = await toResponse(events$, options);
    response.writeHead(status, Object.fromEntries(headers));
    const reader = body?.getReader();
    const left = once(response, 'close');
    void left.then(() => reader?.cancel()).catch(() => undefined);
    for (;;) {
      const { done = true, value } = (await reader?.read()) ?? {};
      if (done) break;
      if (!response.write(value)) await Promise.race([left, once(response, 'drain')]);
      if (response.destroyed) return;
    }
    response.end();
  },
};
