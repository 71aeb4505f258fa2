import { fileURLToPath } from 'node:url';
import { Client as ClientOf2 } from '@modelcontextprotocol/client';
import { Client as ClientOf1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { lastValueFrom, toArray } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { calling, outlineOf } from '../spec/support/toolRun.js';
import { type McpClient, mcpTools } from '../src/mcp/index.js';
import { fakeProvider } from '../src/testing/index.js';
import { runTools } from '../src/tools/runTools.js';
import { createMcpServer } from './support/mcpServer.js';

type Closing = McpClient & { close(): Promise<void> };

const identity = { name: 'rxllm', version: '1.0.0' };
const closing: (() => Promise<void>)[] = [];

/** A client of either SDK, connected to a real server in this process. */
async function inProcess(Client: typeof ClientOf1 | typeof ClientOf2): Promise<{ client: Closing; log: string[] }> {
  const log: string[] = [];
  const server = createMcpServer(log);
  const [serverSide, clientSide] = InMemoryTransport.createLinkedPair();
  const client = new Client(identity);
  await Promise.all([server.connect(serverSide), client.connect(clientSide as never)]);
  closing.push(() => client.close());
  return { client: client as unknown as Closing, log };
}

async function overStdio(): Promise<Closing> {
  const client = new ClientOf1(identity);
  const path = fileURLToPath(new URL('./support/mcpServer.ts', import.meta.url));
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  await client.connect(new StdioClientTransport({ command: process.execPath, args: ['--import', 'tsx', path, 'stdio'], cwd }));
  closing.push(() => client.close());
  return client as unknown as Closing;
}

async function answersOf(client: McpClient, name: string, input: object): Promise<readonly string[]> {
  const tools = await mcpTools(client);
  const provider = fakeProvider([calling([['c', name, JSON.stringify(input)]]), 'Done']);
  const events = await lastValueFrom(runTools(() => provider, { turns: [], tools }).pipe(toArray()));
  return events.filter(({ type }) => type === 'tool-result').map(outlineOf);
}

async function expectTools(client: McpClient): Promise<void> {
  expect(await answersOf(client, 'add', { a: 1, b: 2 })).toEqual(['result c "3"']);
  expect(await answersOf(client, 'slow', { steps: 2 })).toEqual([
    'progress c {"progress":1,"total":2}',
    'progress c {"progress":2,"total":2}',
    'result c "done"',
  ]);
  expect(await answersOf(client, 'fails', {})).toEqual(['error c "No such file"']);
  expect(await answersOf(client, 'structured', {})).toEqual(['result c {"celsius":21}']);
  const [shown] = await answersOf(client, 'show', {});
  expect(JSON.parse(shown?.slice('result c '.length) ?? '')).toEqual([
    { type: 'text', text: 'A picture' },
    { type: 'file', mediaType: 'image/png', data: 'YQ==' },
    { type: 'text', text: 'hello' },
    { type: 'text', text: 'b: file:///b' },
  ]);
  const [invalid] = await answersOf(client, 'add', { a: 'x' });
  expect(invalid).toMatch(/^error c .*Invalid arguments for tool add/);
}

describe('mcpTools', () => {
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  describe.each([
    ['1', ClientOf1],
    ['2', ClientOf2],
  ] as const)('with the client of SDK %s', (_, Client) => {
    it('lists and calls the tools of a server', async () => {
      const { client } = await inProcess(Client);
      await expectTools(client);
    });

    it('cancels a call at the server when it is unsubscribed', async () => {
      const { client, log } = await inProcess(Client);
      const tools = await mcpTools(client);
      const provider = fakeProvider([calling([['c', 'forever']])]);
      const subscription = runTools(() => provider, { turns: [], tools }).subscribe({
        error: (error: unknown) => log.push(String(error)),
      });
      await expect.poll(() => log).toEqual(['forever runs']);
      subscription.unsubscribe();
      await expect.poll(() => log).toEqual(['forever runs', 'forever aborted']);
    });

    it('passes a time limit on', async () => {
      const { client } = await inProcess(Client);
      const tools = await mcpTools(client, { timeoutMs: 50 });
      const provider = fakeProvider([calling([['c', 'forever']]), 'Done']);
      const events = await lastValueFrom(runTools(() => provider, { turns: [], tools }).pipe(toArray()));
      expect(events.filter(({ type }) => type === 'tool-result')).toMatchObject([{ isError: true }]);
    });
  });

  it('works over stdio', async () => {
    await expectTools(await overStdio());
  });
});
