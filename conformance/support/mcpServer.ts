import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const text = (value: string): { type: 'text'; text: string } => ({ type: 'text', text: value });

/** A real server, with a tool for each form of a result. @param log What the tools note. */
export function createMcpServer(log: string[]): McpServer {
  const server = new McpServer({ name: 'rxllm', version: '1.0.0' });
  server.registerTool('add', { description: 'Adds', inputSchema: { a: z.number(), b: z.number() } }, ({ a, b }) => ({
    content: [text(String(a + b))],
  }));
  server.registerTool('slow', { inputSchema: { steps: z.number() } }, async ({ steps }, { _meta, sendNotification }) => {
    const progressToken = _meta?.progressToken ?? '';
    for (let progress = 1; progress <= steps; progress++) {
      // Later ones than the result are dropped, and so are those that come with it in one chunk.
      await sendNotification({ method: 'notifications/progress', params: { progressToken, progress, total: steps } });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return { content: [text('done')] };
  });
  server.registerTool('forever', { inputSchema: {} }, (_, { signal }) => {
    log.push('forever runs');
    return new Promise<{ content: [] }>((resolve) => {
      signal.addEventListener('abort', () => {
        log.push('forever aborted');
        resolve({ content: [] });
      });
    });
  });
  server.registerTool('show', { inputSchema: {} }, () => ({
    content: [
      text('A picture'),
      { type: 'image', data: 'YQ==', mimeType: 'image/png' },
      { type: 'resource', resource: { uri: 'file:///a.txt', text: 'hello' } },
      { type: 'resource_link', uri: 'file:///b', name: 'b' },
    ],
  }));
  server.registerTool('fails', { inputSchema: {} }, () => ({ isError: true, content: [text('No such file')] }));
  server.registerTool('structured', { inputSchema: {}, outputSchema: { celsius: z.number() } }, () => ({
    content: [],
    structuredContent: { celsius: 21 },
  }));
  return server;
}

if (process.argv[2] === 'stdio') await createMcpServer([]).connect(new StdioServerTransport());
