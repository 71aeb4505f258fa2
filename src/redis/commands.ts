import { asyncScheduler, type Subscription } from 'rxjs';
import { ConnectionError } from '../errors.js';
import { pauseAfter } from './pause.js';
import { type AnyRedisClient, connectionOf, type OwnConnection, ownConnection } from './redisClient.js';
import { createReplyWaits } from './replyWaits.js';
import type { Script } from './scripts.js';

/** Runs scripts on the caller's client. */
export interface Commands {
  /**
   * Runs a script, again and again while Redis cannot be reached: each may be repeated.
   *
   * @param keys The keys of the script, which are on one node.
   * @param isWanted Whether to repeat it once more. @defaultValue always
   * @returns What follows the token of the reply. Rejects with ConnectionError when `retryMs` have passed, or with the error that Redis gives.
   */
  run(script: Script, keys: readonly string[], args: readonly string[], isWanted?: () => boolean): Promise<readonly unknown[]>;
}

/** How long Redis may be silent. */
export interface Patience {
  /** How long one reply may take, in milliseconds. */
  readonly replyMs: number;
  /** How long commands are repeated while Redis cannot be reached, in milliseconds. */
  readonly retryMs: number;
}

/** For how long the connection of our own is used when the caller's did not answer, in milliseconds. */
const spareMs = 30_000;

/**
 * A client that lost a reply waits for it for ever, or takes the next reply for it: after a reply that does not come or is of another
 * command, a copy of the client is used for a while. It closes when it is idle.
 */
export function createCommands(client: AnyRedisClient, { replyMs, retryMs }: Patience): Commands {
  const own = connectionOf(client);
  const waits = createReplyWaits(replyMs);
  const digests = new Map<Script, Promise<string>>();
  let spare: { readonly opened: Promise<OwnConnection>; readonly since: number } | undefined;
  let idle: Subscription | undefined;
  let tokens = 0;
  let pending = 0;

  function openSpare(): void {
    const copy = ownConnection(client);
    const opened = waits.limit(copy.connect()).then(
      () => copy,
      (error: unknown) => {
        copy.destroy();
        throw error;
      },
    );
    opened.catch(() => undefined);
    spare = { opened, since: asyncScheduler.now() };
  }

  function closeSpare(): void {
    spare?.opened.then((copy) => copy.destroy()).catch(() => undefined);
    spare = undefined;
  }

  /** Also where no command follows: it would keep the process alive. */
  function closeSpareIfIdle(): void {
    if (pending > 0 || !spare) return;
    const leftMs = spare.since + spareMs - asyncScheduler.now();
    if (leftMs <= 0) closeSpare();
    else idle = asyncScheduler.schedule(closeSpareIfIdle, leftMs);
  }

  async function once(script: Script, keys: readonly string[], args: readonly string[]): Promise<readonly unknown[]> {
    const used = spare;
    const connection = used ? await used.opened.catch(replace(used)) : own;
    const token = String(++tokens);
    const rest = [String(keys.length), ...keys, token, ...args];
    const send = (name: string, text: string): Promise<unknown> =>
      waits.limit(connection.send(keys[0] ?? '', [name, text, ...rest]));
    let digest = digests.get(script);
    if (!digest) {
      digest = sha1(script.text);
      digests.set(script, digest);
    }
    try {
      const reply = await send('EVALSHA', await digest).catch((error: unknown) => {
        if (replyCode(error) === 'NOSCRIPT') return send('EVAL', script.text);
        throw error;
      });
      if (Array.isArray(reply) && reply[0] === token) return reply.slice(1);
      throw new ConnectionError('The reply of Redis is that of another command');
    } catch (error) {
      if (error instanceof ConnectionError && spare === used) {
        closeSpare();
        openSpare();
      }
      throw error;
    }
  }

  function replace(failed: typeof spare): (error: unknown) => never {
    return (error) => {
      if (spare === failed) spare = undefined;
      throw error;
    };
  }

  return {
    async run(script, keys, args, isWanted = () => true) {
      const since = asyncScheduler.now();
      pending++;
      idle?.unsubscribe();
      try {
        for (let failures = 0; ; failures++) {
          try {
            return await once(script, keys, args);
          } catch (error) {
            if (!isPassing(error) || !own.isOpen) throw error;
            if (!isWanted() || asyncScheduler.now() - since >= retryMs) {
              throw new ConnectionError('Redis cannot be reached', { cause: error });
            }
          }
          await pauseAfter(failures);
        }
      } finally {
        pending--;
        closeSpareIfIdle();
      }
    },
  };
}

/** What Redis replies while it starts, fails over or moves a slot. */
const passingCodes: ReadonlySet<string | undefined> = new Set([
  'LOADING',
  'READONLY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'BUSY',
  'UNBLOCKED',
  'NOREPLICAS',
  'MOVED',
  'ASK',
]);

/** Whether the fault is one of the connection, or passes by itself. */
export function isPassing(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return false;
  const code = replyCode(error);
  return code === undefined || passingCodes.has(code);
}

/** The first word of an error that Redis replied, such as `NOSCRIPT`; `undefined` for what is no reply. */
function replyCode(error: unknown): string | undefined {
  return error instanceof Error ? /^([A-Z]{2,}) /.exec(error.message)?.[1] : undefined;
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
