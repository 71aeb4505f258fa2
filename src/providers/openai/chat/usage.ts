import { isObject, numberOf, objectOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue, Usage } from '../../../events.js';
import { reportedCost } from '../../wire/reportedCost.js';
import type { Emit } from '../../wire/wireFormat.js';
import type { ChatState } from './state.js';

/** Reads the usage, which is cumulative: a later figure replaces an earlier one. Emits it when a figure changed. */
export function readUsage(state: ChatState, payload: JsonObject, emit: Emit): void {
  const native = usageIn(payload);
  if (native === undefined) return;
  const usage = toUsage(native, state.usage);
  if (state.usage !== undefined && figuresOf(usage) === figuresOf(state.usage)) return;
  state.usage = usage;
  emit({ type: 'usage', usage, requests: undefined });
}

/** The usage in a payload: where OpenAI, Groq or Moonshot puts it. */
export function usageIn(payload: JsonObject): JsonObject | undefined {
  const { usage, x_groq: groq, choices } = payload;
  if (isObject(usage)) return usage;
  if (isObject(groq) && isObject(groq['usage'])) return groq['usage'];
  if (!Array.isArray(choices)) return undefined;
  for (const choice of choices) if (isObject(choice) && isObject(choice['usage'])) return choice['usage'];
  return undefined;
}

function figuresOf(usage: Usage): string {
  const { native: _, ...figures } = usage;
  return JSON.stringify(figures);
}

function toUsage(native: JsonObject, earlier: Usage | undefined): Usage {
  const inputDetails = objectOf(native['prompt_tokens_details']);
  const reasoning =
    numberOf(objectOf(native['completion_tokens_details'])['reasoning_tokens']) ?? numberOf(native['reasoning_tokens']);
  const total = numberOf(native['total_tokens']);
  const inputTokens = numberOf(native['prompt_tokens']) ?? earlier?.inputTokens;
  const outputTokens = outputOf(numberOf(native['completion_tokens']), inputTokens, reasoning, total) ?? earlier?.outputTokens;
  const known = inputTokens !== undefined && outputTokens !== undefined;
  return {
    inputTokens,
    outputTokens,
    totalTokens: total ?? (known ? inputTokens + outputTokens : earlier?.totalTokens),
    cachedInputTokens:
      numberOf(inputDetails['cached_tokens']) ?? numberOf(native['prompt_cache_hit_tokens']) ?? earlier?.cachedInputTokens,
    cacheWriteTokens:
      numberOf(inputDetails['cache_write_tokens']) ??
      numberOf(inputDetails['cache_creation_tokens']) ??
      earlier?.cacheWriteTokens,
    reasoningTokens: reasoning ?? earlier?.reasoningTokens,
    serverTools: serverToolsOf(native) ?? earlier?.serverTools,
    estimated: false,
    confidence: 'exact',
    cost: reportedCost(native) ?? earlier?.cost,
    native,
  };
}

/** xAI does not count reasoning as part of the completion, which only the total shows; here it is part of the output. */
function outputOf(
  completion: number | undefined,
  input: number | undefined,
  reasoning: number | undefined,
  total: number | undefined,
): number | undefined {
  if (completion === undefined || !reasoning || total === undefined) return completion;
  return (input ?? 0) + completion + reasoning === total ? completion + reasoning : completion;
}

/** The number of uses of the provider's own tools: single figures of xAI and Perplexity, objects of OpenRouter and xAI. */
function serverToolsOf(native: JsonObject): Usage['serverTools'] {
  const single = ['num_sources_used', 'num_search_queries'].map((name) => [name, native[name]] as const);
  const grouped = ['server_tool_use', 'server_tool_use_details', 'server_side_tool_usage_details'].flatMap((name) =>
    Object.entries(objectOf(native[name])),
  );
  const used = [...single, ...grouped].filter(isUse);
  return used.length === 0 ? undefined : Object.fromEntries(used);
}

function isUse(entry: readonly [string, JsonValue | undefined]): entry is [string, number] {
  return typeof entry[1] === 'number' && entry[1] > 0;
}
