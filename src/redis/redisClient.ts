/** What this package calls of a client of node-redis that `createClient` makes. */
export interface RedisClient extends RedisLifecycle {
  sendCommand(args: readonly string[], options?: RedisCommandOptions): Promise<unknown>;
  duplicate(): RedisClient;
}

/** The same of a client that `createSentinel` makes. */
export interface RedisSentinel extends RedisLifecycle {
  sendCommand(isReadonly: boolean | undefined, args: string[], options?: RedisCommandOptions): Promise<unknown>;
  acquire(): Promise<unknown>;
  duplicate(): RedisSentinel;
}

/** The same of a client that `createCluster` makes. */
export interface RedisCluster extends RedisLifecycle {
  readonly masters: readonly unknown[];
  sendCommand(
    firstKey: string | undefined,
    isReadonly: boolean | undefined,
    args: string[],
    options?: RedisCommandOptions,
  ): Promise<unknown>;
  subscribe(channel: string, listener: (message: unknown) => unknown): Promise<unknown>;
  unsubscribe(channel: string, listener: (message: unknown) => unknown): Promise<unknown>;
  duplicate(): RedisCluster;
}

interface RedisLifecycle {
  readonly isOpen: boolean;
  connect(): Promise<unknown>;
  destroy(): unknown;
  on(event: 'connect' | 'error', listener: (error?: unknown) => void): unknown;
}

interface RedisCommandOptions {
  readonly typeMapping?: Readonly<Record<number, never>>;
  readonly timeout?: number;
}

/** A client of a single Redis, of Sentinel or of Cluster. */
export type AnyRedisClient = RedisClient | RedisSentinel | RedisCluster;

/** One way to send a command, whatever the client. */
export interface RedisConnection {
  readonly isOpen: boolean;
  /** @param key The key that decides which node of a cluster gets it. */
  send(key: string, args: string[]): Promise<unknown>;
}

/** A connection of our own, a copy of the caller's client. */
export interface OwnConnection extends RedisConnection {
  connect(): Promise<unknown>;
  /** Closes it at once: what waits for a reply rejects. */
  destroy(): void;
}

/**
 * Replies are texts, whatever the caller has set for the own commands. The client's timeout, which bounds the wait before a command is written,
 * would cost an AbortSignal and a timer for each: replies are awaited with one timer for all.
 */
const plain: RedisCommandOptions = { typeMapping: {}, timeout: 0 };

export function isCluster(client: AnyRedisClient): client is RedisCluster {
  return 'masters' in client;
}

export function connectionOf(client: AnyRedisClient): RedisConnection {
  return {
    get isOpen() {
      return client.isOpen;
    },
    send(key, args) {
      if (isCluster(client)) return client.sendCommand(key, false, args, plain);
      if (isSentinel(client)) return client.sendCommand(false, args, plain);
      return client.sendCommand(args, plain);
    },
  };
}

/** A copy of the client with a connection of its own, which is not opened yet. */
export function ownConnection(client: AnyRedisClient): OwnConnection {
  const copy = client.duplicate();
  /** Until the promise of `connect` settles. */
  let isOpening = false;
  let isUnwanted = false;

  /** Not between the two: a client that is destroyed while it opens its socket does not close it. */
  function destroyUnwanted(): void {
    if (isUnwanted && copy.isOpen) copy.destroy();
  }

  // What fails also rejects the command that waits, where it is handled.
  copy.on('error', destroyUnwanted);
  copy.on('connect', destroyUnwanted);
  const { send } = connectionOf(copy);
  return {
    get isOpen() {
      return copy.isOpen;
    },
    send,
    async connect() {
      isOpening = true;
      try {
        return await copy.connect();
      } finally {
        isOpening = false;
        destroyUnwanted();
      }
    },
    destroy() {
      isUnwanted = true;
      if (!isOpening) destroyUnwanted();
    },
  };
}

function isSentinel(client: AnyRedisClient): client is RedisSentinel {
  return 'acquire' in client;
}
