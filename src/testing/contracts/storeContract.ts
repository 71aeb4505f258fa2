import { lastValueFrom, timer } from 'rxjs';
import type { StreamStore } from '../../durable/streamStore.js';
import { randomId } from '../../kernel/randomId.js';
import type { DefineTest } from './check.js';
import { playHistory } from './storeHistory.js';
import { cancelTests, lossTests, readTests } from './storeReading.js';
import type { ContractWorld } from './storeWorld.js';
import { appendTests, claimTests } from './storeWriting.js';

/** How a store is checked. */
export interface StoreContractOptions {
  /** The lease that the tests claim streams with, in milliseconds: short, because some wait for its end. @defaultValue 300 */
  readonly leaseMs?: number | undefined;
  /** Waits, in milliseconds: in real time, or by advancing a virtual clock. @defaultValue in the time of `asyncScheduler` */
  readonly wait?: ((milliseconds: number) => Promise<void>) | undefined;
  /** How many random histories are played. @defaultValue 50 */
  readonly histories?: number | undefined;
  /** Where the random numbers of the histories begin: a failure names that of its history. @defaultValue 1 */
  readonly seed?: number | undefined;
  /**
   * Chooses the histories in place of the built-in random numbers, for instance by fast-check, which finds the smallest failing history:
   * `(holds) => fc.assert(fc.asyncProperty(fc.array(fc.nat()), holds))`.
   */
  readonly property?: ((holds: (choices: readonly number[]) => Promise<void>) => Promise<void>) | undefined;
}

/**
 * Defines the tests that every {@link StreamStore} must pass: claims and fencing, ids, reading from any entry, lost producers, cancels, and what
 * always holds, in random histories of producers and readers:
 *
 * - each reader emits a prefix of one order, from the entry that it goes on after
 * - ids grow, and `seq` has no gap
 * - a log has at most one terminal, and nothing after it
 * - nothing of an epoch comes after the claim of a higher one
 * - each reader ends within a second after the lease of a producer that is silent
 * - `read(id, after)` is the rest of `read(id)`
 * - what was claimed is gone after its retention
 *
 * @param test `it` or `test` of any runner: it is called with a name and a function for each test.
 * @param makeStore Creates the store: once for each test. Ids are unique, so that stores may share a database.
 * @throws ContractError, in the test that is not passed, or what the store rejects with where it should not.
 * @example describe('myStore', () => storeContract(it, () => myStore(client), { leaseMs: 500 }))
 */
export function storeContract(
  test: DefineTest,
  makeStore: () => StreamStore | Promise<StreamStore>,
  options: StoreContractOptions = {},
): void {
  const { leaseMs = 300, wait = waitScheduled, histories = 50, seed = 1, property } = options;
  const retentionMs = 20 * leaseMs + 10_000;

  function define(name: string, run: (world: ContractWorld) => Promise<void>): void {
    test(name, async () => {
      const store = await makeStore();
      const id = `contract-${randomId()}`;
      await run({ store, id, leaseMs, retentionMs, wait });
    });
  }

  claimTests(define);
  appendTests(define);
  readTests(define);
  lossTests(define);
  cancelTests(define);

  define('keeps its promises in random histories', async (world) => {
    const holds = (choices: readonly number[]): Promise<void> => playHistory(world, choices);
    if (property) await property(holds);
    else await playAll(holds, histories, seed);
  });
}

async function waitScheduled(milliseconds: number): Promise<void> {
  await lastValueFrom(timer(milliseconds), { defaultValue: 0 });
}

/** How many histories run at the same time: they wait for the same lease. */
const atOnce = 25;
const longestHistory = 60;

/** Plays histories of built-in random numbers. */
async function playAll(holds: (choices: readonly number[]) => Promise<void>, count: number, seed: number): Promise<void> {
  for (let from = 0; from < count; from += atOnce) {
    const seeds = Array.from({ length: Math.min(atOnce, count - from) }, (_, index) => seed + from + index);
    await Promise.all(seeds.map((each) => playSeeded(holds, each)));
  }
}

async function playSeeded(holds: (choices: readonly number[]) => Promise<void>, seed: number): Promise<void> {
  try {
    await holds(randomChoices(seed));
  } catch (error) {
    if (error instanceof Error) error.message += `\n  in the history of seed ${seed}`;
    throw error;
  }
}

/** A linear congruential generator: enough to choose steps. */
function randomChoices(seed: number): readonly number[] {
  let state = (seed * 2_654_435_761) % 2 ** 32;
  const next = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor(state / 2 ** 8);
  };
  return Array.from({ length: 1 + (next() % longestHistory) }, next);
}
