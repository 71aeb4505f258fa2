import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, type ClientRequest, get, type IncomingMessage } from 'node:http';
import { measureServer } from './loopback.js';
import { decimals, fraction, printTable } from './table.js';

const byHand = 'relay by hand';
const tools = [byHand, 'rxllm: sse', 'rxllm: uiMessages', 'rxllm: agUi', 'ai: pipeUIMessageStreamToResponse'];

/** Measures the resident memory of a server for each stream that it relays from a slow provider to a page. Provider and server have a process each. */
export async function benchRelayMemory(quick: boolean): Promise<void> {
  const streams = quick ? 100 : 1_000;
  const rounds = quick ? 1 : 3;
  const readings = new Map<string, number[]>(tools.map((tool) => [tool, []]));
  for (let round = 0; round < rounds; round++) {
    for (const tool of tools) readings.get(tool)?.push(await measureServer(({ url }) => relayIn(tool, `${url}/slow`, streams)));
  }
  const median = (tool: string): number => readings.get(tool)?.toSorted((a, b) => a - b)[rounds >> 1] ?? Number.NaN;
  console.log(
    `KB of resident memory a relayed stream, Node ${process.version}: medians of ${rounds} processes, ${streams} open streams`,
  );
  printTable(
    ['relay', 'KB', '× by hand'],
    tools.map((tool) => [tool, decimals(median(tool) / 1_024), fraction(median(tool) / median(byHand))]),
    1,
  );
}

async function relayIn(tool: string, url: string, count: number): Promise<number> {
  const server = fork(`${import.meta.dirname}/relayServer.js`, [tool, url], { execArgv: [...process.execArgv, '--expose-gc'] });
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  const requests: ClientRequest[] = [];
  try {
    const [port] = (await once(server, 'message')) as [number];
    const open = (): Promise<unknown> => openPage(`http://127.0.0.1:${port}/`, agent, requests);
    // One stream first, so that shared code and buffers do not count.
    await open();
    const before = await memoryOf(server);
    await Promise.all(Array.from({ length: count }, open));
    // The provider sends a delta every 30 ms, and stays open after a hundred.
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    return ((await memoryOf(server)) - before) / count;
  } finally {
    for (const request of requests) request.destroy();
    agent.destroy();
    server.kill();
  }
}

/** Resolves when the first frames came. The page reads on until its request is destroyed. */
function openPage(url: string, agent: Agent, requests: ClientRequest[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response: IncomingMessage) => {
      response.on('error', () => undefined);
      response.once('data', resolve);
      response.resume();
    });
    request.on('error', reject);
    requests.push(request);
  });
}

async function memoryOf(server: ChildProcess): Promise<number> {
  server.send('memory');
  const [bytes] = (await once(server, 'message')) as [number];
  return bytes;
}
