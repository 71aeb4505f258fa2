import { Observable } from 'rxjs';
import { checkStreamId } from '../durable/streamId.js';
import type { StreamClaim, StreamStore } from '../durable/streamStore.js';
import { NotFoundError } from '../errors.js';
import { checkEach, checkPositive } from '../kernel/options.js';
import { randomId } from '../kernel/randomId.js';
import { createAppends } from './appends.js';
import { createBlockingHub } from './blockingHub.js';
import { createClusterHub } from './clusterHub.js';
import { createCommands } from './commands.js';
import { streamKeys } from './keys.js';
import { createProducing, type Producing } from './producing.js';
import { createLogReaders } from './readLog.js';
import { type AnyRedisClient, isCluster } from './redisClient.js';
import { cancelScript, claimScript, openScript } from './scripts.js';

/** Options of {@link redisStore}. */
export interface RedisStoreOptions {
  /** What all keys begin with. @defaultValue `'rxllm'` */
  readonly keyPrefix?: string | undefined;
  /** How long one reply of Redis may take before the connection counts as lost, in milliseconds. @defaultValue 3,000 */
  readonly replyTimeoutMs?: number | undefined;
  /** How long commands are repeated while Redis cannot be reached, in milliseconds. @defaultValue 30,000 */
  readonly retryMs?: number | undefined;
}

/**
 * A {@link StreamStore} on Redis Streams (Redis 6.2 or newer): streams outlive a process and a machine, and any process reads, cancels and takes
 * over what any other one produces.
 *
 *     claim, append, append, finish    rxllm:{id}:log       1-0 1-1 1-2 1-3
 *     read(id) elsewhere               reader                   1-1 1-2 |
 *
 * The client is one of node-redis that `createClient`, `createSentinel` (version 6) or `createCluster` made, and that is connected. All readers
 * of a process share one more connection, a copy of the client, which exists while something is read or produced and blocks in `XREAD`; in a
 * cluster it is subscribed instead. Leases and epochs are counted by the clock of Redis, so that the clocks of machines may differ.
 *
 * A connection that is lost is opened again, and what was not acknowledged is appended again, at most once each. Where Redis restarts and has
 * lost the last entries, the producer appends again what it had stored in the last five seconds, or the last 512 events, if these are fewer; where Redis has
 * lost a whole log, the producer gets FencedError and readers GapError.
 *
 * @param client A client of node-redis. It stays the caller's: close it when no stream is read or produced any more.
 * @throws TypeError and RangeError at call time for an option that is not of its kind, and for what is no client.
 * @emitsError ConnectionError from every call if Redis cannot be reached for `retryMs`; what Redis itself replies, for instance `OOM`.
 * @unsubscribe Ends the reading at once; with the last reader and producer the connection closes.
 * @cost A script for what is appended within 4 ms, by many producers together, and one for each stream every third of a lease. A reader that has
 * caught up costs no command, and none reads what its own process has appended. In a cluster each append is a script, and each is read.
 * @example const store = redisStore(await createClient({ url: 'redis://localhost' }).connect());
 */
export function redisStore(client: AnyRedisClient, options: RedisStoreOptions = {}): StreamStore {
  if (typeof Object(client).sendCommand !== 'function' || typeof Object(client).duplicate !== 'function') {
    throw new TypeError('redisStore: client must be a client of node-redis');
  }
  checkEach('redisStore', options, { keyPrefix: checkText, replyTimeoutMs: checkPositive, retryMs: checkPositive });
  const { keyPrefix = 'rxllm', replyTimeoutMs: replyMs = 3_000, retryMs = 30_000 } = options;
  const commands = createCommands(client, { replyMs, retryMs });
  const control = `${keyPrefix}:control:${randomId()}`;
  const notify = isCluster(client) ? 'publish' : '';
  const hub = isCluster(client)
    ? createClusterHub(client, commands, control)
    : createBlockingHub(client, commands, control, replyMs);
  const readers = createLogReaders(commands, hub, notify);
  /** By id and epoch: one that was replaced does not know it at once. */
  const producers = new Map<string, Map<number, Producing>>();
  const appends = createAppends(commands, notify, () => producers.size);
  const room = { commands, appends, hub, notify };

  function producing(id: string, epoch: number): Producing {
    const ofId = producers.get(id) ?? new Map<number, Producing>();
    const known = ofId.get(epoch);
    if (known) return known;
    const keys = streamKeys(keyPrefix, id);
    const producer = createProducing(room, keys, epoch, {
      stored: (fromSeq, texts) => readers.stored(keys.log, epoch, fromSeq, texts),
      ended() {
        if (ofId.get(epoch) === producer) ofId.delete(epoch);
        if (ofId.size === 0 && producers.get(id) === ofId) producers.delete(id);
        readers.ended(keys.log);
      },
    });
    producers.set(id, ofId.set(epoch, producer));
    return producer;
  }

  return {
    async claim(id, { owner, leaseMs, retentionMs }) {
      checkStreamId('claim', id);
      const { log, meta } = streamKeys(keyPrefix, id);
      const [role, epoch, takeover] = await commands.run(claimScript, [log, meta], [owner, whole(leaseMs), whole(retentionMs)]);
      if (role !== 'produce') return { role: role === 'done' ? 'done' : 'follow' };
      return { role: 'produce', epoch: Number(epoch), takeover: Number(takeover) === 1 };
    },
    append: async (id, epoch, fromSeq, events) => producing(id, epoch).append(fromSeq, events),
    renew: async (id, epoch) => producing(id, epoch).renew(),
    finish: async (id, epoch, terminal) => producing(id, epoch).finish(terminal),
    read(id, after) {
      checkStreamId('read', id);
      return new Observable((subscriber) => readers.read(streamKeys(keyPrefix, id), after, subscriber));
    },
    async cancel(id, reason = '') {
      const { log, meta } = streamKeys(keyPrefix, id);
      const [state, listener, first] = await commands.run(cancelScript, [log, meta], [reason]);
      if (state === 'missing') throw new NotFoundError();
      if (typeof listener !== 'string' || listener === '') return;
      await hub.cancel(listener, log, String(first));
    },
    async isOpen(id) {
      const [state] = await commands.run(openScript, [streamKeys(keyPrefix, id).log], []);
      return state === 'open';
    },
    cancelled: (id, epoch) => producing(id, epoch).cancelled,
  };
}

function checkText(name: string, value: string | undefined): void {
  if (value !== undefined && typeof value !== 'string') throw new TypeError(`${name} must be a text`);
}

/** The largest time to live that is given, in milliseconds: about 300 years. */
const longestMs = 1e13;

/** Redis counts whole milliseconds. */
function whole(milliseconds: StreamClaim['leaseMs']): string {
  return String(Math.min(Math.ceil(milliseconds), longestMs));
}
