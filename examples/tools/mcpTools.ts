/** An agent with the tools of an MCP server: its progress is emitted live, and unsubscribing cancels the call at the server. */
import { lastValueFrom, tap } from 'rxjs';
import { runTools, toMessage } from 'rxllm';
import { mcpTools } from 'rxllm/mcp';
import { fakeProvider, finish, start, toolCallEnd, toolCallStart } from 'rxllm/testing';

// In an application: a connected `Client` of @modelcontextprotocol/sdk or @modelcontextprotocol/client.
const client = {
  listTools: async () => ({ tools: [{ name: 'search', inputSchema: { type: 'object' } }] }),
  async callTool(_: unknown, options: { onprogress(progress: object): void }) {
    options.onprogress({ progress: 1, total: 2 });
    return { content: [{ type: 'text', text: 'Found 3 files' }] };
  },
};

const calling = [start(), toolCallStart('c1', 'files_search'), toolCallEnd('c1', 'files_search', '{}'), finish('tool-calls')];
const model = fakeProvider([calling, 'There are three.']);
const tools = await mcpTools(client, { prefix: 'files_' });

const events$ = runTools(() => model, { turns: [], tools }).pipe(
  tap((event) => event.type === 'tool-result' && console.log(event.preliminary ? 'progress' : 'result', event.output)),
);
console.log((await lastValueFrom(events$.pipe(toMessage()))).text);

/* Prints:
progress { progress: 1, total: 2 }
result Found 3 files
There are three.
*/
