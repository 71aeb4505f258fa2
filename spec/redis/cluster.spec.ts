import { createCluster } from 'redis';
import { type RedisClient, redisStore } from 'rxllm/redis';
import { storeContract } from 'rxllm/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { connectClient } from './support/clients.js';
import { type RedisServer, redisServerPath, startRedis } from './support/redisServer.js';

describe.skipIf(redisServerPath === undefined)('redisStore in a cluster', () => {
  const servers: RedisServer[] = [];
  let cluster: ReturnType<typeof createCluster>;

  beforeAll(async () => {
    for (let started = 0; started < 3; started++) servers.push(await startRedis({ isCluster: true }));
    const [first] = servers;
    for (const [index, server] of servers.entries()) {
      const client = await connectClient(server.url);
      const from = Math.floor((index * 16_384) / 3);
      const to = Math.floor(((index + 1) * 16_384) / 3) - 1;
      await client.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', String(from), String(to)]);
      if (first && server !== first) await client.sendCommand(['CLUSTER', 'MEET', '127.0.0.1', String(first.port)]);
      client.destroy();
    }
    for (const server of servers) {
      const client = await connectClient(server.url);
      await untilFormed(client);
      client.destroy();
    }
    cluster = createCluster({ rootNodes: servers.map(({ url }) => ({ url })) });
    cluster.on('error', () => undefined);
    await cluster.connect();
  });

  afterAll(async () => {
    cluster?.destroy();
    for (const server of servers) await server.close();
  });

  async function untilFormed(client: RedisClient): Promise<void> {
    for (let waits = 0; waits < 400; waits++) {
      const info = String(await client.sendCommand(['CLUSTER', 'INFO']));
      if (/cluster_state:ok[\s\S]*cluster_known_nodes:3/.test(info)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('The cluster has not formed');
  }

  storeContract(it, () => redisStore(cluster), { leaseMs: 300, histories: 10 });
});
