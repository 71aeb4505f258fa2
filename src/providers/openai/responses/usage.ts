import type { JsonObject, UsageEvent } from '../../../events.js';
import { reportedCost } from '../../wire/reportedCost.js';
import { type FigureNames, readFigures, requestOf, requestTraits, toUsage, usageEvent } from '../../wire/reportedUsage.js';
import type { ResponsesState } from './state.js';

const names: FigureNames = {
  input: 'input_tokens prompt_tokens',
  output: 'output_tokens completion_tokens',
  total: 'total_tokens',
  cached:
    'input_tokens_details.cached_tokens prompt_tokens_details.cached_tokens prompt_cache_hit_tokens cache_read_input_tokens cached_tokens',
  cacheWrite:
    'input_tokens_details.cache_write_tokens prompt_tokens_details.cache_write_tokens cache_creation_input_tokens cache_write_tokens',
  reasoning: 'output_tokens_details.reasoning_tokens completion_tokens_details.reasoning_tokens reasoning_tokens',
};

/** The usage of the response, which it reports once. */
export function responseUsage({ model, serviceTier, serverTools }: ResponsesState, native: JsonObject): UsageEvent {
  const usage = toUsage(readFigures(native, names), undefined, {
    serverTools: serverTools.size === 0 ? undefined : Object.fromEntries(serverTools),
    cost: reportedCost(native),
    native,
  });
  return usageEvent(usage, [requestOf(usage, model, 'openai', requestTraits(native, serviceTier))]);
}
