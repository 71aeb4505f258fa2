import { asyncScheduler } from 'rxjs';
import { type Commands, isPassing } from './commands.js';
import type { Hub, LogFollower } from './hub.js';
import { pause, pauseAfter } from './pause.js';
import { type AnyRedisClient, type OwnConnection, ownConnection } from './redisClient.js';
import { createReplyWaits } from './replyWaits.js';
import { controlScript } from './scripts.js';

/** How long one XREAD blocks, in milliseconds: a connection that is dead without a word is found by the reply that is missing. */
const blockMs = 1_000;

/** The most entries of each log in one reply. */
const pageSize = 256;

/** With this many logs or more a reply is asked for after `gatherMs`: else each event of each stream would be a command with all of the keys. */
const manyLogs = 16;
const gatherMs = 8;

/** A control stream without a reader is gone after this, in milliseconds. */
const controlTtlMs = 60_000;

interface Loop {
  connection: OwnConnection | undefined;
  /** Whether its command waits for entries. */
  blocked: boolean;
}

/**
 * One connection that is blocked in XREAD for all logs which are read in this process. A log that is new to it is told by an entry of its own
 * control stream, which ends the blocked command. The connection exists while there is something to wait for.
 */
export function createBlockingHub(client: AnyRedisClient, commands: Commands, control: string, replyMs: number): Hub {
  const followers = new Map<string, LogFollower>();
  const listeners = new Map<string, Set<(reason: string) => void>>();
  const waits = createReplyWaits(blockMs + replyMs);
  /** The loop that runs: any other ends. */
  let running: Loop | undefined;
  let controlLast = '0-0';

  async function addControl(whom: string, fields: readonly string[]): Promise<void> {
    await commands.run(controlScript, [whom], [String(controlTtlMs), ...fields]);
  }

  function wake(): void {
    if (!running) void run();
    else if (running.blocked) {
      running.blocked = false;
      addControl(control, ['wake', '']).catch(() => undefined);
    }
  }

  function stopIfIdle(): void {
    if (followers.size > 0 || listeners.size > 0) return;
    const { connection } = running ?? {};
    running = undefined;
    connection?.destroy();
  }

  async function run(): Promise<void> {
    const loop: Loop = { connection: undefined, blocked: false };
    running = loop;
    for (let failures = 0; running === loop; ) {
      try {
        await open(loop);
        const now = asyncScheduler.now();
        const asked = new Map([...followers].filter(([, { localUntil }]) => localUntil <= now));
        const reply = await read(loop, asked.values());
        failures = 0;
        if (running === loop) dispatch(reply, asked);
        if (running === loop && asked.size >= manyLogs) await pause(gatherMs);
      } catch (error) {
        loop.connection?.destroy();
        loop.connection = undefined;
        if (running !== loop) return;
        if (!isPassing(error)) for (const follower of [...followers.values()]) follower.fail(error);
        await pauseAfter(failures++);
      } finally {
        loop.blocked = false;
      }
    }
  }

  async function open(loop: Loop): Promise<void> {
    if (loop.connection) return;
    loop.connection = ownConnection(client);
    await waits.limit(loop.connection.connect());
  }

  async function read(loop: Loop, asked: Iterable<LogFollower>): Promise<unknown> {
    if (running !== loop || !loop.connection) return undefined;
    const keys = [control];
    const ids = [controlLast];
    for (const { key, last } of asked) {
      keys.push(key);
      ids.push(last.id);
    }
    loop.blocked = true;
    return waits.limit(
      loop.connection.send(control, ['XREAD', 'COUNT', String(pageSize), 'BLOCK', String(blockMs), 'STREAMS', ...keys, ...ids]),
    );
  }

  /** A log that was given up and is read again meanwhile has another follower, which may be at another place. */
  function dispatch(reply: unknown, asked: ReadonlyMap<string, LogFollower>): void {
    for (const [key, entries] of logsOf(reply)) {
      if (key === control) controls(entries);
      else if (followers.get(key) === asked.get(key)) asked.get(key)?.deliver(entries);
    }
  }

  function controls(entries: unknown): void {
    for (const [id, [field, log, , reason]] of entries as readonly [string, readonly string[]][]) {
      controlLast = id;
      if (field !== 'cancel') continue;
      for (const listener of listeners.get(log ?? '') ?? []) listener(reason ?? '');
    }
  }

  return {
    control,
    follow(follower) {
      followers.set(follower.key, follower);
      wake();
      return {
        ask: wake,
        end() {
          if (followers.get(follower.key) === follower) followers.delete(follower.key);
          stopIfIdle();
        },
      };
    },
    listen(logKey, listener) {
      const ofLog = listeners.get(logKey) ?? new Set();
      listeners.set(logKey, ofLog.add(listener));
      if (!running) wake();
      return () => {
        ofLog.delete(listener);
        if (ofLog.size === 0 && listeners.get(logKey) === ofLog) listeners.delete(logKey);
        stopIfIdle();
      };
    },
    cancel: (whom, logKey, reason) => addControl(whom, ['cancel', logKey, 'reason', reason]),
  };
}

/** RESP3 has a map of logs, RESP2 an array of pairs; `null` when nothing has come. */
function logsOf(reply: unknown): Iterable<readonly [string, unknown]> {
  if (Array.isArray(reply)) return reply as readonly (readonly [string, unknown])[];
  return Object.entries(reply ?? {});
}
