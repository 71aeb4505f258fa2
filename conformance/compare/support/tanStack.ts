import { chat } from '@tanstack/ai';
import { createOpenaiChatCompletions } from '@tanstack/ai-openai';
import { question } from './params.js';
import type { Provider } from './provider.js';

export interface TanStackEvent {
  readonly type: string;
  readonly delta?: string;
  readonly usage?: { readonly promptTokens: number; readonly completionTokens: number };
}

/** The events of an answer. An event of an error is thrown. */
export async function* tanStack(
  { url }: Provider,
  client: { readonly timeout?: number } = {},
  abortController: AbortController = new AbortController(),
): AsyncGenerator<TanStackEvent> {
  const adapter = createOpenaiChatCompletions('gpt-4o-mini', 'none', { baseURL: `${url}/v1`, maxRetries: 0, ...client });
  const events = chat({ adapter, messages: question, debug: false, abortController });
  for await (const event of events as AsyncIterable<TanStackEvent & { readonly message?: string }>) {
    if (event.type === 'RUN_ERROR') throw new Error(event.message);
    yield event;
  }
}
