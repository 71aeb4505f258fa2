import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { lastValueFrom } from 'rxjs';
import { type Message, type Turn, toMessage } from 'rxllm';
import { fromWire, sse } from 'rxllm/http';
import { afterEach, describe, expect, it } from 'vitest';
import { type LocalProvider, localProvider } from '../examples/localProvider.js';
import { type ChatServer, startChatServer } from './support/chatServer.js';
import { chromiumPath } from './support/chromium.js';

const headers = { authorization: 'Bearer demo', 'content-type': 'application/json' };

function post({ url }: ChatServer, body: unknown, init: RequestInit = {}): Request {
  return new Request(`${url}/api/chat`, { method: 'POST', headers, body: JSON.stringify(body), ...init });
}

const question = (content: string): Turn => ({
  role: 'user',
  parts: [{ type: 'text', text: content, block: 0, choice: 0, phase: 'answer' } as Turn['parts'][number]],
});

const ask = (server: ChatServer, content: string): Promise<Message> =>
  lastValueFrom(fromWire(post(server, { id: 'a1', turns: [question(content)] }), { wire: sse() }).pipe(toMessage()));

// It is built only where there is a browser for the other specs.
describe.skipIf(chromiumPath === undefined)('the server of the chat of the examples', () => {
  let server: ChatServer | undefined;
  let provider: LocalProvider | undefined;

  afterEach(async () => {
    await server?.kill();
    await provider?.stop();
    provider = undefined;
  });

  async function start(environment: Readonly<Record<string, string>> = {}): Promise<ChatServer> {
    server = await startChatServer({ everyMs: 0, environment });
    return server;
  }

  it('asks a compatible server, and runs its tools', async () => {
    provider = await localProvider();
    const {
      text: answer,
      toolCalls,
      usage,
    } = await ask(await start({ OPENAI_BASE_URL: provider.openai }), 'The weather in Oslo?');
    expect(answer).toMatch(/The tool answered .*sunny/);
    expect(toolCalls).toMatchObject([{ name: 'get_weather', input: { city: 'Oslo' } }]);
    expect(usage?.totalTokens).toBeGreaterThan(0);
  });

  it('asks Anthropic, and runs its tools', async () => {
    provider = await localProvider();
    const environment = { ANTHROPIC_API_KEY: 'key', ANTHROPIC_BASE_URL: provider.anthropic };
    const { text: answer, toolCalls, provider: name } = await ask(await start(environment), 'The weather in Oslo?');
    expect(answer).toMatch(/The tool answered .*sunny/);
    expect(toolCalls).toHaveLength(1);
    expect(name).toBe('anthropic');
  });

  it('prices an answer, also where its provider is a script', async () => {
    const { usage, finishReason, timing } = await ask(await start(), 'Products?');
    expect(finishReason).toBe('stop');
    expect(usage?.cost?.total).toBeGreaterThan(0);
    expect(timing?.deltas).toBeGreaterThan(20);
  });

  it('sends a trace of the answer, its rounds and its tools', async () => {
    const bodies: Promise<string>[] = [];
    const collector = createServer((request, response) => {
      bodies.push(text(request));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const { port } = collector.address() as { readonly port: number };
    await ask(
      await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_BSP_SCHEDULE_DELAY: '50' }),
      'Weather in Oslo',
    );
    for (const name of ['invoke_agent', 'execute_tool get_weather']) {
      await expect.poll(async () => (await Promise.all(bodies)).join(), { timeout: 10_000 }).toContain(name);
    }
    collector.close();
  });

  it('answers what is no request with a status, and has an answer for who comes back', async () => {
    const running = await start();
    const statusOf = async (request: Request): Promise<number> => (await fetch(request)).status;
    expect(await statusOf(post(running, { id: 'a2', turns: [question('Hi')] }))).toBe(200);
    expect(await statusOf(post(running, { id: 'a b', turns: [] }))).toBe(400);
    expect(await statusOf(post(running, { id: 'a3', turns: [{ role: 'system', parts: [] }] }))).toBe(400);
    expect(
      await statusOf(post(running, { id: 'a4', turns: [question('Hi')] }, { headers: { 'content-type': 'application/json' } })),
    ).toBe(401);
    const answerUrl = `${running.url}/api/chat/a2`;
    expect(await (await fetch(answerUrl, { headers })).text()).toContain('"type":"finish"');
    expect(await statusOf(new Request(answerUrl, { method: 'DELETE', headers }))).toBe(204);
    const none = `${running.url}/api/chat/none`;
    expect(await statusOf(new Request(none, { headers }))).toBe(404);
    expect(await statusOf(new Request(none, { method: 'DELETE', headers }))).toBe(404);
  });
});
