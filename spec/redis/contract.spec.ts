import fc from 'fast-check';
import { type RedisClient, redisStore } from 'rxllm/redis';
import { storeContract } from 'rxllm/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { connectClient } from './support/clients.js';
import { type RedisServer, redisServerPath, startRedis } from './support/redisServer.js';

describe.skipIf(redisServerPath === undefined)('redisStore', () => {
  let server: RedisServer;
  let client: RedisClient;

  beforeAll(async () => {
    server = await startRedis();
    client = await connectClient(server.url);
  });

  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  describe('as a store of streams', () => {
    storeContract(it, () => redisStore(client), {
      leaseMs: 300,
      property: (holds) =>
        fc.assert(fc.asyncProperty(fc.array(fc.nat({ max: 100_000 }), { maxLength: 40 }), holds), { numRuns: 25 }),
    });
  });

  describe('as a store of streams, with RESP2', () => {
    let old: RedisClient;
    beforeAll(async () => {
      old = await connectClient(server.url, { RESP: 2 });
    });
    afterAll(() => {
      old.destroy();
    });
    storeContract(it, () => redisStore(old), { leaseMs: 200, histories: 25 });
  });
});
