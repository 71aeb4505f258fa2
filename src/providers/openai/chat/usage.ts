import { isObject, listOf, objectOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue, Usage } from '../../../events.js';
import { reportedCost } from '../../wire/reportedCost.js';
import {
  type FigureNames,
  readFigures,
  requestOf,
  requestTraits,
  toUsage,
  usageEvent,
  usesOf,
} from '../../wire/reportedUsage.js';
import type { Emit } from '../../wire/wireFormat.js';
import type { ChatState } from './state.js';

const names: FigureNames = {
  input: 'prompt_tokens input_tokens',
  output: 'completion_tokens output_tokens',
  total: 'total_tokens',
  cached:
    'prompt_tokens_details.cached_tokens input_tokens_details.cached_tokens prompt_cache_hit_tokens cache_read_input_tokens cached_tokens',
  cacheWrite:
    'prompt_tokens_details.cache_write_tokens prompt_tokens_details.cache_creation_tokens input_tokens_details.cache_write_tokens cache_creation_input_tokens cache_write_tokens',
  reasoning: 'completion_tokens_details.reasoning_tokens output_tokens_details.reasoning_tokens reasoning_tokens',
};

/** Single figures of xAI and Perplexity, and objects of OpenRouter and xAI. */
const toolNames = 'num_sources_used num_search_queries';
const toolGroups = 'server_tool_use server_tool_use_details server_side_tool_usage_details';

/** Tiers that have the standard price, so that they need not be known before the usage. */
const standardTiers: ReadonlySet<string> = new Set(['default', 'standard', 'on_demand', 'auto']);

/** Reads the usage, which is cumulative. Emits it when a figure changed. */
export function readUsage(state: ChatState, payload: JsonObject, emit: Emit): void {
  const native = usageIn(payload);
  if (native === undefined) return noteTier(state, emit);
  const usage = toUsage(readFigures(native, names), state.usage, {
    serverTools: serverToolsOf(native),
    cost: reportedCost(native),
    native,
  });
  if (state.usage !== undefined && figuresOf(usage) === figuresOf(state.usage)) return;
  emitUsage(state, usage, native, emit);
}

/** A tier with a price of its own is told before any figure is known: a stream that is cut has no other event for it. */
function noteTier(state: ChatState, emit: Emit): void {
  const { serviceTier, usage, started } = state;
  if (usage !== undefined || !started || serviceTier === undefined || standardTiers.has(serviceTier)) return;
  const nothing = {
    input: undefined,
    output: undefined,
    total: undefined,
    cached: undefined,
    cacheWrite: undefined,
    reasoning: undefined,
  };
  emitUsage(state, toUsage(nothing, undefined, { serverTools: undefined, cost: undefined, native: undefined }), {}, emit);
}

function emitUsage(state: ChatState, usage: Usage, native: JsonObject, emit: Emit): void {
  state.usage = usage;
  emit(usageEvent(usage, [requestOf(usage, state.model, 'openai', requestTraits(native, state.serviceTier))]));
}

/** The usage in a payload: where OpenAI puts it, Groq, Kimi (in a choice), and gateways that report an error with it. */
export function usageIn({ usage, x_groq: groq, choices, error, type }: JsonObject): JsonObject | undefined {
  // An event of another API, whose figures have the same names.
  if (typeof type === 'string' && /^(message|response)[._]/.test(type)) return undefined;
  if (isObject(usage)) return usage;
  const held = usageOf(groq) ?? usageOf(error);
  if (held !== undefined) return held;
  for (const choice of listOf(choices)) {
    const own = usageOf(choice);
    if (own !== undefined) return own;
  }
  return undefined;
}

function usageOf(holder: JsonValue | undefined): JsonObject | undefined {
  const { usage } = objectOf(holder);
  return isObject(usage) ? usage : undefined;
}

function figuresOf(usage: Usage): string {
  const { native: _, ...figures } = usage;
  return JSON.stringify(figures);
}

function serverToolsOf(native: JsonObject): Usage['serverTools'] {
  return usesOf([
    ...toolNames.split(' ').map((name) => [name, native[name]] as const),
    ...toolGroups.split(' ').flatMap((name) => Object.entries(objectOf(native[name]))),
  ]);
}
