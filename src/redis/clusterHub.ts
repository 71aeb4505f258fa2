import { asyncScheduler, type Subscription } from 'rxjs';
import type { Commands } from './commands.js';
import type { Hub, LogFollower } from './hub.js';
import type { RedisCluster } from './redisClient.js';
import { pageScript, publishScript } from './scripts.js';

/** The most entries of one reply. */
const pageSize = 512;

/** A message may be lost when a connection is: each log is asked for this often in any case, in milliseconds. */
const pollMs = 500;

/**
 * One connection that is subscribed to the channels of all logs which are read in this process: a blocking XREAD of several logs needs them on
 * one node. A message has no content: what was appended is read from the log.
 */
export function createClusterHub(client: RedisCluster, commands: Commands, control: string): Hub {
  const listeners = new Map<string, Set<(reason: string) => void>>();

  function subscribe(channel: string, listener: (message: unknown) => void): () => void {
    // The polls read what no message announces.
    client.subscribe(channel, listener).catch(() => undefined);
    return () => {
      client.unsubscribe(channel, listener).catch(() => undefined);
    };
  }

  function onControl(message: unknown): void {
    const [log, reason] = JSON.parse(String(message)) as readonly [string, string];
    for (const listener of listeners.get(log) ?? []) listener(reason);
  }

  let unsubscribeControl: (() => void) | undefined;

  return {
    control,
    follow(follower) {
      const reader = createReader(commands, follower);
      const unsubscribe = subscribe(follower.key, reader.read);
      reader.read();
      const polls: Subscription = asyncScheduler.schedule(function poll(this) {
        reader.read();
        this.schedule(undefined, pollMs);
      }, pollMs);
      return {
        ask: reader.read,
        end() {
          reader.close();
          polls.unsubscribe();
          unsubscribe();
        },
      };
    },
    listen(logKey, listener) {
      const ofLog = listeners.get(logKey) ?? new Set();
      listeners.set(logKey, ofLog.add(listener));
      unsubscribeControl ??= subscribe(control, onControl);
      return () => {
        ofLog.delete(listener);
        if (ofLog.size === 0 && listeners.get(logKey) === ofLog) listeners.delete(logKey);
        if (listeners.size > 0) return;
        unsubscribeControl?.();
        unsubscribeControl = undefined;
      };
    },
    async cancel(whom, logKey, reason) {
      await commands.run(publishScript, [whom], [JSON.stringify([logKey, reason])]);
    },
  };
}

/** Reads what follows in a log, one page at a time. */
function createReader(commands: Commands, follower: LogFollower): { read(): void; close(): void } {
  let isOpen = true;
  let isReading = false;
  let isBehind = false;

  async function readPages(): Promise<void> {
    isReading = true;
    try {
      do {
        isBehind = false;
        const from = follower.last.id;
        const [, entries] = await commands.run(pageScript, [follower.key], [from, String(pageSize)], () => isOpen);
        if (!isOpen) return;
        follower.deliver(entries);
        isBehind ||= Array.isArray(entries) && entries.length === pageSize;
      } while (isOpen && isBehind);
    } finally {
      isReading = false;
    }
  }

  return {
    read() {
      isBehind = true;
      if (!isReading && isOpen) readPages().catch((error: unknown) => isOpen && follower.fail(error));
    },
    close() {
      isOpen = false;
    },
  };
}
