import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import type { JsonValue } from '../../src/events.js';
import { type McpClient, mcpTools } from '../../src/mcp/mcpTools.js';
import { fakeProvider } from '../../src/testing/index.js';
import { runTools } from '../../src/tools/runTools.js';
import { answering, calling, outlineOf } from '../support/toolRun.js';

// The clients of both SDKs are tested in conformance/; here are clients of their form.

interface CallOptions {
  readonly signal: AbortSignal;
  readonly onprogress: (progress: JsonValue) => void;
  readonly timeout?: number;
}

type Handler = (
  options: CallOptions,
  params: { readonly name: string; readonly arguments: unknown },
) => JsonValue | Promise<JsonValue>;

const listed = (names: readonly string[]) =>
  names.map((name) => ({ name, description: `Does ${name}`, inputSchema: { type: 'object' } }));

/** A client of either generation, with one handler for every tool. */
function clientOf(generation: 1 | 2, names: readonly string[], handle: Handler): McpClient {
  const listTools = async () => ({ tools: listed(names) });
  if (generation === 2) {
    return { listTools, callTool: async (params: never, options: never) => handle(options, params) };
  }
  const callTool = async (params: never, schema: unknown = 'its own', options: never = undefined as never) => {
    expect(schema).toBe('its own');
    return handle(options, params);
  };
  return { listTools, callTool };
}

async function answersOf(client: McpClient, input = '{}'): Promise<readonly string[]> {
  const tools = await mcpTools(client);
  const provider = fakeProvider([calling([['c', Object.keys(tools)[0] ?? '', input]]), answering('Done')]);
  const events = await lastValueFrom(runTools(() => provider, { turns: [], tools }).pipe(toArray()));
  return events.filter(({ type }) => type === 'tool-result').map(outlineOf);
}

const texts = (...all: readonly string[]): JsonValue => all.map((text) => ({ type: 'text', text }));

