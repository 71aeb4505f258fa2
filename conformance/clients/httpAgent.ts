/** The `HttpAgent` of AG-UI, as CopilotKit has it, in front of a server of ours: the front end stays as it is, and the server pipes operators. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { HttpAgent, type Message } from '@ag-ui/client';
import OpenAI from 'openai';
import { aggregateUsage, createDemand, retryStream } from 'rxllm';
import { agUi, pipeToNode, type RunInput, readRunInput } from 'rxllm/http';
import { chatMessages, fromChatCompletions } from 'rxllm/openai';

async function answer(openai: OpenAI, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = (await json(request)) as RunInput;
  const messages = chatMessages(readRunInput(body));
  const demand = createDemand();
  const events$ = fromChatCompletions(openai, { model: 'local', messages }, { demand }).pipe(
    retryStream({ initialDelayMs: 10 }),
    aggregateUsage(),
  );
  pipeToNode(events$, response, { wire: agUi({ input: body }), demand });
}

/** Asks one question as an agent of AG-UI does. @returns The messages that it has then. */
export async function askByHttpAgent(question: string, baseURL: string): Promise<readonly Message[]> {
  const openai = new OpenAI({ baseURL, apiKey: 'local' });
  const server = createServer((request, response) => {
    answer(openai, request, response).catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const agent = new HttpAgent({
    url: `http://127.0.0.1:${port}/agent`,
    threadId: 'thread-1',
    initialMessages: [{ id: 'user-1', role: 'user', content: question }],
  });
  await agent.runAgent({ runId: 'run-1' });
  server.closeAllConnections();
  server.close();
  return agent.messages;
}
