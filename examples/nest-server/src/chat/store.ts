import type { Provider } from '@nestjs/common';
import { memoryStore } from 'rxllm/durable';

/** The token by which NestJS injects the store of the answers. */
export const STORE = Symbol('Store');

export const storeProvider: Provider = { provide: STORE, useFactory: () => memoryStore() };
