import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { createDemand } from 'rxllm';
import { sse, toResponse } from 'rxllm/http';
import type { Ask, Running } from './ask.js';

/** Hono 4, on Node; on Bun, Deno and workers the route is the same. */
export async function serveByHono(ask: Ask): Promise<Running> {
  const app = new Hono();
  app.all('/api/answer', (context) => {
    const demand = createDemand();
    return toResponse(ask(demand), { wire: sse(), demand, signal: context.req.raw.signal });
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/answer`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
