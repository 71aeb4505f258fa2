import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from '@jest/globals';
import OpenAI, { AzureOpenAI } from 'openai';
import { type StreamError, TruncatedError } from '../../../src/errors.js';
import { type RequestFunction, sendRequest } from '../../../src/providers/http/sendRequest.js';
import { type Answer, answerWith, startServer, type TestServer } from '../../support/server.js';

const key = 'sk-test-0123456789abcdef';
const secret = 'the secret of the prompt';

type Send = (signal: AbortSignal) => Promise<Response>;

const chat: OpenAI.ChatCompletionCreateParamsStreaming = {
  model: 'm',
  messages: [{ role: 'user', content: secret }],
  stream: true,
};
const message: Anthropic.MessageCreateParamsStreaming = {
  model: 'm',
  max_tokens: 9,
  messages: [{ role: 'user', content: secret }],
  stream: true,
};

const sendChat = (client: OpenAI): Send =>
  sendRequest(client, chat, (sdk, options) => sdk.chat.completions.create(chat, options));

/** For clients that are functions, or no clients. */
const never = (): never => {
  throw new Error('There is no SDK to call');
};

/** Each kind of client, as a user creates it. */
const clients: Readonly<Record<string, (url: string) => Send>> = {
  'a function': (url) => {
    const viaFetch: RequestFunction<object> = (params, { signal }) =>
      fetch(url, { method: 'POST', body: JSON.stringify(params), headers: { authorization: `Bearer ${key}` }, signal });
    return sendRequest(viaFetch, chat, never);
  },
  openai: (url) => sendChat(new OpenAI({ apiKey: key, baseURL: url })),
  anthropic: (url) =>
    sendRequest(new Anthropic({ apiKey: key, baseURL: url }), message, (sdk, options) => sdk.messages.create(message, options)),
};
const kindsOfClient = Object.keys(clients);

/** The latest server, and the functions that close all of them. */
let server: TestServer | undefined;
let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
  closing = [];
});

async function serve(...answers: readonly Answer[]): Promise<TestServer> {
  server = await startServer(...answers);
  closing.push(server.close);
  return server;
}

async function failureOf(client: string, ...answers: Answer[]): Promise<StreamError> {
  const { url } = await serve(...answers);
  return rejection(clients[client]?.(url));
}

async function rejection(send: Send | undefined, signal: AbortSignal = new AbortController().signal): Promise<StreamError> {
  try {
    await send?.(signal);
  } catch (error) {
    return error as StreamError;
  }
  throw new Error('the request succeeded');
}

const html = `<html><head><title>502 Bad Gateway</title></head><body>${'<p>nginx</p>'.repeat(99)}</body></html>`;
const openaiBody = (code: string, type: string): object => ({ error: { message: `About ${code}`, type, code, param: null } });
const anthropicBody = (type: string): object => ({
  type: 'error',
  error: { type, message: `About ${type}` },
  request_id: 'req_body',
});

/** Status, kind, retryable, and the body. */
const statuses: readonly (readonly [number, string, boolean, object | string])[] = [
  [400, 'invalid-request', false, openaiBody('context_length_exceeded', 'invalid_request_error')],
  [400, 'invalid-request', false, anthropicBody('api_error')],
  [401, 'authentication', false, openaiBody('invalid_api_key', 'invalid_request_error')],
  [403, 'permission', false, anthropicBody('permission_error')],
  [404, 'not-found', false, openaiBody('model_not_found', 'invalid_request_error')],
  [408, 'server', true, ''],
  [409, 'conflict', true, ''],
  [413, 'too-large', false, anthropicBody('request_too_large')],
  [418, 'invalid-request', false, ''],
  [422, 'invalid-request', false, { detail: 'The field is missing' }],
  [429, 'rate-limit', true, openaiBody('rate_limit_exceeded', 'tokens')],
  [429, 'rate-limit', true, anthropicBody('rate_limit_error')],
  [429, 'rate-limit', true, [{ error: { code: 429, message: 'Exhausted', status: 'RESOURCE_EXHAUSTED' } }]],
  [429, 'quota', false, openaiBody('insufficient_quota', 'insufficient_quota')],
  [402, 'quota', false, { error: { message: 'Add credits', code: 402 } }],
  [403, 'quota', false, anthropicBody('billing_error')],
  [500, 'server', true, anthropicBody('api_error')],
  [500, 'overloaded', true, anthropicBody('overloaded_error')],
  [502, 'server', true, html],
  [503, 'server', true, openaiBody('server_error', 'server_error')],
  [503, 'overloaded', true, openaiBody('slow_down', 'server_error')],
  [504, 'server', true, html],
  [529, 'overloaded', true, anthropicBody('overloaded_error')],
  [529, 'overloaded', true, ''],
  [599, 'server', true, ''],
];