describe('mcpTools', () => {
  describe.each([1, 2] as const)('of a client of SDK %i', (generation) => {
    it('are tools with the schemas of the server', async () => {
      const tools = await mcpTools(clientOf(generation, ['read', 'write'], () => null));
      expect(tools).toMatchObject({
        read: { description: 'Does read', jsonSchema: { type: 'object' } },
        write: { description: 'Does write' },
      });
    });

    it('call the server, and report its progress', async () => {
      const handle: Handler = async ({ onprogress }, params) => {
        expect(params).toEqual({ name: 'read', arguments: { path: 'a' } });
        onprogress({ progress: 1, total: 2 });
        await Promise.resolve();
        return { content: texts('a', 'b') };
      };
      expect(await answersOf(clientOf(generation, ['read'], handle), '{"path":"a"}')).toEqual([
        'progress c {"progress":1,"total":2}',
        'result c "a\\nb"',
      ]);
    });

    it('cancel the call of the server when they are unsubscribed', async () => {
      let signal: AbortSignal | undefined;
      const client = clientOf(generation, ['read'], (options) => {
        signal = options.signal;
        return new Promise(() => undefined);
      });
      const tools = await mcpTools(client);
      const provider = fakeProvider([calling([['c', 'read']])]);
      const subscription = runTools(() => provider, { turns: [], tools }).subscribe({ error: fail });
      expect(signal?.aborted).toBe(false);
      subscription.unsubscribe();
      expect(signal?.aborted).toBe(true);
    });

    it('pass time limits on', async () => {
      const seen: unknown[] = [];
      const client = clientOf(generation, ['read'], ({ onprogress: _, signal: __, ...limits }) => {
        seen.push(limits);
        return { content: [] };
      });
      const { read } = await mcpTools(client, { timeoutMs: 10, maxTotalMs: 20 });
      const context = { callId: 'c', name: 'read', step: 0, turns: [], signal: new AbortController().signal };
      await lastValueFrom(read?.run({}, context) as never);
      expect(seen).toEqual([{ timeout: 10, maxTotalTimeout: 20, resetTimeoutOnProgress: true }]);
    });
  });

  it('give images, audio and resources as files, which every converter of turns takes', async () => {
    const content = [
      { type: 'text', text: 'Look' },
      { type: 'image', data: 'YQ==', mimeType: 'image/png' },
      { type: 'resource', resource: { uri: 'file:///a', text: 'hello' } },
      { type: 'resource', resource: { uri: 'file:///b', blob: 'Yg==', mimeType: 'application/pdf' } },
      { type: 'resource_link', name: 'c', uri: 'file:///c' },
      { type: 'later', field: 1 },
    ];
    const shown = [
      { type: 'text', text: 'Look' },
      { type: 'file', mediaType: 'image/png', data: 'YQ==' },
      { type: 'text', text: 'hello' },
      { type: 'file', mediaType: 'application/pdf', data: 'Yg==', filename: 'file:///b' },
      { type: 'text', text: 'c: file:///c' },
      { type: 'text', text: '{"type":"later","field":1}' },
    ];
    expect(await answersOf(clientOf(2, ['read'], () => ({ content })))).toEqual([`result c ${JSON.stringify(shown)}`]);
  });

  it('give structured content where there is nothing else, and the result of old servers', async () => {
    const structured = { content: [], structuredContent: { celsius: 21 } };
    expect(await answersOf(clientOf(2, ['read'], () => structured))).toEqual(['result c {"celsius":21}']);
    expect(await answersOf(clientOf(2, ['read'], () => ({ toolResult: 1 })))).toEqual(['result c 1']);
    expect(await answersOf(clientOf(2, ['read'], () => ({})))).toEqual(['result c null']);
  });

  it('give the model an error for a failed result, a rejected call, and arguments that are no object', async () => {
    const failed = { content: texts('No such file'), isError: true };
    expect(await answersOf(clientOf(2, ['read'], () => failed))).toEqual(['error c "No such file"']);
    expect(await answersOf(clientOf(1, ['read'], () => Promise.reject(new Error('closed'))))).toEqual(['error c "closed"']);
    expect(
      await answersOf(
        clientOf(1, ['read'], () => null),
        '[]',
      ),
    ).toEqual(['error c "The arguments must be an object"']);
  });

  it('are those that filter takes, with a prefix, and names that every provider accepts', async () => {
    const names = ['a.b', 'a/b', 'hidden', `${'long'.repeat(20)}`];
    const tools = await mcpTools(
      clientOf(2, names, () => null),
      { filter: ({ name }) => name !== 'hidden', prefix: 'x_' },
    );
    expect(Object.keys(tools)).toEqual(['x_a_b', 'x_a_b-2', `x_${'long'.repeat(20)}`.slice(0, 64)]);
  });

  it('are read page by page, and not for ever', async () => {
    const cursors: unknown[] = [];
    const client = {
      ...clientOf(2, [], () => null),
      async listTools({ cursor }: { cursor?: string } = {}) {
        cursors.push(cursor);
        return { tools: listed([`tool-${cursor}`]), nextCursor: cursor === undefined ? 'p2' : 'p3' };
      },
    };
    expect(Object.keys(await mcpTools(client))).toEqual(['tool-undefined', 'tool-p2', 'tool-p3']);
    expect(cursors).toEqual([undefined, 'p2', 'p3']);
  });

  it('check their arguments at call time', () => {
    expect(() => mcpTools({} as never)).toThrow('mcpTools: client must be a connected MCP client');
    const client = clientOf(2, [], () => null);
    expect(() => mcpTools(client, { prefixes: '' } as never)).toThrow('did you mean "prefix"?');
    expect(() => mcpTools(client, { prefix: 1 as never })).toThrow('prefix must be a string');
    expect(() => mcpTools(client, { timeoutMs: 0 })).toThrow(RangeError);
  });
});

function fail(error: unknown): never {
  throw error;
}
