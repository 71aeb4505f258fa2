import { ChatClient, fetchServerSentEvents } from '@tanstack/ai-client';
import { defer } from 'rxjs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryStore, type StreamStore } from '../src/durable/index.js';
import { agUi, cancelResponse, type RunInput, readRunId, resumeResponse, uiMessages } from '../src/http/index.js';
import { streamOf } from '../src/testing/index.js';
import { createChat } from './support/chat.js';
import { sdks, versions } from './support/clients.js';
import { shownText } from './support/streams.js';

const words = 'The answer has a few words.';
const answer$ = streamOf(words, { everyMs: 10 });

/** Cuts a body off after some bytes. */
function cutBody(response: Response, bytes: number): Response {
  let rest = bytes;
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      controller.enqueue(chunk.slice(0, Math.max(rest, 0)));
      rest -= chunk.length;
      if (rest <= 0) controller.error(new TypeError('network error'));
    },
  });
  return new Response(response.body?.pipeThrough(cut), response);
}

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});

describe.each(versions)('resumeResponse, with a chat of version %s of the AI SDK', (version) => {
  function chatOf(store: StreamStore, requests: string[], cutAt: number) {
    const handle = async (url: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      const request = new Request(new URL(`${url}`, 'http://localhost'), init);
      requests.push(request.method);
      const wire = uiMessages({ version });
      if (request.method === 'GET') return resumeResponse(store, readRunId(request) ?? '', request, { wire });
      return cutBody(await resumeResponse(store, 'chat-1', request, { wire, source$: answer$ }), cutAt);
    };
    const transport = new sdks[version].DefaultChatTransport({ api: 'http://localhost/api/chat', fetch: handle as typeof fetch });
    return createChat(version, { id: 'chat-1', transport, onError: () => undefined });
  }

  it('gives the whole answer to a chat that resumes in mid-answer: one message, and no doubled text', async () => {
    const requests: string[] = [];
    const chat = chatOf(memoryStore(), requests, 700);
    await chat.sendMessage({ text: 'Hi' });
    expect(chat.status).toBe('error');
    await chat.resumeStream();
    expect([chat.status, requests]).toEqual(['ready', ['POST', 'GET']]);
    expect(chat.messages).toHaveLength(2);
    const last = chat.messages.at(-1);
    expect(last && shownText(last)).toBe(words);
  });

  it('changes nothing when there is nothing to resume', async () => {
    const requests: string[] = [];
    const chat = chatOf(memoryStore(), requests, Infinity);
    await chat.resumeStream();
    expect([chat.status, chat.messages.length]).toEqual(['ready', 0]);
    await chat.sendMessage({ text: 'Hi' });
    await chat.resumeStream();
    expect([chat.status, chat.messages.length, requests]).toEqual(['ready', 2, ['GET', 'POST', 'GET']]);
  });

  it('ends the answer of every reader when another one stops it', async () => {
    const store = memoryStore();
    const chat = chatOf(store, [], Infinity);
    const sent = chat.sendMessage({ text: 'Hi' });
    await expect.poll(() => chat.messages.at(-1)?.role).toBe('assistant');
    expect((await cancelResponse(store, 'chat-1')).status).toBe(204);
    await sent;
    expect(chat.status).toBe('ready');
    const last = chat.messages.at(-1);
    expect(last && shownText(last).length).toBeLessThan(words.length);
  });
});

describe('resumeResponse, with the client of TanStack', () => {
  // Not in the first frame: their client goes on only after an id.
  it.each([450, 700, 900, 1_200, 1_400])('sends the rest after cuts at %i bytes, and asks the provider once', async (bytes) => {
    const store = memoryStore();
    const requests: (string | null)[] = [];
    let asked = 0;
    const source$ = defer(() => {
      asked++;
      return answer$;
    });
    const handle = async (_: unknown, init?: RequestInit): Promise<Response> => {
      const request = new Request('http://localhost/api', init);
      requests.push(request.headers.get('last-event-id'));
      const input = JSON.parse(init?.body as string) as RunInput;
      const response = await resumeResponse(store, readRunId(request) ?? 'none', request, { wire: agUi({ input }), source$ });
      return requests.length < 4 ? cutBody(response, bytes) : response;
    };
    const errors: string[] = [];
    const client = new ChatClient({
      connection: fetchServerSentEvents('http://localhost/', { fetchClient: handle as typeof fetch }),
      onError: (error: Error) => void errors.push(error.message),
    });
    client.attach?.();
    await client.sendMessage('Hi');
    const texts = client
      .getMessages()
      .slice(1)
      .flatMap(({ parts }) => parts.map((part) => ('content' in part ? part.content : '')));
    expect([texts.join(''), errors, asked]).toEqual([words, [], 1]);
    expect(requests.length).toBeGreaterThan(1);
  });
});
