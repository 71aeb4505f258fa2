import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AbstractChat, ChatInit, ChatState, ChatStatus, UIMessage } from 'ai';
import { sdks, type Version } from './clients.js';

/** The state that a framework's chat would keep. */
class State implements ChatState<UIMessage> {
  messages: UIMessage[] = [];
  status: ChatStatus = 'ready';
  error: Error | undefined = undefined;
  readonly pushMessage = (message: UIMessage): void => {
    this.messages = [...this.messages, message];
  };
  readonly popMessage = (): void => {
    this.messages = this.messages.slice(0, -1);
  };
  readonly replaceMessage = (index: number, message: UIMessage): void => {
    this.messages = this.messages.with(index, message);
  };
  readonly snapshot = <T>(value: T): T => structuredClone(value);
}

/** What useChat is, without a framework. */
export function createChat(version: Version, init: ChatInit<UIMessage>): AbstractChat<UIMessage> {
  const { AbstractChat: Base } = sdks[version];
  class Chat extends Base<UIMessage> {
    constructor() {
      super({ ...init, state: new State() });
    }
  }
  return new Chat();
}

export interface ChatServer {
  readonly url: string;
  /** The bodies of the requests so far. */
  readonly bodies: readonly unknown[];
  close(): Promise<void>;
}

/** Answers a request. */
export type Answer = (response: ServerResponse, request: IncomingMessage, body: unknown) => void;

export async function startChatServer(answer: Answer): Promise<ChatServer> {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      if (body !== undefined) bodies.push(body);
      answer(response, request, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sends frames as server-sent events. */
export function sendFrames(
  response: ServerResponse,
  frames: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  for (const data of frames) response.write(`data: ${data}\n\n`);
  response.end();
}
