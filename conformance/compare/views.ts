/**
 * The same cut on the way from a server to a page: a run that starts, a text, and a clean end of the body. Prints what each client shows: what
 * useChat, injectChat and CopilotKit are made of.
 */
import { HttpAgent } from '@ag-ui/client';
import { ChatClient, fetchServerSentEvents } from '@tanstack/ai-client';
import { HttpAgent as HttpAgent0 } from 'ag-ui-client-0';
import { DefaultChatTransport } from 'ai';
import { lastValueFrom } from 'rxjs';
import { accumulateText } from 'rxllm';
import { agUi, fromWire, sse, uiMessages, type Wire } from 'rxllm/http';
import type { Version } from './support/aiSdks.js';
import { createChat } from './support/chat.js';
import { outcomeOf, printTable } from './support/outcome.js';

const cut = (...events: readonly unknown[]): string => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const text = { id: 't', delta: 'The answer is' };
const uiBody = cut({ type: 'start', messageId: 'm' }, { type: 'text-start', id: 't' }, { type: 'text-delta', ...text });
const agUiBody = cut(
  { type: 'RUN_STARTED', threadId: 't', runId: 'r' },
  { type: 'TEXT_MESSAGE_START', messageId: 'm', role: 'assistant' },
  { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: text.delta },
);
const sseBody = cut(
  { type: 'start', id: 'm', model: 'm', provider: 'p' },
  { type: 'text-delta', text: text.delta, block: 0, choice: 0, phase: 'answer' },
);
const respond = (body: string) => async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } });

async function showChat(version: Version): Promise<string> {
  const chat = createChat(version, { transport: new DefaultChatTransport({ fetch: respond(uiBody) }) });
  await chat.sendMessage({ text: 'Hi' });
  return `status ${chat.status}, error ${chat.error?.message ?? 'none'}`;
}

async function showTanStack(): Promise<string> {
  let error = 'none';
  const onError = ({ message }: Error): void => {
    error = message;
  };
  const connection = fetchServerSentEvents('http://localhost/', { fetchClient: respond(agUiBody) });
  const client = new ChatClient({ connection, onError });
  client.attach?.();
  await client.sendMessage('Hi');
  return `status ${client.getStatus?.()}, error ${error}`;
}

async function showAgent(Agent: typeof HttpAgent): Promise<string> {
  const agent = new Agent({ url: 'http://localhost/', threadId: 't', fetch: respond(agUiBody) });
  const { newMessages } = await agent.runAgent({ runId: 'r' });
  return `resolved, ${newMessages.length} message, error none`;
}

const read = (body: string, wire: Wire): Promise<string> =>
  outcomeOf(lastValueFrom(fromWire(respond(body), { wire }).pipe(accumulateText())));

printTable([
  ['client', 'after the cut'],
  ['AI SDK 6: chat', await showChat(6)],
  ['AI SDK 7: chat', await showChat(7)],
  ['TanStack AI: ChatClient', await showTanStack()],
  ['AG-UI 0.0.59: HttpAgent', await showAgent(HttpAgent0 as unknown as typeof HttpAgent)],
  ['AG-UI 1.0.0: HttpAgent', await showAgent(HttpAgent)],
  ['rxllm: fromWire, uiMessages()', await read(uiBody, uiMessages())],
  ['rxllm: fromWire, agUi()', await read(agUiBody, agUi())],
  ['rxllm: fromWire, sse()', await read(sseBody, sse())],
]);
