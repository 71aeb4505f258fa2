import type { StreamStore } from 'rxllm/durable';
import { type RedisClient, redisStore } from 'rxllm/redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectClient } from './support/clients.js';
import { type RedisServer, redisServerPath, startRedis } from './support/redisServer.js';

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

describe.skipIf(redisServerPath === undefined)('redisStore', () => {
  let server: RedisServer;
  let client: RedisClient;

  beforeAll(async () => {
    server = await startRedis();
  });

  afterAll(async () => {
    await server.close();
  });

  beforeEach(async () => {
    client = await connectClient(server.url);
    await client.sendCommand(['FLUSHALL']);
  });

  afterEach(() => {
    client.destroy();
  });

  async function connections(): Promise<number> {
    return String(await client.sendCommand(['CLIENT', 'LIST']))
      .trim()
      .split('\n').length;
  }

  async function produce(store: StreamStore, id: string, leaseMs = 10_000): Promise<number> {
    const claimed = await store.claim(id, { owner: 'a', leaseMs, retentionMs: Math.max(leaseMs, 60_000) });
    if (claimed.role !== 'produce') throw new Error('The stream is claimed');
    return claimed.epoch;
  }

  it.each([0, 1, 2, 3, 5])('leaves no connection when its readers unsubscribe %i ms after they subscribed', async (delay) => {
    const store = redisStore(client);
    for (let round = 0; round < 10; round++) {
      const epoch = await produce(store, `x${round}`);
      const cancels = store.cancelled?.(`x${round}`, epoch).subscribe();
      const reader = store.read(`x${round}`).subscribe();
      await pause(delay);
      cancels?.unsubscribe();
      reader.unsubscribe();
    }
    await expect.poll(connections).toBe(1);
    await pause(50);
    expect(await connections()).toBe(1);
  });
});
