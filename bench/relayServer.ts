/** Relays the slow streams of a provider with one tool, and reports its own memory when it is asked. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createOpenAI } from '@ai-sdk/openai';
import { streamText } from 'ai';
import { pipeToNode } from '../src/http/hosts/pipeToNode.js';
import { agUi } from '../src/http/wires/agUi/agUi.js';
import { sse } from '../src/http/wires/sse/sse.js';
import { uiMessages } from '../src/http/wires/uiMessages/uiMessages.js';
import type { Wire } from '../src/http/wires/wire.js';
import { fromChatCompletions } from '../src/providers/openai/fromChatCompletions.js';
import { relayByHand } from './relayByHand.js';
import { runInput } from './runInput.js';

const [tool = '', url = ''] = process.argv.slice(2);
const params = { model: 'model', messages: [{ role: 'user' as const, content: 'Hello' }] };

const byOurs =
  (wire: Wire): Relay =>
  (response) =>
    void pipeToNode(
      fromChatCompletions((_params, { signal }) => fetch(url, { signal }), params),
      response,
      { wire },
    );

type Relay = (response: ServerResponse) => void;

const relays: Readonly<Record<string, Relay>> = {
  'relay by hand': (response) => void byHand(response).catch(() => undefined),
  'rxllm: sse': byOurs(sse()),
  'rxllm: uiMessages': byOurs(uiMessages()),
  'rxllm: agUi': byOurs(agUi({ input: runInput })),
  'ai: pipeUIMessageStreamToResponse'(response) {
    const openai = createOpenAI({ apiKey: 'none', baseURL: 'http://127.0.0.1', fetch: () => fetch(url) });
    void streamText({ model: openai.chat('model'), prompt: 'Hello', maxRetries: 0 }).pipeUIMessageStreamToResponse(response);
  },
};

/** With the same signal by which a client that leaves aborts the request. */
async function byHand(response: ServerResponse): Promise<void> {
  const controller = new AbortController();
  response.on('close', () => controller.abort());
  const body = relayByHand(await fetch(url, { signal: controller.signal }));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  await pipeline(Readable.fromWeb(body as never), response);
}

const relay = relays[tool];
if (!relay) throw new Error(`Unknown tool ${tool}`);
const server = createServer((_request, response) => relay(response));
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('message', () => {
  globalThis.gc?.();
  process.send?.(process.memoryUsage.rss());
});
process.on('disconnect', () => process.exit());
