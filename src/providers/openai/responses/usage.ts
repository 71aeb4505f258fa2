import { numberOf, objectOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, Usage } from '../../../events.js';
import { reportedCost } from '../../wire/reportedCost.js';

/** @param serverTools The number of uses of the provider's own tools, by name. */
export function toUsage(native: JsonObject, serverTools: ReadonlyMap<string, number>): Usage {
  const inputDetails = objectOf(native['input_tokens_details']);
  const inputTokens = numberOf(native['input_tokens']);
  const outputTokens = numberOf(native['output_tokens']);
  const known = inputTokens !== undefined && outputTokens !== undefined;
  return {
    inputTokens,
    outputTokens,
    totalTokens: numberOf(native['total_tokens']) ?? (known ? inputTokens + outputTokens : undefined),
    cachedInputTokens: numberOf(inputDetails['cached_tokens']),
    cacheWriteTokens: numberOf(inputDetails['cache_write_tokens']),
    reasoningTokens: numberOf(objectOf(native['output_tokens_details'])['reasoning_tokens']),
    serverTools: serverTools.size === 0 ? undefined : Object.fromEntries(serverTools),
    estimated: false,
    confidence: 'exact',
    cost: reportedCost(native),
    native,
  };
}