const offset = (ms: number): string => new Date(Date.now() + ms).toUTCString();

describe('sendRequest', () => {
  it('resolves with the response of a success, with its body unread', async () => {
    for (const client of kindsOfClient) {
      const server = await serve(answerWith(200, 'data: x\n\n', { 'content-type': 'text/event-stream' }));
      const response = await clients[client]?.(server.url)(new AbortController().signal);
      expect(await response?.text()).toBe('data: x\n\n');
      expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ stream: true });
    }
  });

  it('follows a redirect of the same origin', async () => {
    for (const client of kindsOfClient) {
      const server = await serve(answerWith(307, '', { location: '/elsewhere' }), answerWith(200, 'ok'));
      await clients[client]?.(server.url)(new AbortController().signal);
      expect(server.requests.map(({ path }) => path)[1]).toBe('/elsewhere');
      expect(server.requests[1]?.body).toContain(secret);
    }
  });

  describe.each(kindsOfClient)('errors with HttpError through %s', (client) => {
    it.each(statuses)('%d: %s, retryable %s, one request', async (status, kind, retryable, body) => {
      const error = await failureOf(client, answerWith(status, body, { 'x-request-id': 'req_1' }));
      expect(error).toMatchObject({ name: 'HttpError', status, kind, retryable, requestId: 'req_1', retryAfterMs: undefined });
      expect(error.message.length).toBeGreaterThan(5);
      expect(error.message.length).toBeLessThanOrEqual(200);
      expect(server?.requests).toHaveLength(1);
    });

    it('reads message, code and request id where each provider puts them', async () => {
      expect(await failureOf(client, answerWith(400, openaiBody('bad_thing', 'invalid_request_error')))).toMatchObject({
        message: 'About bad_thing',
        code: 'bad_thing',
        requestId: undefined,
      });
      const anthropic = answerWith(400, anthropicBody('invalid_request_error'), { 'request-id': 'req_2' });
      expect(await failureOf(client, anthropic)).toMatchObject({
        message: 'About invalid_request_error',
        code: 'invalid_request_error',
        requestId: 'req_2',
      });
      for (const body of [{ error: 'In short' }, { message: 'In short' }, { detail: 'In short' }, 'In short']) {
        expect(await failureOf(client, answerWith(400, body))).toMatchObject({ message: 'In short' });
      }
    });

    it('cuts a page to one line of 200 characters', async () => {
      const { message } = await failureOf(client, answerWith(502, html, { 'content-type': 'text/html' }));
      expect(message).toMatch(/^<html>.*…$/);
      expect(message).toHaveLength(200);
    });

    it('has no key and no header in the message', async () => {
      const body = { error: { message: `Incorrect API key provided: ${key}. Authorization: Bearer ${key}` } };
      const error = await failureOf(client, answerWith(401, body));
      expect(error.message).toContain('Incorrect API key provided');
      expect(error.message).not.toContain('0123');
      const plain = await failureOf(client, answerWith(500));
      expect(plain.message).toBe('The provider answered with status 500');
      expect(JSON.stringify(plain)).not.toContain(secret);
    });

    it.each([
      [{ 'retry-after': '7' }, 7_000],
      [{ 'retry-after': '0.5' }, 500],
      [{ 'retry-after': '0' }, 0],
      [{ 'retry-after-ms': '1234', 'retry-after': '7' }, 1_234],
      [{ 'retry-after-ms': 'soon', 'retry-after': '7' }, 7_000],
      [{ 'retry-after': '-5' }, undefined],
      [{ 'retry-after': 'soon' }, undefined],
      [{ 'retry-after': 'Some day' }, undefined],
      [{ 'retry-after': '' }, undefined],
      [{ 'retry-after': 'Infinity' }, undefined],
      [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, undefined],
    ])('reads %j as %s ms', async (headers, retryAfterMs) => {
      const error = await failureOf(client, answerWith(429, '', headers as Record<string, string>));
      expect(error).toMatchObject({ retryAfterMs, retryable: true });
    });

    it('reads a date as the time until then', async () => {
      const { retryAfterMs } = await failureOf(client, answerWith(429, '', { 'retry-after': offset(60_000) }));
      expect(retryAfterMs).toBeGreaterThan(57_000);
      expect(retryAfterMs).toBeLessThanOrEqual(60_000);
    });

    it('obeys x-should-retry', async () => {
      expect(await failureOf(client, answerWith(400, '', { 'x-should-retry': 'true' }))).toMatchObject({ retryable: true });
      expect(await failureOf(client, answerWith(503, '', { 'x-should-retry': 'false' }))).toMatchObject({ retryable: false });
      expect(server?.requests).toHaveLength(1);
    });

    it('does not read an endless error body', async () => {
      const endless: Answer = ({ response }) => {
        response.writeHead(500, { 'content-type': 'text/plain' });
        const more = (error?: Error | null): unknown => error || response.write('x'.repeat(16_384), more);
        more();
      };
      expect(await failureOf(client, endless)).toMatchObject({ kind: 'server', status: 500 });
      expect(await server?.requests[0]?.closed).toMatchObject({ byClient: true });
    });

    it('errors also if the error body is reset', async () => {
      const reset: Answer = ({ response, socket }) => {
        response.writeHead(503, { 'content-length': '100' }).write('{"error":', () => socket.resetAndDestroy());
      };
      expect(await failureOf(client, reset)).toMatchObject({ name: 'HttpError', kind: 'server', status: 503 });
    });

    it('reads a compressed error', async () => {
      const { gzipSync } = await import('node:zlib');
      const gzipped: Answer = ({ response }) => {
        response.writeHead(429, { 'content-encoding': 'gzip', 'content-type': 'application/json' });
        response.end(gzipSync(JSON.stringify(openaiBody('insufficient_quota', 'insufficient_quota'))));
      };
      expect(await failureOf(client, gzipped)).toMatchObject({ kind: 'quota', message: 'About insufficient_quota' });
    });
  });

  it('does not wait for an error body that stalls, and reads its beginning', async () => {
    const server = await serve(({ response }) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).write('Half a');
    });
    const { url } = server;
    const before = performance.now();
    const errors = await Promise.all(kindsOfClient.map((client) => rejection(clients[client]?.(url))));
    expect(performance.now() - before).toBeLessThan(4_500);
    for (const error of errors) expect(error).toMatchObject({ kind: 'server', retryable: true, message: 'Half a' });
    for (const { closed } of server.requests) expect(await closed).toMatchObject({ byClient: true });
  });

  describe.each(kindsOfClient)('errors with ConnectionError through %s', (client) => {
    it('when the connection is refused', async () => {
      const gone = await startServer();
      await gone.close();
      const error = await rejection(clients[client]?.(gone.url));
      expect(error).toMatchObject({ name: 'ConnectionError', retryable: true, code: 'ECONNREFUSED' });
      expect(error.cause).toBeDefined();
    });

    it('when the host is unknown', async () => {
      const error = await rejection(clients[client]?.('http://nowhere.invalid'));
      expect(error).toMatchObject({ name: 'ConnectionError', retryable: true });
    });

    it('when the connection is reset or closed before the headers', async () => {
      for (const cut of [
        (a: Parameters<Answer>[0]) => a.socket.resetAndDestroy(),
        (a: Parameters<Answer>[0]) => a.socket.end(),
      ]) {
        expect(await failureOf(client, (exchange) => void cut(exchange))).toMatchObject({ kind: 'connection', retryable: true });
        expect(server?.requests).toHaveLength(1);
      }
    });

    it('when the response is no HTTP', async () => {
      const garbage: Answer = ({ socket }) => void socket.end('Hello!\r\n\r\n');
      expect(await failureOf(client, garbage)).toMatchObject({ kind: 'connection', retryable: true });
    });

    it('which is not retryable when the headers are too long', async () => {
      const overflow = answerWith(200, '', { 'x-long': 'x'.repeat(70_000) });
      expect(await failureOf(client, overflow)).toMatchObject({
        kind: 'connection',
        retryable: false,
        code: 'UND_ERR_HEADERS_OVERFLOW',
      });
    });
  });

  it('aborts the request when the signal aborts', async () => {
    for (const client of kindsOfClient) {
      const server = await serve(() => undefined);
      const controller = new AbortController();
      const failed = rejection(clients[client]?.(server.url), controller.signal);
      const request = await server.received();
      const before = performance.now();
      controller.abort();
      expect((await request.closed).at - before).toBeLessThan(100);
      await failed;
    }
  });

  it('rejects with a StreamError of the client unchanged', async () => {
    const server = await serve(answerWith(404));
    const first = await rejection(clients['openai']?.(server.url));
    expect(await rejection(sendRequest(() => Promise.reject(first), {}, never))).toBe(first);
  });

  it("rejects with a StreamError of the caller's own fetch unchanged, also when an SDK wraps it", async () => {
    const error = new TruncatedError();
    const client = new OpenAI({ apiKey: key, fetch: () => Promise.reject(error) });
    await expect(sendChat(client)(new AbortController().signal)).rejects.toBe(error);
  });

  it('rejects with ConnectionError for any other error of a client', async () => {
    for (const thrown of [new TypeError('fetch failed'), new Error('x', { cause: 'y' }), 'x', undefined, null]) {
      const error = await rejection(sendRequest(() => Promise.reject(thrown), {}, never));
      expect(error).toMatchObject({ kind: 'connection', retryable: true });
      expect(error.cause).toBe(thrown);
    }
  });

  it('rejects with a ConnectionError that is not retryable when the client does not send the request', async () => {
    const withoutKey = new Anthropic({ apiKey: null, authToken: null });
    const params = { model: 'claude-haiku-4-5', max_tokens: 1, messages: [], stream: true as const };
    const refused = await rejection(sendRequest(withoutKey, params, (sdk, options) => sdk.messages.create(params, options)));
    expect(refused).toMatchObject({ kind: 'connection', retryable: false });
    const error = new Error('No key');
    expect(await rejection(sendRequest(() => Promise.reject(error), {}, never))).toMatchObject({
      retryable: false,
      cause: error,
    });
  });

  it('throws for a client that is neither an object nor a function', () => {
    expect(() => sendRequest('gpt' as never, {}, never)).toThrow(TypeError);
    expect(() => sendRequest(undefined as never, {}, never)).toThrow(TypeError);
  });

  describe('uses an SDK client', () => {
    it('with its own fetch, headers and key, also one that changes', async () => {
      const server = await serve(answerWith(500));
      let calls = 0;
      const client = new OpenAI({
        apiKey: key,
        baseURL: server.url,
        defaultHeaders: { 'x-own': 'yes' },
        fetch: (...request) => {
          calls++;
          return fetch(...request);
        },
      });
      await rejection(sendChat(client));
      client.apiKey = 'sk-another';
      await rejection(sendChat(client));
      expect(calls).toBe(2);
      expect(server.requests.map(({ headers }) => headers['authorization'])).toEqual([`Bearer ${key}`, 'Bearer sk-another']);
      expect(server.requests[0]?.headers['x-own']).toBe('yes');
    });

    it('for Azure', async () => {
      const server = await serve(answerWith(429, openaiBody('insufficient_quota', 'x')));
      const client = new AzureOpenAI({ apiKey: key, endpoint: server.url, apiVersion: '2024-10-21' });
      expect(await rejection(sendChat(client))).toMatchObject({ kind: 'quota' });
      expect(server.requests[0]?.path).toBe('/openai/deployments/m/chat/completions?api-version=2024-10-21');
    });

    it('that cannot be copied, unchanged', async () => {
      const server = await serve(answerWith(404, openaiBody('model_not_found', 'x')));
      const client = new OpenAI({ apiKey: key, baseURL: server.url });
      client.withOptions = () => {
        throw new Error('no copies');
      };
      expect(await rejection(sendChat(client))).toMatchObject({ kind: 'not-found', message: 'About model_not_found' });
    });

    it('of which it makes one copy', async () => {
      const server = await serve(answerWith(404));
      const client = new OpenAI({ apiKey: key, baseURL: server.url });
      const { withOptions } = client;
      let copies = 0;
      client.withOptions = (options) => {
        copies++;
        return withOptions.call(client, options);
      };
      for (let request = 0; request < 3; request++) await rejection(sendChat(client));
      expect(copies).toBe(1);
    });
  });

  it('rejects with HttpError for an error response that an SDK client resolves with', async () => {
    const asResponse = async (): Promise<Response> => new Response('{"error":{"message":"busy"}}', { status: 503 });
    const sent = sendRequest({}, chat, () => ({ asResponse }))(new AbortController().signal);
    await expect(sent).rejects.toMatchObject({ name: 'HttpError', status: 503, retryable: true });
  });
});
