import type { StreamStore } from './streamStore.js';

/** @throws TypeError if a value is given that is not a store. */
export function checkStore(caller: string, store: unknown): void {
  const { claim, read } = Object(store) as Partial<StreamStore>;
  if (typeof claim === 'function' && typeof read === 'function') return;
  throw new TypeError(`${caller}: store must be a store of streams, for instance memoryStore()`);
}
