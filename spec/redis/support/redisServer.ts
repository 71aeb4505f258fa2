import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const places = [
  process.env['REDIS_SERVER'],
  ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'redis-server')),
];

/** The path of a redis-server; undefined if there is none. */
export const redisServerPath: string | undefined = places.find((path) => path !== undefined && existsSync(path));

if (redisServerPath === undefined) {
  const cure = 'install one (Debian: apt-get install redis-server), or set REDIS_SERVER to its path';
  if (process.env['CI']) throw new Error(`There is no redis-server: ${cure}`);
  console.log(`The specs of Redis are skipped, because there is no redis-server: ${cure}.`);
}

/** A redis-server of its own, in a folder of its own. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Ends the process at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what its folder has. */
  start(): Promise<void>;
  /** Removes the last bytes of its log, as a crash of the machine does; it must not run. */
  loseTail(bytes: number): Promise<void>;
  /** Ends it, and removes its folder. */
  close(): Promise<void>;
}

export interface RedisServerOptions {
  /** Whether writes are logged, and how often the log is written to disk. */
  readonly appendOnly?: 'no' | 'always' | 'everysec';
  readonly isCluster?: boolean;
  /** The port of the server that it copies. */
  readonly replicaOf?: number;
}

export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const { appendOnly = 'no', isCluster = false, replicaOf } = options;
  return runServer((port) => {
    const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--loglevel', 'warning'];
    if (appendOnly !== 'no') flags.push('--appendonly', 'yes', '--appendfsync', appendOnly);
    if (isCluster) flags.push('--cluster-enabled', 'yes', '--cluster-node-timeout', '2000');
    if (replicaOf !== undefined) flags.push('--replicaof', '127.0.0.1', String(replicaOf), '--repl-diskless-sync-delay', '0');
    return flags;
  });
}

/** A sentinel that replaces the master, by its replica, soon after it is gone. */
export async function startSentinel(master: number, replica: number): Promise<RedisServer> {
  return runServer((port, folder) => {
    const file = join(folder, 'sentinel.conf');
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `sentinel monitor main 127.0.0.1 ${master} 1`,
      `sentinel known-replica main 127.0.0.1 ${replica}`,
      'sentinel down-after-milliseconds main 300',
      'sentinel failover-timeout main 2000',
    ];
    writeFileSync(file, lines.join('\n'));
    return [file, '--sentinel'];
  });
}

async function runServer(flagsOf: (port: number, folder: string) => readonly string[]): Promise<RedisServer> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'rxllm-redis-'));
  const flags = flagsOf(port, folder);
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    server = spawn(redisServerPath ?? 'redis-server', flags, { cwd: folder, stdio: 'ignore' });
    await untilReachable(port);
  }

  async function kill(): Promise<void> {
    const killed = server;
    server = undefined;
    if (!killed || killed.exitCode !== null) return;
    const exited = new Promise((resolve) => killed.once('exit', resolve));
    killed.kill('SIGKILL');
    await exited;
  }

  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill,
    start,
    async loseTail(bytes) {
      const logs = join(folder, 'appendonlydir');
      for (const name of await readdir(logs)) {
        if (!name.endsWith('.incr.aof')) continue;
        const file = join(logs, name);
        await truncate(file, wholeLength(await readFile(file), bytes));
      }
    },
    async close() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Where the file ends without its last bytes. A script is a transaction there, and one that is torn within a command is not dropped by Redis 7.0:
 * its part runs at the next start but one, together with the transaction that was appended after it, so that a log would have no time to live.
 */
function wholeLength(file: Buffer, lostBytes: number): number {
  const length = Math.max(file.length - lostBytes, 0);
  const rest = file.subarray(0, length);
  const begun = rest.lastIndexOf('*1\r\n$5\r\nMULTI\r\n');
  return begun > rest.lastIndexOf('*1\r\n$4\r\nEXEC\r\n') ? begun : length;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port');
  return address.port;
}

async function untilReachable(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await isReachable(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('The redis-server has not started');
}

/** Whether it replies to a PING: while it loads its log it replies with an error. */
function isReachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (reached: boolean) => () => {
      socket.destroy();
      resolve(reached);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => end(String(data).startsWith('+PONG'))());
    socket.once('error', end(false));
    socket.setTimeout(1_000, end(false));
  });
}
