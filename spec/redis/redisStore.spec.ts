import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { StreamEntry, StreamStore } from 'rxllm/durable';
import { type RedisClient, redisStore } from 'rxllm/redis';
import { start, text } from 'rxllm/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectClient } from './support/clients.js';
import { type RedisServer, redisServerPath, startRedis } from './support/redisServer.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function usedBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A client whose commands are sent by `send` while that is there. */
function replaceSend(client: RedisClient): { readonly client: RedisClient; send: RedisClient['sendCommand'] | undefined } {
  const replaced = { client: proxy(), send: undefined as RedisClient['sendCommand'] | undefined };
  function proxy(): RedisClient {
    return new Proxy(client, {
      get(target, name) {
        if (name === 'sendCommand' && replaced.send) return replaced.send;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
  return replaced;
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

  /** Removes the last entries of a log, as a Redis that restarts without its last writes does. */
  async function lose(id: string, count: number): Promise<void> {
    const log = `rxllm:{${id}}:log`;
    const entries = (await client.sendCommand(['XRANGE', log, '-', '+'])) as readonly [string, readonly string[]][];
    await client.sendCommand(['DEL', log]);
    for (const [entry, fields] of entries.slice(0, -count)) await client.sendCommand(['XADD', log, entry, ...fields]);
  }

  /** Reads a stream; the list gets the types of its events, and how it ends. */
  function watch(store: StreamStore, id: string): string[] {
    const seen: string[] = [];
    store.read(id).subscribe({
      next: ({ event }) => seen.push(event.type),
      error: (error: unknown) => seen.push(error instanceof Error ? error.name : String(error)),
      complete: () => seen.push('complete'),
    });
    return seen;
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

  it('ends a reader with GapError when Redis has lost entries and the stream has ended before them', async () => {
    const store = redisStore(client);
    const epoch = await produce(store, 'x', 600);
    await store.append('x', epoch, 1, [start(), text('a'), text('b')]);
    const seen = watch(store, 'x');
    await expect.poll(() => seen.length).toBe(3);
    await lose('x', 2);
    // By another process, which does not know what was stored.
    await redisStore(client).finish('x', epoch, { type: 'complete' });
    await expect.poll(() => seen, { timeout: 3_000 }).toEqual(['start', 'text-delta', 'text-delta', 'GapError']);
  });

  it('ends that reader too when the end has the id of the last entry that it has', async () => {
    const store = redisStore(client);
    const epoch = await produce(store, 'x', 600);
    await store.append('x', epoch, 1, [start(), text('a'), text('b')]);
    const seen = watch(store, 'x');
    await expect.poll(() => seen.length).toBe(3);
    await lose('x', 1);
    await redisStore(client).finish('x', epoch, { type: 'complete' });
    await expect.poll(() => seen, { timeout: 3_000 }).toEqual(['start', 'text-delta', 'text-delta', 'GapError']);
  });

  it('appends again what Redis has lost before an end that is written at the second try', async () => {
    const replaced = replaceSend(client);
    const store = redisStore(replaced.client, { retryMs: 100 });
    const epoch = await produce(store, 'x');
    await store.append('x', epoch, 1, [start(), text('a'), text('b')]);
    const seen = watch(redisStore(client), 'x');
    await expect.poll(() => seen.length).toBe(3);
    replaced.send = () => Promise.reject(new Error('down'));
    await expect(store.finish('x', epoch, { type: 'complete' })).rejects.toThrow('Redis cannot be reached');
    await lose('x', 2);
    replaced.send = undefined;
    await store.finish('x', epoch, { type: 'complete' });
    await expect.poll(() => seen, { timeout: 3_000 }).toEqual(['start', 'text-delta', 'text-delta', 'complete']);
  });

  it('asks seldom for a lease that is longer than a timer can be', async () => {
    const replaced = replaceSend(client);
    let sent = 0;
    replaced.send = (...command) => {
      sent++;
      return client.sendCommand(...command);
    };
    const store = redisStore(replaced.client);
    await produce(store, 'x', 1e10);
    const reader = store.read('x').subscribe();
    await pause(200);
    reader.unsubscribe();
    expect(sent).toBeLessThan(20);
  });

  it('closes the connection that replaced a silent one when it is idle for 30 s', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    /** Advances the timers of the store; replies come in real time. */
    async function advance(milliseconds: number): Promise<void> {
      vi.advanceTimersByTime(milliseconds);
      await pause(30);
    }
    try {
      const replaced = replaceSend(client);
      replaced.send = () => new Promise(() => undefined);
      let isClaimed = false;
      const claimed = produce(redisStore(replaced.client, { replyTimeoutMs: 100 }), 'x').then(() => {
        isClaimed = true;
      });
      for (let waits = 0; !isClaimed && waits < 100; waits++) await advance(50);
      await claimed;
      await advance(28_000);
      expect(await connections()).toBe(2);
      await advance(2_000);
      expect(await connections()).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps nothing of a producer that has given up', async () => {
    const store = redisStore(client);
    const before = usedBytes();
    for (let index = 0; index < 30; index++) {
      const epoch = await produce(store, `x${index}`);
      const cancels = store.cancelled?.(`x${index}`, epoch).subscribe();
      if (index % 2) await store.cancel(`x${index}`);
      await store.append(`x${index}`, epoch, 1, [start(), text(String(index).padEnd(900_000, 'x'))]);
      cancels?.unsubscribe();
    }
    await pause(100);
    expect(usedBytes() - before).toBeLessThan(10e6);
  });

  /** How often Redis has run a command since the last reset. */
  async function calls(command: string): Promise<number> {
    const info = String(await client.sendCommand(['INFO', 'commandstats']));
    return Number(info.split(`cmdstat_${command}:calls=`)[1]?.split(',')[0] ?? 0);
  }

  it('appends to many streams by few commands', async () => {
    const store = redisStore(client);
    const ids = Array.from({ length: 200 }, (_, index) => `s${index}`);
    const epochs = await Promise.all(ids.map((id) => produce(store, id)));
    await Promise.all(ids.map((id, index) => store.append(id, epochs[index] ?? 0, 1, [start()])));
    await client.sendCommand(['CONFIG', 'RESETSTAT']);
    await Promise.all(ids.map((id, index) => store.append(id, epochs[index] ?? 0, 2, [text('a'), text('b')])));
    expect(await calls('xadd')).toBe(400);
    expect(await calls('evalsha')).toBeLessThanOrEqual(4);
  });

  it('rejects the append of one stream only, where that is at fault', async () => {
    const store = redisStore(client);
    const ids = Array.from({ length: 20 }, (_, index) => `s${index}`);
    const epochs = await Promise.all(ids.map((id) => produce(store, id)));
    await client.sendCommand(['SET', 'rxllm:{s7}:log', 'no log']);
    const appended = await Promise.allSettled(ids.map((id, index) => store.append(id, epochs[index] ?? 0, 1, [start()])));
    expect(appended.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([7]);
  });

  it('stores each event of one stream once, where appends do not await each other', async () => {
    const store = redisStore(client);
    for (let index = 0; index < 20; index++) await produce(store, `s${index}`);
    const epoch = await produce(store, 'x');
    const texts = Array.from({ length: 10 }, (_, index) => `t${index}`);
    const seen = watch(store, 'x');
    const appends = texts.map((word, index) => store.append('x', epoch, index + 1, [text(word)]));
    await Promise.all([...appends, store.finish('x', epoch, { type: 'complete' })]);
    await expect.poll(() => seen.at(-1)).toBe('complete');
    expect(seen).toHaveLength(11);
  });

  describe('with a producer and readers in one process', () => {
    it('emits what is stored without a command for it', async () => {
      const store = redisStore(client);
      const epoch = await produce(store, 'x');
      await store.append('x', epoch, 1, [start()]);
      const seen = watch(store, 'x');
      await expect.poll(() => seen.length).toBe(1);
      await store.append('x', epoch, 2, [text('a')]);
      await pause(50);
      await client.sendCommand(['CONFIG', 'RESETSTAT']);
      for (let seq = 3; seq <= 102; seq++) await store.append('x', epoch, seq, [text('a')]);
      expect(seen).toHaveLength(102);
      expect(await calls('xread')).toBeLessThanOrEqual(2);
      await store.finish('x', epoch, { type: 'complete' });
      await expect.poll(() => seen.at(-1), { timeout: 300 }).toBe('complete');
    });

    it('emits the same as a reader elsewhere, which is a copy', async () => {
      const stores = [redisStore(client), redisStore(client)];
      const [store] = stores;
      if (!store) return;
      const epoch = await produce(store, 'x');
      const event = { type: 'start', model: undefined, id: 'a', provider: 'p' } as never;
      await store.append('x', epoch, 1, [start()]);
      const emitted: StreamEntry[][] = stores.map(() => []);
      for (const [index, each] of stores.entries()) {
        each.read('x').subscribe({ next: (entry) => emitted[index]?.push(entry), error: () => emitted[index]?.splice(0) });
      }
      await expect.poll(() => emitted.map(({ length }) => length)).toEqual([1, 1]);
      await store.append('x', epoch, 2, [event, text('a')]);
      await expect.poll(() => emitted.map(({ length }) => length)).toEqual([3, 3]);
      expect(emitted[0]).toStrictEqual(emitted[1]);
      expect(emitted[0]?.[1]?.event).not.toBe(event);
      await store.finish('x', epoch, { type: 'complete' });
    });

    /** Another store takes the stream over when two of its events are stored, and appends one. */
    async function takeOver() {
      const [store, other] = [redisStore(client), redisStore(client)];
      const epoch = await produce(store, 'x', 300);
      await store.append('x', epoch, 1, [start()]);
      const seen = watch(store, 'x');
      await expect.poll(() => seen.length).toBe(1);
      await store.append('x', epoch, 2, [text('a')]);
      await client.sendCommand(['HSET', 'rxllm:{x}:meta', 'leaseUntil', '1']);
      const taken = await produce(other, 'x');
      await other.append('x', taken, 1, [text('b')]);
      return { store, other, epoch, taken, seen };
    }

    it('emits what another process appends that takes the stream over', async () => {
      const { store, other, epoch, taken, seen } = await takeOver();
      await expect(store.append('x', epoch, 3, [text('zombie')])).rejects.toThrow('Another producer');
      await expect.poll(() => seen, { timeout: 300 }).toEqual(['start', 'text-delta', 'text-delta']);
      await other.append('x', taken, 2, [text('c')]);
      await expect.poll(() => seen, { timeout: 300 }).toHaveLength(4);
      await other.finish('x', taken, { type: 'complete' });
      await expect.poll(() => seen.at(-1)).toBe('complete');
    });

    it('emits it even where the producer that was replaced is silent', async () => {
      const { other, taken, seen } = await takeOver();
      await expect.poll(() => seen, { timeout: 4_000 }).toHaveLength(3);
      await other.finish('x', taken, { type: 'complete' });
      await expect.poll(() => seen.at(-1)).toBe('complete');
    });
  });
});
