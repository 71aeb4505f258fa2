import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CachingProvider {
  /** Base URL of the OpenAI wire. */
  readonly openai: string;
  /** Base URL of the Anthropic wire. */
  readonly anthropic: string;
  stop(): Promise<void>;
}

interface Question {
  readonly model: string;
  readonly system?: readonly { readonly text: string; readonly cache_control?: object }[];
  readonly messages: readonly { readonly content: string }[];
}

const answer = 'Yes.';
const answerTokens = 2;

/** Starts a loopback server that caches prompts as OpenAI and Anthropic do, and reports their usage. Four characters count as a token. */
export async function cachingProvider(): Promise<CachingProvider> {
  const cache = new Set<string>();
  const server = createServer((request, response) => void exchange(request, response).catch(() => response.destroy()));

  async function exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const question: Question = JSON.parse(await bodyOf(request));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (request.url?.endsWith('/chat/completions')) answerChat(question, cache, response);
    else answerMessages(question, cache, response);
    response.end();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    openai: `${origin}/v1`,
    anthropic: origin,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** OpenAI caches automatically: the beginning of a prompt that it has seen before, from 1,024 tokens on, in steps of 128. */
function answerChat({ model, messages }: Question, cache: Set<string>, response: ServerResponse): void {
  const prompt = messages.map(({ content }) => content).join('\n');
  const total = tokensOf(prompt);
  const steps = Array.from({ length: Math.floor(total / 128) }, (_, step) => (step + 1) * 128).filter((step) => step >= 1_024);
  const cached = Math.max(0, ...steps.filter((step) => cache.has(prompt.slice(0, step * 4))));
  for (const step of steps) cache.add(prompt.slice(0, step * 4));
  const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model };
  const usage = {
    prompt_tokens: total,
    completion_tokens: answerTokens,
    total_tokens: total + answerTokens,
    prompt_tokens_details: { cached_tokens: cached },
  };
  for (const data of [
    { ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content: answer }, finish_reason: null }] },
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { ...chunk, choices: [], usage },
  ]) {
    response.write(`data: ${JSON.stringify(data)}\n\n`);
  }
  response.write('data: [DONE]\n\n');
}

/** Anthropic caches up to the block with `cache_control`, and its `input_tokens` count only the tokens after it. */
function answerMessages({ model, system = [], messages }: Question, cache: Set<string>, response: ServerResponse): void {
  const marked = system.findLastIndex((block) => block.cache_control) + 1;
  const prefix = system.slice(0, marked).map(({ text }) => text);
  const rest = [...system.slice(marked).map(({ text }) => text), ...messages.map(({ content }) => content)];
  const prefixTokens = tokensOf(prefix.join(''));
  const hit = cache.has(prefix.join(''));
  cache.add(prefix.join(''));
  const usage = {
    input_tokens: tokensOf(rest.join('')),
    cache_creation_input_tokens: hit ? 0 : prefixTokens,
    cache_read_input_tokens: hit ? prefixTokens : 0,
    output_tokens: 1,
  };
  for (const data of [
    { type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model, content: [], usage } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: answer } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: answerTokens } },
    { type: 'message_stop' },
  ]) {
    response.write(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}
