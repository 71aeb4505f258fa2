import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

/** What a provider sends in answer to one request, in the terms of the wire that was asked for. */
export interface Answer {
  /** The number of this request, from 1. */
  readonly request: number;
  readonly response: ServerResponse;
  text(text: string): void;
  /** What keeps a connection alive: a comment or a ping. */
  ping(): void;
  /** The error that a provider sends inside of a response with status 200. */
  fail(message: string): void;
  /** The usual end: the reason, the usage, the closing event. */
  finish(): void;
  /** A clean end of the body, with or without `finish` before it. */
  end(): void;
  /** The socket is reset. */
  reset(): void;
}

export interface Provider {
  readonly url: string;
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  /** The number of requests so far. */
  readonly requests: () => number;
  stop(): void;
}

type Framing = Readonly<Record<'start' | 'finish' | 'ping', readonly unknown[]>> & {
  text(text: string): unknown;
  error(message: string): unknown;
};

const chunk = { id: 'chat-1', object: 'chat.completion.chunk', created: 1, model: 'model' };
const chat: Framing = {
  start: [],
  text: (content) => ({ ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] }),
  error: (message) => ({ error: { message, type: 'server_error', code: 'server_error' } }),
  ping: [': ping'],
  finish: [
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { ...chunk, choices: [], usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 } },
    '[DONE]',
  ],
};

const usage = { input_tokens: 9, output_tokens: 1 };
const message = { id: 'msg-1', type: 'message', role: 'assistant', model: 'model', content: [], stop_reason: null, usage };
const messages: Framing = {
  start: [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  ],
  text: (text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  error: (text) => ({ type: 'error', error: { type: 'overloaded_error', message: text } }),
  ping: [{ type: 'ping' }],
  finish: [
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 4 } },
    { type: 'message_stop' },
  ],
};

/** An event as it is sent: an object as JSON with its type as name, a comment as it is. */
function toFrame(event: unknown): string {
  if (typeof event !== 'string') {
    const { type } = event as { type?: string };
    return `${type === undefined ? '' : `event: ${type}\n`}data: ${JSON.stringify(event)}\n\n`;
  }
  return event.startsWith(':') ? `${event}\n\n` : `data: ${event}\n\n`;
}

/** Starts a loopback server with the wires of OpenAI chat completions and Anthropic messages, and clients for it that do not retry. */
export async function startProvider(answer: (answer: Answer) => void): Promise<Provider> {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume();
    const framing = request.url?.includes('/messages') ? messages : chat;
    const send = (events: readonly unknown[]): void => {
      if (!response.destroyed) response.write(events.map(toFrame).join(''));
    };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    send(framing.start);
    answer({
      request: ++requests,
      response,
      text: (text) => send([framing.text(text)]),
      ping: () => send(framing.ping),
      fail: (text) => send([framing.error(text)]),
      finish: () => send(framing.finish),
      end: () => response.end(),
      // After the client has read what was written.
      reset: () => setTimeout(() => response.socket?.resetAndDestroy(), 100),
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    openai: new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0 }),
    anthropic: new Anthropic({ apiKey: 'none', baseURL: url, maxRetries: 0 }),
    requests: () => requests,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
