import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface LoopbackServer {
  readonly url: string;
  /** The number of connections so far. */
  connections(): Promise<number>;
}

/** Runs the provider of loopbackServer.ts in its own process until the work is done. */
export async function measureServer<Result>(work: (server: LoopbackServer) => Promise<Result>): Promise<Result> {
  const child = fork(`${import.meta.dirname}/loopbackServer.js`, { execArgv: process.execArgv });
  try {
    const [port] = (await once(child, 'message')) as [number];
    const url = `http://127.0.0.1:${port}`;
    return await work({ url, connections: async () => Number(await (await fetch(`${url}/connections`)).text()) });
  } finally {
    child.kill();
  }
}
