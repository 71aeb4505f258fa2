import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lastValueFrom, timer } from 'rxjs';
import { memoryStore, type StreamStore } from 'rxllm/durable';
import { start, storeContract, text, virtualTime } from 'rxllm/testing';

/** Creates a stream that has expired when its readers are about to notice that its lease has run out. */
async function expiredStream(store: StreamStore, id: string): Promise<void> {
  const epoch = await produce(store, id, 20);
  await store.append(id, epoch, 1, [start(), text('x'.repeat(2_000))]);
  store.read(id).subscribe({ error: () => undefined });
  await lastValueFrom(timer(20));
}

async function produce(store: StreamStore, id: string, retentionMs = 60_000): Promise<number> {
  const claim = await store.claim(id, { owner: 'a', leaseMs: retentionMs, retentionMs });
  if (claim.role !== 'produce') throw new Error('The stream has a producer');
  return claim.epoch;
}

describe('memoryStore', () => {
  describe('in virtual time', () => {
    storeContract(
      (name, run) =>
        it(
          name,
          virtualTime(async () => run()),
        ),
      memoryStore,
      {
        leaseMs: 3_000,
        property: (holds) =>
          fc.assert(fc.asyncProperty(fc.array(fc.nat({ max: 100_000 }), { maxLength: 80 }), holds), { numRuns: 200 }),
      },
    );
  });

  describe('in real time', () => {
    storeContract(it, memoryStore, { leaseMs: 60, histories: 25 });
  });

  it(
    'drops an expired stream once, and no other stream of its id',
    virtualTime(async () => {
      const store = memoryStore({ maxStreams: 2 });
      await expiredStream(store, 'a');
      await produce(store, 'a');
      await lastValueFrom(timer(50));
      await produce(store, 'b');
      await expect(produce(store, 'c')).rejects.toMatchObject({ limit: 'maxStreams' });
      expect(await store.isOpen?.('a')).toBe(true);
    }),
  );

  it(
    'counts the characters of an expired stream once',
    virtualTime(async () => {
      const store = memoryStore({ maxChars: 3_000 });
      await expiredStream(store, 'a');
      const epoch = await produce(store, 'b');
      await lastValueFrom(timer(50));
      await store.append('b', epoch, 1, [start(), text('x'.repeat(2_500))]);
      await expect(store.append('b', epoch, 3, [text('x'.repeat(2_000))])).rejects.toMatchObject({ limit: 'maxChars' });
    }),
  );
});
