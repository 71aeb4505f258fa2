import { lastValueFrom } from 'rxjs';
import { isStreamError } from 'rxllm';
import { type RedisClient, redisStore } from 'rxllm/redis';
import { finish, start, text } from 'rxllm/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectClient } from './support/clients.js';
import { judgeReaders, judgeTogether, keysWithoutTtl, readLog } from './support/judge.js';
import { type RedisServer, type RedisServerOptions, redisServerPath, startRedis } from './support/redisServer.js';
import { startProxy } from './support/tcpProxy.js';
import { createWorkers, type SeenReader, type Worker, type Workers } from './support/workers.js';

const leaseMs = 1_200;
const answer = { leaseMs, retentionMs: 60_000, events: 60, everyMs: 4 };

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Waits until all readers have ended, and returns how long that took. */
async function ended(readers: readonly SeenReader[], withinMs: number): Promise<number> {
  const since = performance.now();
  while (readers.some(({ ends }) => ends.length === 0) && performance.now() - since < withinMs) await pause(5);
  return performance.now() - since;
}

async function seen(reader: SeenReader, count: number): Promise<void> {
  for (let waits = 0; reader.entries.length < count && waits < 2_000; waits++) await pause(5);
  expect(reader.entries.length, `entries of ${reader.name}`).toBeGreaterThanOrEqual(count);
}

