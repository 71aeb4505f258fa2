import type { UsageMetadata } from '@langchain/core/messages';
import { langChain } from './langChain.js';
import { chatParams, messagesParams } from './params.js';
import type { Provider } from './provider.js';
import { tanStack } from './tanStack.js';

/** Tokens of input and of output. */
export type Figures = readonly [input: number | undefined, output: number | undefined];

/** What one chunk of an answer holds. */
export interface Piece {
  readonly text: unknown;
  readonly usage?: Figures | undefined;
}

type Open = (provider: Provider, controller?: AbortController) => AsyncIterable<Piece>;
export type PieceReader = 'openai: create()' | 'anthropic: create()' | 'LangChain: stream()' | 'TanStack AI: chat()';

/** The chunks of an answer, as each library gives them in a loop. */
export const pieces: Readonly<Record<PieceReader, Open>> = {
  async *'openai: create()'({ openai }: Provider, { signal } = new AbortController()) {
    const params = { ...chatParams, stream_options: { include_usage: true } };
    for await (const { choices, usage } of await openai.chat.completions.create(params, { signal }))
      yield { text: choices[0]?.delta.content, usage: usage ? [usage.prompt_tokens, usage.completion_tokens] : undefined };
  },
  async *'anthropic: create()'({ anthropic }: Provider, { signal } = new AbortController()) {
    for await (const event of await anthropic.messages.create(messagesParams, { signal })) {
      const text = event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : undefined;
      const usage = event.type === 'message_start' ? event.message.usage : undefined;
      yield { text, usage: usage && [usage.input_tokens, usage.output_tokens] };
    }
  },
  async *'LangChain: stream()'(provider: Provider, { signal } = new AbortController()) {
    for await (const chunk of await langChain(provider).stream('Hello', { signal })) {
      const usage = chunk.usage_metadata as UsageMetadata | undefined;
      yield { text: chunk.content, usage: usage && [usage.input_tokens, usage.output_tokens] };
    }
  },
  async *'TanStack AI: chat()'(provider: Provider, controller = new AbortController()) {
    for await (const { delta, usage } of tanStack(provider, {}, controller))
      yield { text: delta, usage: usage && [usage.promptTokens, usage.completionTokens] };
  },
};
