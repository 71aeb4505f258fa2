import type { Observable } from 'rxjs';
import type { DeltaEvent } from 'rxllm';
import { fromMessages } from 'rxllm/anthropic';
import { fromChatCompletions } from 'rxllm/openai';
import { aiSdks, type Version } from './aiSdks.js';
import { chatParams, messagesParams } from './params.js';
import { type PieceReader, pieces } from './pieces.js';
import type { Provider } from './provider.js';

/** Called for each text of an answer; a loop awaits what it gives. */
export type OnText = (text: string) => unknown;
/** Reads an answer as the documentation of the library reads it. A string that it gives describes the end. */
export type Reader = (provider: Provider, onText: OnText) => Promise<unknown>;

async function each<Item>(items: AsyncIterable<Item>, textOf: (item: Item) => unknown, onText: OnText): Promise<void> {
  for await (const item of items) {
    const text = textOf(item);
    if (typeof text === 'string' && text !== '') await onText(text);
  }
}

const readPieces =
  (name: PieceReader): Reader =>
  (provider, onText) =>
    each(pieces[name](provider), ({ text }) => text, onText);

const readWithAiSdk =
  (version: Version): Reader =>
  async (provider, onText) => {
    const { sdk, model } = aiSdks[version];
    let error: unknown;
    const onError = (event: { error: unknown }): void => {
      error = event.error;
    };
    const result = sdk.streamText({ model: model(provider), prompt: 'Hello', maxRetries: 0, onError });
    for await (const text of result.textStream) await onText(text);
    if (error !== undefined) throw error;
    return `finishReason ${await result.finishReason}`;
  };

const collect = (events$: Observable<DeltaEvent>, onText: OnText): Promise<void> =>
  new Promise((resolve, reject) => {
    events$.subscribe({
      next: (event) => event.type === 'text-delta' && onText(event.text),
      error: reject,
      complete: resolve,
    });
  });

export const readers: Readonly<Record<string, Reader>> = {
  'fetch by hand': async ({ url }, onText) => {
    const { body } = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify(chatParams) });
    const decoder = new TextDecoder();
    let tail = '';
    for await (const bytes of body as unknown as AsyncIterable<Uint8Array>) {
      const lines = (tail + decoder.decode(bytes, { stream: true })).split('\n');
      tail = lines.pop() ?? '';
      const events = lines.filter((line) => line.startsWith('data: {')).map((line) => JSON.parse(line.slice(6)));
      for (const { choices } of events) await onText(choices[0]?.delta.content);
    }
  },
  'openai: create()': readPieces('openai: create()'),
  'openai: stream() helper': async ({ openai }, onText) => {
    const stream = openai.chat.completions.stream(chatParams);
    await each(stream, (item) => item.choices[0]?.delta.content, onText);
    await stream.finalContent();
  },
  'anthropic: create()': readPieces('anthropic: create()'),
  'anthropic: stream() helper': async ({ anthropic }, onText) => {
    const stream = anthropic.messages.stream(messagesParams);
    await each(
      stream,
      (event) => (event.type === 'content_block_delta' && 'text' in event.delta ? event.delta.text : ''),
      onText,
    );
    await stream.finalMessage();
  },
  'AI SDK 6: streamText()': readWithAiSdk(6),
  'AI SDK 7: streamText()': readWithAiSdk(7),
  'LangChain: stream()': readPieces('LangChain: stream()'),
  'TanStack AI: chat()': readPieces('TanStack AI: chat()'),
  'rxllm: fromChatCompletions()': ({ openai }, onText) => collect(fromChatCompletions(openai, chatParams), onText),
  'rxllm: fromMessages()': ({ anthropic }, onText) => collect(fromMessages(anthropic, messagesParams), onText),
};
