import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { ChatAnthropic } from '@langchain/anthropic';
import { ChatOpenAI } from '@langchain/openai';
import { chat } from '@tanstack/ai';
import { createOpenaiChat, createOpenaiChatCompletions } from '@tanstack/ai-openai';
import { streamText } from 'ai';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import OpenAI from 'openai';
import { from, lastValueFrom, reduce } from 'rxjs';
import { addText, type Digest, type StreamTool } from './streamOwn.js';
import { respond, type WireBody } from './wires.js';

export const sdkName = 'SDK: create(), for await';

const messages = [{ role: 'user' as const, content: 'Hello' }];
const model = 'model';
const key = { apiKey: 'none', maxRetries: 0 };
const answer =
  (body: WireBody): typeof fetch =>
  async () =>
    respond(body);
const openai = (body: WireBody): OpenAI => new OpenAI({ ...key, baseURL: 'http://127.0.0.1', fetch: answer(body) });
const anthropic = (body: WireBody): Anthropic => new Anthropic({ ...key, baseURL: 'http://127.0.0.1', fetch: answer(body) });

type Texts = AsyncIterable<string | undefined | null>;

/** The texts of an iterable's items. */
async function* pick<Item>(items: AsyncIterable<Item>, textOf: (item: Item) => unknown): Texts {
  for await (const item of items) {
    const text = textOf(item);
    if (typeof text === 'string') yield text;
  }
}

async function collect<Item>(items: AsyncIterable<Item>, textOf: (item: Item) => unknown): Promise<Digest> {
  const digest = { deltas: 0, characters: 0 };
  for await (const item of items) {
    const text = textOf(item);
    if (typeof text === 'string' && text !== '') addText(digest, text);
  }
  return digest;
}

const chatText = ({ choices }: OpenAI.ChatCompletionChunk): unknown => choices[0]?.delta?.content;
const responseText = (event: OpenAI.Responses.ResponseStreamEvent): unknown =>
  event.type === 'response.output_text.delta' ? event.delta : undefined;
const messageText = (event: Anthropic.MessageStreamEvent): unknown =>
  event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : undefined;

const chatParams = { model, messages, stream: true } as const;
const responseParams = { model, input: 'Hello', stream: true } as const;
const messageParams = { model, messages, max_tokens: 1_000, stream: true } as const;

export const peerTools: readonly StreamTool[] = [
  {
    name: sdkName,
    apis: ['chat', 'responses', 'messages'],
    async run({ api }, body) {
      if (api === 'chat') return collect(await openai(body).chat.completions.create(chatParams), chatText);
      if (api === 'responses') return collect(await openai(body).responses.create(responseParams), responseText);
      return collect(await anthropic(body).messages.create(messageParams), messageText);
    },
  },
  {
    name: 'RxJS: from(sdkStream)',
    apis: ['chat', 'messages'],
    async run({ api }, body) {
      const events: AsyncIterable<string | undefined | null> =
        api === 'chat'
          ? pick(await openai(body).chat.completions.create(chatParams), chatText)
          : pick(await anthropic(body).messages.create(messageParams), messageText);
      const none: Digest = { deltas: 0, characters: 0 };
      return lastValueFrom(from(events).pipe(reduce((digest, text) => (text ? addText(digest, text) : digest), none)));
    },
  },
  {
    name: 'SDK: .stream() helper',
    apis: ['chat', 'messages'],
    run: ({ api }, body) =>
      api === 'chat'
        ? collect(openai(body).chat.completions.stream({ model, messages }), chatText)
        : collect(anthropic(body).messages.stream({ model, messages, max_tokens: 1_000 }), messageText),
  },
  {
    name: 'eventsource-parser + JSON.parse',
    apis: ['chat', 'messages'],
    run({ api }, body) {
      const events = (respond(body).body as ReadableStream<BufferSource>)
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream());
      const textOf = api === 'chat' ? chatText : messageText;
      return collect(events as AsyncIterable<{ data: string }> & typeof events, ({ data }) =>
        data === '[DONE]' ? undefined : textOf(JSON.parse(data)),
      );
    },
  },
  {
    name: 'LangChain',
    apis: ['chat', 'messages'],
    slow: true,
    async run({ api }, body) {
      const llm =
        api === 'chat'
          ? new ChatOpenAI({ ...key, model, useResponsesApi: false, configuration: { fetch: answer(body) } })
          : new ChatAnthropic({ apiKey: key.apiKey, model, maxRetries: 0, clientOptions: { fetch: answer(body) } });
      return collect(await llm.stream('Hello'), ({ content }) => content);
    },
  },
  {
    name: 'TanStack AI',
    apis: ['chat', 'responses'],
    slow: true,
    async run({ api }, body) {
      const create = api === 'chat' ? createOpenaiChatCompletions : createOpenaiChat;
      const adapter = create('gpt-4o-mini', key.apiKey, { fetch: answer(body), baseURL: 'http://127.0.0.1' });
      const stream = chat({ adapter, messages }) as AsyncIterable<{ readonly type: string; readonly delta?: string }>;
      return collect(stream, ({ type, delta }) => (type === 'TEXT_MESSAGE_CONTENT' ? delta : undefined));
    },
  },
  {
    name: 'AI SDK: streamText',
    apis: ['chat', 'messages'],
    slow: true,
    run({ api }, body) {
      const settings = { apiKey: key.apiKey, fetch: answer(body) };
      const model = api === 'chat' ? createOpenAI(settings).chat('gpt-4o-mini') : createAnthropic(settings)('claude-sonnet-4-5');
      return collect(streamText({ model, prompt: 'Hello', maxRetries: 0 }).textStream, (text) => text);
    },
  },
];
