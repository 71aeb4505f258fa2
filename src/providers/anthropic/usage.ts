import { numberOf, objectOf } from '../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue, Usage } from '../../events.js';

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
    if (value === undefined || value === null || JSON.stringify(older) === JSON.stringify(value)) continue;
    // A placeholder: cumulative figures never fall to nothing.
    if (value === 0 && typeof older === 'number') continue;
    figures.set(name, value);
    changed = true;
  }
  return changed;
}

/** Anthropic's `input_tokens` excludes tokens read from and written to the cache; `inputTokens` is the whole input. */
export function toUsage(figures: ReadonlyMap<string, JsonValue>): Usage {
  const uncached = numberOf(figures.get('input_tokens'));
  const cachedInputTokens = numberOf(figures.get('cache_read_input_tokens'));
  const cacheWriteTokens = numberOf(figures.get('cache_creation_input_tokens'));
  const outputTokens = numberOf(figures.get('output_tokens'));
  const inputTokens = uncached === undefined ? undefined : uncached + (cachedInputTokens ?? 0) + (cacheWriteTokens ?? 0);
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens === undefined || outputTokens === undefined ? undefined : inputTokens + outputTokens,
    cachedInputTokens,
    cacheWriteTokens,
    reasoningTokens: numberOf(objectOf(figures.get('output_tokens_details'))['thinking_tokens']),
    serverTools: toServerTools(objectOf(figures.get('server_tool_use'))),
    estimated: false,
    confidence: 'exact',
    cost: undefined,
    native: Object.fromEntries(figures),
  };
}

function toServerTools(uses: JsonObject): Usage['serverTools'] {
  const counts = Object.entries(uses).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return counts.length === 0 ? undefined : Object.fromEntries(counts);
}
