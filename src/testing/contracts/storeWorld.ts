import type { ClaimResult, StreamTerminal } from '../../durable/streamStore.js';
import { isStreamError, type StreamErrorKind } from '../../errors.js';
import { randomId } from '../../kernel/randomId.js';
import { check } from './check.js';
import type { HistoryWorld } from './storeHistory.js';
import { describeEnd, readStore, type StoreReader } from './storeReader.js';

/** A store, and a stream of it that no test has used. */
export interface ContractWorld extends HistoryWorld {
  readonly id: string;
}

/** Defines one test, which is given a store and a stream of its own. */
export type DefineStoreTest = (name: string, run: (world: ContractWorld) => Promise<void>) => void;

/** How much later than the lease a reader ends at most. */
export const graceMs = 1_000;

export const complete: StreamTerminal = { type: 'complete' };

export function claim({ store, id, leaseMs, retentionMs }: ContractWorld, owner: string = randomId()): Promise<ClaimResult> {
  return store.claim(id, { owner, leaseMs, retentionMs });
}

/** Claims a stream that has no producer, and returns its epoch. */
export async function produce(world: ContractWorld, changes: Partial<ContractWorld> = {}): Promise<number> {
  const result = await claim({ ...world, ...changes });
  check(result.role === 'produce', `The claim of a stream without a producer gave ${JSON.stringify(result)}`);
  return result.epoch;
}

export async function readToEnd(world: ContractWorld, after?: string): Promise<StoreReader> {
  const reader = readStore(world.store, world.id, after);
  await settled(world, reader);
  return reader;
}

/** Waits until a reader has ended. */
export async function settled({ leaseMs, wait }: ContractWorld, reader: StoreReader | undefined): Promise<void> {
  for (let waited = 0; reader?.end === 'open' && waited <= leaseMs + graceMs; waited += leaseMs / 20) await wait(leaseMs / 20);
  check(reader?.end !== 'open', 'A reader has not ended a second after the lease');
}

export async function checkRejected(kind: StreamErrorKind, work: () => Promise<unknown>): Promise<void> {
  let end: unknown = 'success';
  try {
    await work();
  } catch (error) {
    end = error;
  }
  check(isStreamError(end, kind), `It must reject with an error of kind ${kind}, and gave ${describeEnd(end)}`);
}

export function idsOf({ entries }: StoreReader): readonly string[] {
  return entries.map(({ id }) => id);
}

export function textsOf({ entries }: StoreReader): readonly string[] {
  return entries.flatMap(({ event }) => (event.type === 'text-delta' ? [event.text] : []));
}
