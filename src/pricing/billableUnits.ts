import type { JsonValue, Usage } from '../events.js';

/** The quantities that cost money, by the names of `@pydantic/genai-prices`. Totals include their parts, as in a `Usage`. */
export type BillableUnits = Readonly<Record<string, number>>;

/** The providers' names for web searches, which have a price each. */
const webSearches: ReadonlySet<string> = new Set(['web_search_requests', 'web_search']);

/** The paths in the native usage of figures that only some providers report: the first one that is there counts. */
const nativeUnits: Readonly<Record<string, readonly string[]>> = {
  cache_write_1h_tokens: ['cache_creation.ephemeral_1h_input_tokens'],
  input_audio_tokens: ['prompt_tokens_details.audio_tokens', 'input_tokens_details.audio_tokens'],
  output_audio_tokens: ['completion_tokens_details.audio_tokens', 'output_tokens_details.audio_tokens'],
};

/** Undefined if a total is unknown, because a cost of only the known part would look like the whole cost. */
export function billableUnits(usage: Usage): BillableUnits | undefined {
  const { inputTokens, outputTokens, serverTools = {}, native } = usage;
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const units: readonly (readonly [string, number | undefined])[] = [
    ['input_tokens', inputTokens],
    ['output_tokens', outputTokens],
    ['cache_read_tokens', usage.cachedInputTokens],
    ['cache_write_tokens', usage.cacheWriteTokens],
    ['web_searches', Object.entries(serverTools).reduce((sum, [name, uses]) => (webSearches.has(name) ? sum + uses : sum), 0)],
    ...Object.entries(nativeUnits).map(([unit, paths]) => [unit, figureAt(native, paths)] as const),
  ];
  return Object.fromEntries(units.filter((unit): unit is [string, number] => unit[1] !== undefined));
}

/** Whether there is a price of the audio in a usage: audio costs many times what text does. */
export function hasAudioPrices(units: BillableUnits, prices: Readonly<Record<string, unknown>>): boolean {
  return ['input_audio', 'output_audio'].every((kind) => !units[`${kind}_tokens`] || prices[`${kind}_mtok`] !== undefined);
}

function figureAt(native: JsonValue | undefined, paths: readonly string[]): number | undefined {
  return paths.map((path) => path.split('.').reduce<unknown>(memberOf, native)).find((figure) => typeof figure === 'number');
}

function memberOf(within: unknown, key: string): unknown {
  return isObject(within) ? within[key] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
