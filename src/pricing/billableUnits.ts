import type { JsonValue, Usage } from '../events.js';

/** What is paid for, in the names of `@pydantic/genai-prices`. Totals there include their parts, as ours do. */
export type BillableUnits = Readonly<Record<string, number>>;

/** The providers' names for a web search, which is paid for by the piece. */
const webSearches: ReadonlySet<string> = new Set(['web_search_requests', 'web_search']);

/** Where the providers tell what only some of them have. */
const nativeUnits: Readonly<Record<string, readonly string[]>> = {
  cache_write_1h_tokens: ['cache_creation', 'ephemeral_1h_input_tokens'],
  input_audio_tokens: ['prompt_tokens_details', 'audio_tokens'],
  output_audio_tokens: ['completion_tokens_details', 'audio_tokens'],
};

/** `undefined` where a total is not known: a part of it would pass for the whole. */
export function billableUnits(usage: Usage): BillableUnits | undefined {
  const { inputTokens, outputTokens, serverTools = {}, native } = usage;
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const units: readonly (readonly [string, number | undefined])[] = [
    ['input_tokens', inputTokens],
    ['output_tokens', outputTokens],
    ['cache_read_tokens', usage.cachedInputTokens],
    ['cache_write_tokens', usage.cacheWriteTokens],
    ['web_searches', Object.entries(serverTools).reduce((sum, [name, uses]) => (webSearches.has(name) ? sum + uses : sum), 0)],
    ...Object.entries(nativeUnits).map(([unit, path]) => [unit, figureAt(native, path)] as const),
  ];
  return Object.fromEntries(units.filter((unit): unit is [string, number] => unit[1] !== undefined));
}

function figureAt(native: JsonValue | undefined, path: readonly string[]): number | undefined {
  const figure = path.reduce<unknown>((within, key) => (isObject(within) ? within[key] : undefined), native);
  return typeof figure === 'number' ? figure : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
