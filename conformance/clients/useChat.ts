/** The transport of `useChat` in front of a server of ours: the front end stays as it is, and the server pipes operators. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { DefaultChatTransport, readUIMessageStream, type UIMessage } from 'ai';
import OpenAI from 'openai';
import { from, lastValueFrom } from 'rxjs';
import { aggregateUsage, createDemand, retryStream } from 'rxllm';
import { pipeToNode, readUiMessages, uiMessages } from 'rxllm/http';
import { chatMessages, fromChatCompletions } from 'rxllm/openai';

async function answer(openai: OpenAI, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body: unknown = await json(request);
  const messages = chatMessages(readUiMessages(body));
  const demand = createDemand();
  const events$ = fromChatCompletions(openai, { model: 'local', messages }, { demand }).pipe(
    retryStream({ initialDelayMs: 10 }),
    aggregateUsage(),
  );
  pipeToNode(events$, response, { wire: uiMessages({ version: 7, input: body }), demand });
}

/** Asks one question as `useChat` does. @returns The message that it shows. */
export async function askByUseChat(question: string, baseURL: string): Promise<UIMessage> {
  const openai = new OpenAI({ baseURL, apiKey: 'local' });
  const server = createServer((request, response) => {
    answer(openai, request, response).catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  // In a component: useChat({ transport: new DefaultChatTransport({ api: '/api/chat' }) }).
  const transport = new DefaultChatTransport({ api: `http://127.0.0.1:${port}/api/chat` });
  const stream = await transport.sendMessages({
    chatId: 'chat-1',
    trigger: 'submit-message',
    messageId: undefined,
    messages: [{ id: 'user-1', role: 'user', parts: [{ type: 'text', text: question }] }],
    abortSignal: undefined,
  });
  const shown: AsyncIterable<UIMessage> = readUIMessageStream({ stream, terminateOnError: true });
  const message = await lastValueFrom(from(shown));
  server.closeAllConnections();
  server.close();
  return message;
}
