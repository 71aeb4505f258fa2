import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { fromMessages, messagesParams, messagesTools } from 'rxllm/anthropic';
import { chatMessages, chatTools, fromChatCompletions } from 'rxllm/openai';
import { genaiPrices } from 'rxllm/pricing';
import { tools } from '../chat/tools.js';
import { faultHeader } from '../local/faults.js';
import { startLocalProvider } from '../local/localProvider.js';
import type { Model } from './model.js';

type Environment = Readonly<Record<string, string | undefined>>;

const limits = { firstMs: 60_000, betweenMs: 30_000 };

/**
 * Chooses the provider by the environment, which is the only place with keys: `ANTHROPIC_API_KEY`; `OPENAI_API_KEY`, or `OPENAI_BASE_URL` of a
 * compatible server; else the local provider. `MODEL` names the model.
 */
export async function createModel(environment: Environment): Promise<Model> {
  const { OPENAI_API_KEY: openaiKey, OPENAI_BASE_URL: baseURL, ANTHROPIC_API_KEY: anthropicKey, MODEL: name } = environment;
  if (openaiKey || baseURL) {
    // A server of one's own needs no key, but the client does.
    const client = new OpenAI({ apiKey: openaiKey || 'none', baseURL: baseURL || undefined });
    return openaiModel(client, name ?? 'gpt-4o-mini');
  }
  if (anthropicKey) return anthropicModel(new Anthropic({ apiKey: anthropicKey }), name ?? 'claude-haiku-4-5');
  return localModel(Number(environment['LOCAL_EVERY_MS'] ?? 25));
}

function openaiModel(client: OpenAI, model: string): Model {
  return {
    label: `${model} at ${new URL(client.baseURL).host}`,
    price: genaiPrices(),
    limits,
    ask: (turns) => fromChatCompletions(client, { model, messages: chatMessages(turns), tools: chatTools(tools) }),
  };
}

function anthropicModel(client: Anthropic, model: string): Model {
  const params = { model, max_tokens: 4_000, tools: messagesTools(tools) };
  return {
    label: `${model} at ${new URL(client.baseURL).host}`,
    price: genaiPrices(),
    limits,
    ask: (turns) => fromMessages(client, { ...params, ...messagesParams(turns) }),
  };
}

async function localModel(everyMs: number): Promise<Model> {
  const local = await startLocalProvider(everyMs);
  const client = new OpenAI({ apiKey: 'none', baseURL: local.baseURL });
  const model = 'local-script';
  return {
    label: 'the local provider, which plays a script: set OPENAI_API_KEY or ANTHROPIC_API_KEY to ask a model',
    price: genaiPrices({ overrides: { [model]: { input_mtok: 1, output_mtok: 4 } } }),
    limits: { firstMs: 10_000, betweenMs: 2_000 },
    ask: (turns, fault) =>
      fromChatCompletions(client.withOptions({ defaultHeaders: { [faultHeader]: fault } }), {
        model,
        messages: chatMessages(turns),
        tools: chatTools(tools),
      }),
    local,
  };
}
