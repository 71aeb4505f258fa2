import fastify from 'fastify';
import { createDemand } from 'rxllm';
import { pipeToNode, sse } from 'rxllm/http';
import type { Ask, Running } from './ask.js';

/** Fastify 5. What a plugin has set as a header of the reply, such as CORS, has to be set on `reply.raw`. */
export async function serveByFastify(ask: Ask): Promise<Running> {
  const app = fastify({ forceCloseConnections: true });
  app.all('/api/answer', (_request, reply) => {
    const demand = createDemand();
    reply.hijack();
    pipeToNode(ask(demand), reply.raw, { wire: sse(), demand });
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url: `${address}/api/answer`, close: () => app.close() };
}
