import { createClient } from 'redis';
import type { RedisClient } from 'rxllm/redis';

/** Connects a client whose connection errors are not those of the process. */
export async function connectClient(url: string, options: Parameters<typeof createClient>[0] = {}): Promise<RedisClient> {
  const client = createClient({ ...options, url, disableClientInfo: true });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
