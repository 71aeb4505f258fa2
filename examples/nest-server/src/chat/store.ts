import { memoryStore, type StreamStore } from 'rxllm/durable';
import { redisStore } from 'rxllm/redis';

/** Where the answers are kept. */
export interface AnswerStore {
  readonly streams: StreamStore;
  /** Whether another process goes on with them. */
  readonly isShared: boolean;
  close(): Promise<void>;
}

/** The token by which NestJS injects the store. */
export const STORE = Symbol('AnswerStore');

/** The Redis of `REDIS_URL`, in which answers outlive this process; else its memory, in which they outlive a page. */
export async function createStore({ REDIS_URL: url }: Readonly<Record<string, string | undefined>>): Promise<AnswerStore> {
  if (!url) return { streams: memoryStore(), isShared: false, close: async () => undefined };
  const { createClient } = await import('redis');
  const client = createClient({ url });
  // Without a listener, a connection that breaks off would end the process; the client opens it again.
  client.on('error', () => undefined);
  await client.connect();
  return { streams: redisStore(client), isShared: true, close: () => client.close() };
}
