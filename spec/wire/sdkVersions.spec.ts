import { setImmediate } from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Anthropic0 from 'anthropic-0';
import OpenAI from 'openai';
import OpenAI5 from 'openai-5';
import OpenAI6 from 'openai-6';
import type { Observable } from 'rxjs';
import type { DeltaEvent, Message } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { fromMessages } from '../../src/providers/anthropic/fromMessages.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { fromResponses } from '../../src/providers/openai/fromResponses.js';
import { collect } from '../support/respond.js';
import { type Answer, answerStream, answerWith, startServer, type TestServer } from '../support/server.js';

const data = (payload: object): string => `data: ${JSON.stringify(payload)}\n\n`;

/** Answers all wires, by the path. A model named `limited` gets a rate limit. */
const answerAnything: Answer = (exchange) => {
  const { path, body } = exchange.request;
  if (JSON.parse(body).model === 'limited')
    return answerWith(429, { error: { message: 'Slow down' } }, { 'retry-after': '2' })(exchange);
  const [, pieces] = Object.entries(streams).find(([end]) => path.split('?')[0]?.endsWith(end)) ?? [];
  return answerStream(pieces ?? [])(exchange);
};

const provider = startServer(answerAnything);

const streams: Readonly<Record<string, readonly string[]>> = {
  '/chat/completions': [
    data({ id: '1', choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: 'stop' }] }),
    'data: [DONE]\n\n',
  ],
  '/responses': [
    data({ type: 'response.created', response: { id: '1' } }),
    data({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hello' }),
    data({ type: 'response.completed', response: { id: '1', status: 'completed', output: [] } }),
  ],
  '/v1/messages': [
    data({ type: 'message_start', message: { id: '1' } }),
    data({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'Hello' } }),
    data({ type: 'content_block_stop', index: 0 }),
    data({ type: 'message_delta', delta: { stop_reason: 'end_turn' } }),
    data({ type: 'message_stop' }),
  ],
};

type Source = (url: string, model: string) => Observable<DeltaEvent>;

const messages = [{ role: 'user' as const, content: 'Hello' }];

/** The classes have private members, so TypeScript does not accept one version's client as another's. Users have only one version. */
type AnyVersion<Class> = new (options: { baseURL: string; apiKey: string }) => Class;

function openai(version: string, Client: AnyVersion<OpenAI>): (readonly [string, Source])[] {
  const client = (baseURL: string): OpenAI => new Client({ baseURL, apiKey: 'none' });
  return [
    [`openai ${version}, chat completions`, (url, model) => fromChatCompletions(client(url), { model, messages })],
    [`openai ${version}, responses`, (url, model) => fromResponses(client(url), { model, input: 'Hello' })],
  ];
}

function anthropic(version: string, Client: AnyVersion<Anthropic>): (readonly [string, Source])[] {
  const client = (baseURL: string): Anthropic => new Client({ baseURL, apiKey: 'none' });
  const params = { max_tokens: 10, messages };
  return [
    [`anthropic ${version}, messages`, (url, model) => fromMessages(client(url), { model, ...params })],
    [
      `anthropic ${version}, beta messages`,
      (url, model) => fromMessages(client(url), { model, ...params, betas: ['some-beta'] }),
    ],
  ];
}

const sources = [
  ...openai('5', OpenAI5 as never),
  ...openai('6', OpenAI6 as never),
  ...openai('7', OpenAI),
  ...anthropic('0.137', Anthropic0 as never),
  ...anthropic('1', Anthropic),
];

describe.each(sources)('with %s', (_name, source) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await provider;
  });

  async function messageOf(events$: Observable<DeltaEvent>): Promise<Message> {
    const fold = createMessageFold();
    for (const event of (await collect(events$)).events) fold.push(event);
    return fold.message();
  }

  it('streams an answer', async () => {
    expect(await messageOf(source(server.url, 'any'))).toMatchObject({ text: 'Hello', finishReason: 'stop' });
  });

  it('errors after one request for an error of the server', async () => {
    const before = server.requests.length;
    const { error } = await collect(source(server.url, 'limited'));
    expect(error).toMatchObject({ name: 'HttpError', kind: 'rate-limit', status: 429, retryable: true, retryAfterMs: 2_000 });
    expect(server.requests).toHaveLength(before + 1);
  });

  it('keeps one connection for 50 requests, one after another', async () => {
    const ownServer = await startServer(answerAnything);
    try {
      for (let request = 0; request < 50; request++) {
        expect((await collect(source(ownServer.url, 'any'))).completed).toBe(true);
        await ownServer.requests[request]?.closed;
        // The body ends some turns of the event loop after the answer, later on a busy machine.
        for (let turn = 0; turn < 20; turn++) await setImmediate();
      }
      expect(ownServer.requests).toHaveLength(50);
      expect(ownServer.connections).toBe(1);
    } finally {
      await ownServer.close();
    }
  });
});

afterAll(async () => (await provider).close());
