export { type DurableOptions, durable, type StreamSettlement } from './durable.js';
export { type MemoryStoreOptions, memoryStore } from './memoryStore.js';
export { persistTo } from './persistTo.js';
export { type ResumeFromOptions, resumeFrom } from './resumeFrom.js';
export type { ClaimResult, Renewal, StreamClaim, StreamEntry, StreamStore, StreamTerminal } from './streamStore.js';
