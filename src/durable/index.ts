export { type MemoryStoreOptions, memoryStore } from './memoryStore.js';
export type { ClaimResult, Renewal, StreamClaim, StreamEntry, StreamStore, StreamTerminal } from './streamStore.js';
