import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

/** What the local provider of a server has been asked. */
export interface ProviderCounts {
  /** The requests that it answers at the moment. */
  readonly open: number;
  /** All requests. */
  readonly requests: number;
}

/** The server of the chat, in a process of its own. */
export interface ChatServer {
  readonly url: string;
  counts(): Promise<ProviderCounts>;
  /** Kills the process, so that it can end nothing. */
  kill(): Promise<void>;
  /**
   * Starts another on the same port: after `SIGKILL` ends nothing, and `SIGTERM` closes the port while the old one still ends its answers.
   */
  restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

export interface ChatServerOptions {
  /** The time between two pieces of an answer, in milliseconds. @defaultValue 8 */
  readonly everyMs?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a server on the loopback address. */
export async function startChatServer({ everyMs = 8, environment = {} }: ChatServerOptions = {}): Promise<ChatServer> {
  const children: ChildProcess[] = [];
  let child = start('0');
  const url = await firstMessage(child);
  const { port } = new URL(url);
  return {
    url,
    async counts() {
      child.send('counts');
      const [counts] = await once(child, 'message');
      return counts;
    },
    kill: async () => void (await Promise.all(children.map(kill))),
    async restart(signal) {
      child.kill(signal);
      await closedPort(Number(port));
      child = start(port);
      await firstMessage(child);
    },
  };

  function start(onPort: string): ChildProcess {
    const { OPENAI_API_KEY: _, OPENAI_BASE_URL: __, ANTHROPIC_API_KEY: ___, ...rest } = process.env;
    const started = fork(`${import.meta.dirname}/chatProcess.ts`, {
      execArgv: ['--import', 'tsx'],
      env: { ...rest, ...environment, PORT: onPort, LOCAL_EVERY_MS: String(everyMs) },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.push(started);
    return started;
  }
}

async function firstMessage(child: ChildProcess): Promise<string> {
  const message = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => undefined)]);
  if (message === undefined) throw new Error('The server of the chat did not start');
  return message[0];
}

/** Waits until nothing listens on the port. */
async function closedPort(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (!isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
