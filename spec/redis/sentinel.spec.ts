import { createSentinel } from 'redis';
import { type RedisSentinel, redisStore } from 'rxllm/redis';
import { start, storeContract, text } from 'rxllm/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectClient } from './support/clients.js';
import { type RedisServer, redisServerPath, startRedis, startSentinel } from './support/redisServer.js';

describe.skipIf(redisServerPath === undefined)('redisStore with Sentinel', () => {
  const servers: RedisServer[] = [];
  let client: ReturnType<typeof createSentinel>;

  beforeAll(async () => {
    const master = await startRedis();
    servers.push(master);
    const replica = await startRedis({ replicaOf: master.port });
    servers.push(replica);
    const sentinel = await startSentinel(master.port, replica.port);
    servers.push(sentinel);
    await vi.waitUntil(async () => (await replicasOf(sentinel)).includes('"slave"'), { timeout: 20_000, interval: 100 });
    client = createSentinel({
      name: 'main',
      sentinelRootNodes: [{ host: '127.0.0.1', port: sentinel.port }],
      scanInterval: 200,
      nodeClientOptions: { disableClientInfo: true },
      sentinelClientOptions: { disableClientInfo: true },
    });
    client.on('error', () => undefined);
    await client.connect();
  }, 30_000);

  afterAll(async () => {
    await client?.destroy();
    for (const server of servers) await server.close();
  });

  async function replicasOf(sentinel: RedisServer): Promise<string> {
    const asked = await connectClient(sentinel.url);
    const replicas = await asked.sendCommand(['SENTINEL', 'REPLICAS', 'main']);
    asked.destroy();
    return JSON.stringify(replicas);
  }

  storeContract(it, () => redisStore(client as RedisSentinel), { leaseMs: 300, histories: 10 });

  it('goes on where it was when the master is gone and its replica is promoted', { timeout: 30_000 }, async () => {
    const [producer, reader] = [redisStore(client as RedisSentinel), redisStore(client as RedisSentinel)];
    const claimed = await producer.claim('x', { owner: 'a', leaseMs: 20_000, retentionMs: 60_000 });
    if (claimed.role !== 'produce') throw new Error('The stream is claimed');
    await producer.append('x', claimed.epoch, 1, [start()]);
    const seen: string[] = [];
    reader.read('x').subscribe({
      next: ({ event }) => seen.push(event.type === 'text-delta' ? event.text : event.type),
      error: (error: unknown) => seen.push(String(error)),
      complete: () => seen.push('complete'),
    });
    for (let seq = 2; seq <= 60; seq++) {
      if (seq === 20) await servers[0]?.kill();
      await producer.append('x', claimed.epoch, seq, [text(`${seq}`)]);
    }
    await producer.finish('x', claimed.epoch, { type: 'complete' });
    await expect.poll(() => seen.at(-1), { timeout: 5_000 }).toBe('complete');
    expect(seen).toEqual(['start', ...Array.from({ length: 59 }, (_, index) => `${index + 2}`), 'complete']);
  });
});
