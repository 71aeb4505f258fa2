import fc from 'fast-check';
import type { RedisClient } from 'rxllm/redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClient } from './support/clients.js';
import { judgeReaders, judgeTogether, keysWithoutTtl, readLog } from './support/judge.js';
import { type Cast, type History, histories, makeWeather, playHistory, type Weather, weathers } from './support/playHistory.js';
import { type RedisServer, redisServerPath, startRedis } from './support/redisServer.js';
import { startProxy, type TcpProxy } from './support/tcpProxy.js';
import { createWorkers, type Worker, type Workers } from './support/workers.js';

/** How many histories are played at the same time, on one server and in one weather. */
const atOnce = 10;

describe.skipIf(redisServerPath === undefined)('random histories of streams on Redis', () => {
  let workers: Workers;
  const servers: RedisServer[] = [];

  beforeAll(async () => {
    workers = await createWorkers();
  });

  afterAll(async () => {
    await workers.close();
    for (const server of servers) await server.close();
  });

  it.each([
    ['with its log on disk', 'everysec' as const, 160],
    ['without a log on disk', 'no' as const, 60],
  ])('%s: each reader sees a prefix of one order, and one end', { timeout: 200_000 }, async (_, appendOnly, count) => {
    const server = await startRedis({ appendOnly });
    servers.push(server);
    const proxy = await startProxy(server.port);
    const client = await connectClient(server.url);
    const idle: Worker[] = [];
    const cast: Cast = {
      take: async () => idle.pop() ?? workers.start(proxy.url),
      give: (worker) => worker.isAlive && idle.push(worker),
      reading: await Promise.all([workers.start(proxy.url), workers.start(proxy.url)]),
    };
    const all = fc.sample(histories, count);
    const sky = fc.sample(weathers, Math.ceil(count / atOnce));
    let readers = 0;
    for (const [batch, weather] of sky.entries()) {
      const name = `${appendOnly}-${batch}`;
      readers += await playTogether(all.slice(batch * atOnce, (batch + 1) * atOnce), weather, {
        name,
        cast,
        client,
        server,
        proxy,
        appendOnly,
      });
    }
    expect(await keysWithoutTtl(client)).toEqual([]);
    console.log(`${all.length} histories with ${readers} readers, Redis ${_}`);
    client.destroy();
    await proxy.close();
  });

  interface Place {
    readonly name: string;
    readonly cast: Cast;
    readonly client: RedisClient;
    readonly server: RedisServer;
    readonly proxy: TcpProxy;
    readonly appendOnly: 'no' | 'everysec';
  }

  async function playTogether(batch: readonly History[], weather: Weather, place: Place): Promise<number> {
    const { name, cast, client, server, proxy, appendOnly } = place;
    async function restart(downMs: number, lostBytes: number): Promise<void> {
      await server.kill();
      if (appendOnly !== 'no') await server.loseTail(lostBytes);
      await new Promise((resolve) => setTimeout(resolve, downMs));
      await server.start();
    }
    const [seen] = await Promise.all([
      Promise.all(batch.map((history, index) => playHistory(`${name}-${index}`, history, cast))),
      makeWeather(weather, proxy, restart),
    ]);
    const isLost = weather.kind === 'restart' && (appendOnly === 'no' || weather.lostBytes > 0);
    for (const [index, history] of batch.entries()) {
      const ofHistory = seen[index] ?? [];
      const log = await readLog(client, `${name}-${index}`);
      const problems = isLost ? judgeTogether(ofHistory, log.problems) : judgeReaders(ofHistory, log);
      const ends = ofHistory.map((reader) => `${reader.after ?? 'start'}: ${reader.entries.length} ${reader.ends.join(' ')}`);
      expect(problems, JSON.stringify({ history, weather, ends })).toEqual([]);
    }
    return seen.flat().length;
  }
});
