import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

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
  /** Kills it and starts another on the same port. */
  restart(): Promise<void>;
}

export interface ChatServerOptions {
  /** The time between two pieces of an answer, in milliseconds. @defaultValue 8 */
  readonly everyMs?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a server on the loopback address. */
export async function startChatServer({ everyMs = 8, environment = {} }: ChatServerOptions = {}): Promise<ChatServer> {
  let child = start('0');
  const url = await firstMessage(child);
  return {
    url,
    async counts() {
      child.send('counts');
      const [counts] = await once(child, 'message');
      return counts;
    },
    kill: () => kill(child),
    async restart() {
      await kill(child);
      child = start(new URL(url).port);
      await firstMessage(child);
    },
  };

  function start(port: string): ChildProcess {
    const { OPENAI_API_KEY: _, OPENAI_BASE_URL: __, ANTHROPIC_API_KEY: ___, ...rest } = process.env;
    return fork(`${import.meta.dirname}/chatProcess.ts`, {
      execArgv: ['--import', 'tsx'],
      env: { ...rest, ...environment, PORT: port, LOCAL_EVERY_MS: String(everyMs) },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }
}

async function firstMessage(child: ChildProcess): Promise<string> {
  const message = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => undefined)]);
  if (message === undefined) throw new Error('The server of the chat did not start');
  return message[0];
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
