import { isObject, listOf, nonEmptyText, objectOf } from '../../codecs/json/jsonFields.js';
import { writeJson } from '../../codecs/json/writeJson.js';
import type { JsonObject, JsonValue, RequestUsage, UsageEvent } from '../../events.js';
import {
  type FigureNames,
  type Figures,
  readFigures,
  requestOf,
  requestTraits,
  toUsage,
  usageEvent,
  usesOf,
} from '../wire/reportedUsage.js';
import { provider } from './start.js';
import type { MessagesState } from './state.js';

const names: FigureNames = {
  input: 'input_tokens prompt_tokens',
  output: 'output_tokens completion_tokens',
  total: 'total_tokens',
  cached: 'cache_read_input_tokens prompt_tokens_details.cached_tokens',
  cacheWrite: 'cache_creation_input_tokens',
  reasoning: 'output_tokens_details.thinking_tokens',
};

/** The usage in a payload: of `message_start`, of `message_delta`, and where gateways put that of the latter. */
export function usageIn({ usage, message, delta, error }: JsonObject): JsonObject {
  for (const place of [usage, ...[message, delta, error].map((holder) => objectOf(holder)['usage'])])
    if (isObject(place)) return place;
  return {};
}

/**
 * Replaces older figures by newer ones, which are cumulative. A figure that does not apply is missing or null in the newer ones.
 *
 * @returns Whether a figure changed.
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export function mergeUsage(figures: Map<string, JsonValue>, newer: JsonObject): boolean {
  let changed = false;
  for (const [name, value] of Object.entries(newer)) {
    const older = figures.get(name);
    if (value === undefined || value === null || (older !== undefined && writeJson(older) === writeJson(value))) continue;
    // A placeholder: cumulative figures never fall to nothing.
    if (value === 0 && typeof older === 'number') continue;
    figures.set(name, value);
    changed = true;
  }
  return changed;
}

/** The usage so far. Where the provider lists its iterations, they are the bill, and each is a request with a price of its own. */
export function messageUsage(state: MessagesState): UsageEvent {
  const native = Object.fromEntries(state.usage);
  const traits = requestTraits(native, undefined);
  const serverTools = usesOf(Object.entries(objectOf(native['server_tool_use'])));
  const passes = billedPasses(native, state.model);
  const usage = toUsage(sumFigures(passes.map(figuresOf)), state.figures, { serverTools, cost: undefined, native });
  state.figures = usage;
  const requests = passes.map((pass, index): RequestUsage => {
    const last = index === passes.length - 1;
    const extra = { serverTools: last ? serverTools : undefined, cost: undefined, native: pass };
    const own = passes.length === 1 ? usage : toUsage(figuresOf(pass), undefined, extra);
    return requestOf(own, nonEmptyText(pass['model']) ?? state.model, provider, traits);
  });
  return usageEvent(usage, requests);
}

/**
 * What is billed, the pass that answers last. The top figures include neither compaction nor advisors, and of a message that a fallback model
 * answered, the passes of the models that declined are not billed.
 */
function billedPasses(native: JsonObject, model: string | undefined): readonly JsonObject[] {
  const passes = listOf(native['iterations']).filter(isObject);
  const served = passes.find(({ type }) => type === 'fallback_message');
  const isAnswer = ({ type, model: own }: JsonObject): boolean =>
    type === 'fallback_message' || (type === 'message' && (!served || own === served['model']));
  const answers = passes.filter(isAnswer);
  const others = passes.filter(({ type }) => type !== 'message' && type !== 'fallback_message');
  if (answers.length > 0) return [...others, ...answers];
  const { iterations: _, ...top } = native;
  return [...others, { ...top, model: model ?? null }];
}

/** Anthropic's `input_tokens` excludes tokens read from and written to the cache; here they are a part of it. */
function figuresOf(pass: JsonObject): Figures {
  const figures = readFigures(pass, names);
  const { input, cached = 0, cacheWrite = 0 } = figures;
  return { ...figures, input: input === undefined ? undefined : input + cached + cacheWrite };
}

function sumFigures(all: readonly Figures[]): Figures {
  const sum = (read: (figures: Figures) => number | undefined): number | undefined =>
    all.reduce<number | undefined>((before, figures) => add(before, read(figures)), undefined);
  return {
    input: sum(({ input }) => input),
    output: sum(({ output }) => output),
    total: sum(({ total }) => total),
    cached: sum(({ cached }) => cached),
    cacheWrite: sum(({ cacheWrite }) => cacheWrite),
    reasoning: sum(({ reasoning }) => reasoning),
  };
}

function add(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined && right === undefined ? undefined : (left ?? 0) + (right ?? 0);
}
