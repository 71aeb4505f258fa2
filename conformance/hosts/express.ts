import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createDemand } from 'rxllm';
import { pipeToNode, sse } from 'rxllm/http';
import type { Ask, Running } from './ask.js';

/** Express 5. */
export async function serveByExpress(ask: Ask): Promise<Running> {
  const app = express();
  app.use(express.json());
  app.all('/api/answer', (_request, response) => {
    const demand = createDemand();
    pipeToNode(ask(demand), response, { wire: sse(), demand });
  });
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/answer`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
