import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDemand } from 'rxllm';
import { pipeToNode, sse } from 'rxllm/http';
import type { Ask, Running } from './ask.js';

/** `node:http`. */
export async function serveByNode(ask: Ask): Promise<Running> {
  const server = createServer((_request, response) => {
    const demand = createDemand();
    pipeToNode(ask(demand), response, { wire: sse(), demand });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
