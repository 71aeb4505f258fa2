import { describe, expect, it } from '@jest/globals';
import { catchError, concatMap, filter, map, NEVER, of, skip } from 'rxjs';
import { isStreamError } from 'rxllm';
import { memoryStore, type StreamStore } from 'rxllm/durable';
import { ContractError, storeContract, virtualTime } from 'rxllm/testing';

type Changes = (store: StreamStore) => Partial<StreamStore>;

/** The names of the tests that a store does not pass. */
async function failures(changes: Changes): Promise<readonly string[]> {
  const tests: { readonly name: string; readonly run: () => void | Promise<void> }[] = [];
  const makeStore = (): StreamStore => {
    const store = memoryStore();
    return { ...store, ...changes(store) };
  };
  storeContract((name, run) => tests.push({ name, run }), makeStore, { leaseMs: 3_000, histories: 25 });
  const failed: string[] = [];
  for (const { name, run } of tests) {
    try {
      await virtualTime(async () => run())();
    } catch (error) {
      if (!(error instanceof ContractError || isStreamError(error))) throw error;
      failed.push(name);
    }
  }
  return failed;
}

const histories = 'keeps its promises in random histories';

describe('storeContract', () => {
  it('is passed by the store in memory', async () => {
    expect(await failures(() => ({}))).toEqual([]);
  });

  it.each<[string, Changes]>([
    [
      'emits an entry twice',
      (store) => ({
        read: (id, after) =>
          store.read(id, after).pipe(concatMap((entry) => (entry.id.endsWith('-3') ? of(entry, entry) : of(entry)))),
      }),
    ],
    [
      'loses an entry',
      (store) => ({ read: (id, after) => store.read(id, after).pipe(filter((entry) => !entry.id.endsWith('-2'))) }),
    ],
    [
      'begins one entry too late',
      (store) => ({ read: (id, after) => (after ? store.read(id, after).pipe(skip(1)) : store.read(id)) }),
    ],
    ['ignores the id to go on after', (store) => ({ read: (id) => store.read(id) })],
    [
      'takes garbage for the beginning',
      (store) => ({ read: (id, after) => store.read(id, after).pipe(catchError(() => store.read(id))) }),
    ],
    [
      'never ends a reader of a dead producer',
      (store) => ({
        read: (id, after) => store.read(id, after).pipe(catchError(() => NEVER)),
      }),
    ],
    [
      'lets every caller produce',
      (store) => ({
        async claim(id, claim) {
          const result = await store.claim(id, claim);
          return result.role === 'follow' ? { role: 'produce', epoch: 1, takeover: false } : result;
        },
      }),
    ],
    [
      'stores for a producer that was replaced, without an error',
      (store) => ({ append: (...call) => store.append(...call).catch(() => undefined) }),
    ],
    [
      'forgets what it has acknowledged',
      (store) => ({
        append: (id, epoch, fromSeq, events) => (fromSeq > 4 ? Promise.resolve() : store.append(id, epoch, fromSeq, events)),
      }),
    ],
    [
      'changes the ids',
      (store) => ({ read: (id, after) => store.read(id, after).pipe(map((entry) => ({ ...entry, id: `${entry.id}0` }))) }),
    ],
  ])('finds a store that %s, also in the histories', async (_, changes) => {
    const failed = await failures(changes);
    expect(failed.length).toBeGreaterThan(1);
    expect(failed).toContain(histories);
  });

  it.each<[string, Changes]>([
    [
      'takes two ids for one',
      (store) => ({
        claim: (id, claim) => store.claim(id.toLowerCase(), claim),
        append: (id, ...rest) => store.append(id.toLowerCase(), ...rest),
        finish: (id, ...rest) => store.finish(id.toLowerCase(), ...rest),
        read: (id, after) => store.read(id.toLowerCase(), after),
      }),
    ],
    [
      'forgets a cancel when another producer takes over',
      (store) => {
        const takenOver = new Set<number>();
        return {
          async claim(id, claim) {
            const result = await store.claim(id, claim);
            if (result.role === 'produce' && result.takeover) takenOver.add(result.epoch);
            return result;
          },
          async renew(id, epoch) {
            const renewal = await store.renew(id, epoch);
            return takenOver.has(epoch) ? { cancelRequested: false } : renewal;
          },
        };
      },
    ],
    ['does not cancel', () => ({ cancel: async () => undefined })],
    ['keeps everything for ever', (store) => ({ claim: (id, claim) => store.claim(id, { ...claim, retentionMs: 1e9 }) })],
    [
      'never renews',
      (store) => ({
        renew: async (id, epoch) => ((await store.isOpen?.(id)) ? { cancelRequested: false } : store.renew(id, epoch)),
      }),
    ],
    ['keeps no text of a fault', (store) => ({ finish: (id, epoch) => store.finish(id, epoch, { type: 'complete' }) })],
  ])('finds a store that %s', async (_, changes) => {
    expect(await failures(changes)).not.toEqual([]);
  });
});
