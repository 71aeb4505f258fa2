import OpenAI from 'openai';
import type { ChatCompletionTool } from 'openai/resources/chat/completions';
import type { Observable } from 'rxjs';
import type { DeltaEvent } from 'rxllm';
import { fromChatCompletions } from 'rxllm/openai';
import { type LocalProviderOptions, localProvider } from './localProvider.js';

export interface LocalAnswer {
  /** The answer as a cold Observable: each subscription is one request. */
  readonly events$: Observable<DeltaEvent>;
  stop(): Promise<void>;
}

export interface LocalAnswerOptions extends LocalProviderOptions {
  /** The tools that the model may call. @defaultValue none */
  readonly tools?: readonly ChatCompletionTool[];
}

/** Starts a local provider for a question over real HTTP, for the examples of operators. */
export async function localAnswer(question: string, options: LocalAnswerOptions = {}): Promise<LocalAnswer> {
  const { tools, ...providerOptions } = options;
  const { openai, stop } = await localProvider(providerOptions);
  const client = new OpenAI({ baseURL: openai, apiKey: 'local' });
  const params = {
    model: 'local',
    messages: [{ role: 'user' as const, content: question }],
    ...(tools && { tools: [...tools] }),
  };
  return { events$: fromChatCompletions(client, params), stop };
}