describe.skipIf(redisServerPath === undefined)('streams on Redis, when something fails', () => {
  let workers: Workers;
  let server: RedisServer;
  let client: RedisClient;

  beforeAll(async () => {
    workers = await createWorkers();
  });

  afterAll(async () => {
    await workers.close();
  });

  /** A server for the tests of the group, and a client that looks at it. */
  function onServer(options: RedisServerOptions): void {
    beforeEach(async () => {
      server = await startRedis(options);
      client = await connectClient(server.url);
    });
    afterEach(async () => {
      client.destroy();
      await server.close();
    });
  }

  async function produced(worker: Worker, id: string, seq: number): Promise<void> {
    await worker.seen((report) => report.kind === 'emitted' && report.id === id && report.seq >= seq);
  }

  async function judged(id: string, readers: readonly SeenReader[]): Promise<void> {
    expect(judgeReaders(readers, await readLog(client, id))).toEqual([]);
    expect(await keysWithoutTtl(client)).toEqual([]);
  }

  describe('of a producer', () => {
    onServer({});

    it.each([2, 23, 61])('is killed at event %i: readers in other processes end within its lease and a second', async (dieAt) => {
      const [producer, reading] = await Promise.all([workers.start(server.url), workers.start(server.url)]);
      producer.ask({ kind: 'produce', id: 'x', name: 'p', ...answer, dieAt });
      await produced(producer, 'x', dieAt - 1);
      const readers = [reading.read('x', 'a'), reading.read('x', 'b')];
      const took = await ended(readers, leaseMs + 5_000);
      expect(took).toBeLessThan(leaseMs + 1_000);
      readers.push(reading.read('x', 'late'));
      await ended(readers, 1_000);
      expect(readers.map(({ ends }) => ends)).toEqual(Array.from({ length: 3 }, () => ['truncated producer_lost']));
      await judged('x', readers);
    });

    it('is stopped for longer than its lease: when it goes on, it writes nothing', async () => {
      const [producer, reading] = await Promise.all([workers.start(server.url), workers.start(server.url)]);
      producer.ask({ kind: 'produce', id: 'x', name: 'p', ...answer });
      await produced(producer, 'x', 20);
      producer.signal('SIGSTOP');
      const reader = reading.read('x', 'a');
      await ended([reader], leaseMs + 5_000);
      const before = await readLog(client, 'x');
      producer.signal('SIGCONT');
      const settled = await producer.seen(({ kind }) => kind === 'settled');
      expect(settled).toMatchObject({ outcome: 'fenced' });
      expect(await readLog(client, 'x')).toEqual(before);
      expect(reader.ends).toEqual(['truncated producer_lost']);
      await judged('x', [reader]);
    });

    it('two at once: one produces, and the readers of both see it', async () => {
      const both = await Promise.all([workers.start(server.url), workers.start(server.url)]);
      for (const [index, worker] of both.entries()) worker.ask({ kind: 'produce', id: 'x', name: `p${index}`, ...answer });
      await Promise.race(both.map((worker) => produced(worker, 'x', 1)));
      await pause(50);
      const readers = both.map((worker, index) => worker.read('x', `r${index}`));
      await ended(readers, 10_000);
      expect(readers.map(({ ends }) => ends)).toEqual([['complete'], ['complete']]);
      const names = new Set(
        readers.flatMap(({ entries }) => entries.map(([, event]) => /p[01]/.exec(event)?.[0]).filter(Boolean)),
      );
      expect(names.size).toBe(1);
      await judged('x', readers);
    });

    it('its clock is 5 s fast and that of the reader 5 s slow: nothing changes', async () => {
      const [producer, reading] = await Promise.all([
        workers.start(server.url, { SKEW_MS: '5000' }),
        workers.start(server.url, { SKEW_MS: '-5000' }),
      ]);
      producer.ask({ kind: 'produce', id: 'x', name: 'p', ...answer, events: 400 });
      producer.ask({
        kind: 'produce',
        id: 'y',
        name: 'p',
        ...answer,
        dieAt: 50 + Math.ceil(1_700 / answer.everyMs),
        events: 1_000,
      });
      await produced(producer, 'x', 5);
      const [whole, cut] = [reading.read('x', 'x'), reading.read('y', 'y')];
      // The first stream ends by itself before the process dies.
      await ended([whole, cut], 10_000);
      expect(whole.ends).toEqual(['complete']);
      expect(cut.ends).toEqual(['truncated producer_lost']);
      await judged('x', [whole]);
      await judged('y', [cut]);
    });

    it('is cancelled from another process: it stops at once, and its readers complete', async () => {
      const [producer, other] = await Promise.all([workers.start(server.url), workers.start(server.url)]);
      producer.ask({ kind: 'produce', id: 'x', name: 'p', ...answer, events: 100_000, leaseMs: 15_000 });
      await produced(producer, 'x', 20);
      const reader = other.read('x', 'a');
      await seen(reader, 20);
      const since = performance.now();
      other.ask({ kind: 'cancel', id: 'x', reason: 'enough' });
      const settled = await producer.seen(({ kind }) => kind === 'settled');
      expect(settled).toMatchObject({ outcome: 'cancel' });
      await ended([reader], 1_000);
      expect(performance.now() - since).toBeLessThan(1_000);
      expect(reader.ends).toEqual(['complete']);
      expect(reader.entries.at(-1)?.[1]).toContain('"rawReason":"enough"');
      await judged('x', [reader]);
    });
  });

  describe('of Redis', () => {
    describe('with its log on disk', () => {
      onServer({ appendOnly: 'everysec' });

      it('is killed in the middle of appends: all goes on where it was', async () => {
        const [producer, reading] = await Promise.all([workers.start(server.url), workers.start(server.url)]);
        producer.ask({ kind: 'produce', id: 'x', name: 'p', ...answer, leaseMs: 5_000, events: 200 });
        await produced(producer, 'x', 30);
        const reader = reading.read('x', 'a');
        await seen(reader, 30);
        await server.kill();
        await pause(300);
        await server.start();
        const late = reading.read('x', 'late');
        await ended([reader, late], 20_000);
        expect([reader.ends, late.ends]).toEqual([['complete'], ['complete']]);
        expect(reader.entries).toHaveLength(202);
        await judged('x', [reader, late]);
      });

      it('loses the last entries that it had stored: the producer appends them again', async () => {
        const [producer, reading] = await Promise.all([workers.start(server.url), workers.start(server.url)]);
        producer.ask({ kind: 'produce', id: 'x', name: 'p', ...answer, leaseMs: 5_000, events: 200 });
        await produced(producer, 'x', 30);
        const reader = reading.read('x', 'a');
        await seen(reader, 60);
        producer.signal('SIGSTOP');
        const before = (await readLog(client, 'x')).events.length;
        await server.kill();
        await server.loseTail(3_000);
        await server.start();
        const { events } = await readLog(client, 'x');
        expect(events.length).toBeLessThan(before);
        producer.signal('SIGCONT');
        const late = reading.read('x', 'late');
        await ended([reader, late], 20_000);
        expect([reader.ends, late.ends]).toEqual([['complete'], ['complete']]);
        expect(late.entries).toHaveLength(202);
        await judged('x', [reader, late]);
      });
    });

    describe('without a log on disk', () => {
      onServer({});

      it('is killed and has lost all: readers get a gap, and a new claim has a higher epoch', async () => {
        const [producer, reading] = await Promise.all([workers.start(server.url), workers.start(server.url)]);
        producer.ask({ kind: 'produce', id: 'x', name: 'p', ...answer, events: 100_000 });
        await produced(producer, 'x', 30);
        const readers = [reading.read('x', 'a'), producer.read('x', 'b')];
        for (const reader of readers) await seen(reader, 30);
        await server.kill();
        await pause(200);
        await server.start();
        expect(await producer.seen(({ kind }) => kind === 'settled')).toMatchObject({ outcome: 'fenced' });
        await ended(readers, 10_000);
        expect(readers.map(({ ends }) => ends)).toEqual([['gap lost'], ['gap lost']]);
        expect(judgeTogether(readers)).toEqual([]);

        const last = readers[0]?.entries.at(-1)?.[0] ?? '';
        reading.ask({ kind: 'produce', id: 'x', name: 'q', ...answer });
        await produced(reading, 'x', 5);
        const older = reading.read('x', 'older', last);
        const newer = producer.read('x', 'newer');
        await ended([older, newer], 10_000);
        expect(older.ends).toEqual(['gap unknown_id']);
        expect(older.entries).toEqual([]);
        expect(newer.ends).toEqual(['complete']);
        expect(Number(newer.entries[0]?.[0].split('-')[0])).toBeGreaterThan(Number(last.split('-')[0]));
        await judged('x', [newer]);
      });
    });
  });

  describe('of the network', () => {
    onServer({});

    it.each([
      ['and then closes the connections', true],
      ['and keeps the connections open', false],
    ])('drops replies %s: each event is stored once, and seen once', async (_, cuts) => {
      const proxy = await startProxy(server.port);
      const [producer, reading] = await Promise.all([workers.start(proxy.url), workers.start(proxy.url)]);
      producer.ask({ kind: 'produce', id: 'x', name: 'p', ...answer, leaseMs: 8_000, events: 300 });
      await produced(producer, 'x', 20);
      const reader = reading.read('x', 'a');
      await seen(reader, 20);
      for (let drops = 0; drops < 3; drops++) {
        proxy.dropsReplies = true;
        await pause(150);
        proxy.dropsReplies = false;
        if (cuts) proxy.cut();
        await pause(150);
      }
      expect(proxy.dropped).toBeGreaterThan(0);
      await ended([reader], 30_000);
      expect(reader.ends).toEqual(['complete']);
      expect(reader.entries).toHaveLength(302);
      await judged('x', [reader]);
      await proxy.close();
    });
  });

  describe('of a reader', () => {
    onServer({});

    it('is stopped for 10 s: it then sees what it missed', async () => {
      const [producer, reading] = await Promise.all([workers.start(server.url), workers.start(server.url)]);
      producer.ask({ kind: 'produce', id: 'x', name: 'p', ...answer, events: 2_000, everyMs: 2 });
      await produced(producer, 'x', 20);
      const reader = reading.read('x', 'a');
      await seen(reader, 20);
      reading.signal('SIGSTOP');
      await pause(10_000);
      reading.signal('SIGCONT');
      await ended([reader], 10_000);
      expect(reader.ends).toEqual(['complete']);
      expect(reader.entries).toHaveLength(2_002);
      await judged('x', [reader]);
    });

    it('500 of them join late: each sees all, by one blocked connection', async () => {
      const [producer, reading] = await Promise.all([workers.start(server.url), workers.start(server.url)]);
      producer.ask({ kind: 'produce', id: 'x', name: 'p', ...answer, leaseMs: 5_000, events: 700 });
      await produced(producer, 'x', 600);
      const readers = Array.from({ length: 500 }, (_, index) => reading.read('x', `r${index}`));
      await Promise.all(readers.map((reader) => seen(reader, 600)));
      // Its commands, its blocked one, the same of the producer, and the client of this spec.
      const clients = String(await client.sendCommand(['CLIENT', 'LIST']))
        .trim()
        .split('\n');
      expect(clients.filter((line) => line.includes('flags=b')).length).toBeLessThanOrEqual(2);
      expect(clients.length).toBeLessThanOrEqual(5);
      await ended(readers, 20_000);
      expect(readers.filter(({ ends }) => ends[0] === 'complete')).toHaveLength(500);
      await judged('x', readers);
      await expect
        .poll(
          async () =>
            String(await client.sendCommand(['CLIENT', 'LIST']))
              .trim()
              .split('\n').length,
        )
        .toBe(3);
    });

    it('sends what is no id, or one that is not there yet', async () => {
      const store = redisStore(client);
      const claimed = await store.claim('x', { owner: 'a', leaseMs: 10_000, retentionMs: 10_000 });
      if (claimed.role !== 'produce') throw new Error('The stream is claimed');
      await store.append('x', claimed.epoch, 1, [start(), text('a')]);
      const fates: Record<string, string> = {};
      for (const after of [
        '',
        'garbage',
        '1',
        '-',
        '+',
        '$',
        '0-0',
        '1-1',
        ' 1-1',
        '1-1-1',
        '9'.repeat(400),
        '<script>',
        '\u0000',
      ]) {
        fates[after] = await fate(after);
      }
      for (const ahead of [`${claimed.epoch}-3`, `${claimed.epoch + 1}-0`, `${claimed.epoch}-${Number.MAX_SAFE_INTEGER}`]) {
        fates[ahead] = await fate(ahead);
      }
      expect(new Set(Object.values(fates))).toEqual(new Set(['gap malformed_id', 'gap unknown_id']));

      async function fate(after: string): Promise<string> {
        try {
          await lastValueFrom(store.read('x', after));
          return 'complete';
        } catch (error) {
          return isStreamError(error) ? `${error.kind} ${error.code}` : String(error);
        }
      }
    });

    it('reads while the log expires: it gets a gap, and the producer is fenced', async () => {
      const [producer, reading] = await Promise.all([workers.start(server.url), workers.start(server.url)]);
      producer.ask({ kind: 'produce', id: 'x', name: 'p', ...answer, events: 30, everyMs: 20 });
      await produced(producer, 'x', 10);
      const reader = reading.read('x', 'a');
      await seen(reader, 10);
      await client.sendCommand(['PEXPIRE', 'rxllm:{x}:log', '1']);
      expect(await producer.seen(({ kind }) => kind === 'settled')).toMatchObject({ outcome: 'fenced' });
      await ended([reader], leaseMs + 1_000);
      expect(reader.ends).toEqual(['gap lost']);
      expect(judgeTogether([reader])).toEqual([]);
    });

    it('leaves no connection, timer or key without an end when it unsubscribes', async () => {
      const store = redisStore(client);
      const claimed = await store.claim('x', { owner: 'a', leaseMs: 10_000, retentionMs: 10_000 });
      if (claimed.role !== 'produce') throw new Error('The stream is claimed');
      await store.append('x', claimed.epoch, 1, [start(), text('a')]);
      const events: string[] = [];
      const subscriptions = Array.from({ length: 20 }, () =>
        store.read('x').subscribe({ next: ({ event }) => events.push(event.type), error: (error) => events.push(String(error)) }),
      );
      await expect.poll(() => events.length).toBe(40);
      for (const subscription of subscriptions) subscription.unsubscribe();
      await store.append('x', claimed.epoch, 3, [finish()]);
      await expect
        .poll(
          async () =>
            String(await client.sendCommand(['CLIENT', 'LIST']))
              .trim()
              .split('\n').length,
        )
        .toBe(1);
      expect(events).toHaveLength(40);
      expect(await keysWithoutTtl(client)).toEqual([]);
    });
  });
});
