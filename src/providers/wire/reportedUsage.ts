import { nonEmptyText, numberOf, objectOf } from '../../codecs/json/jsonFields.js';
import type { Cost, JsonObject, JsonValue, RequestTraits, RequestUsage, Usage, UsageEvent } from '../../events.js';

type Figure = 'input' | 'output' | 'total' | 'cached' | 'cacheWrite' | 'reasoning';

/** The names of each figure in a provider's usage, separated by spaces; a dot leads into an object. */
export type FigureNames = Readonly<Record<Figure, string>>;

/** The figures of one report, as far as it has them. */
export type Figures = Readonly<Record<Figure, number | undefined>>;

/** Reads each figure under all of its names. The largest counts, because some servers send the names that they do not fill as 0. */
export function readFigures(native: JsonObject, names: FigureNames): Figures {
  const read = (figure: Figure): number | undefined =>
    names[figure].split(' ').reduce((found, path) => highest(found, figureAt(native, path)), noFigure);
  return {
    input: read('input'),
    output: read('output'),
    total: read('total'),
    cached: read('cached'),
    cacheWrite: read('cacheWrite'),
    reasoning: read('reasoning'),
  };
}

const noFigure: number | undefined = undefined;

function figureAt(native: JsonObject, path: string): number | undefined {
  const dot = path.indexOf('.');
  return numberOf(dot < 0 ? native[path] : objectOf(native[path.slice(0, dot)])[path.slice(dot + 1)]);
}

/**
 * The usage that a report means, together with the ones before it. No figure falls: those of a response are cumulative, so a lower one, or a
 * zero, is one that the server did not fill.
 */
export function toUsage(
  figures: Figures,
  earlier: Usage | undefined,
  extra: Pick<Usage, 'serverTools' | 'cost' | 'native'>,
): Usage {
  const [input, output] = totals(figures);
  const inputTokens = highest(earlier?.inputTokens, input);
  const outputTokens = highest(earlier?.outputTokens, output);
  return {
    inputTokens,
    outputTokens,
    totalTokens:
      inputTokens === undefined || outputTokens === undefined
        ? highest(earlier?.totalTokens, figures.total)
        : inputTokens + outputTokens,
    cachedInputTokens: highest(earlier?.cachedInputTokens, figures.cached),
    cacheWriteTokens: highest(earlier?.cacheWriteTokens, figures.cacheWrite),
    reasoningTokens: highest(earlier?.reasoningTokens, figures.reasoning),
    serverTools: extra.serverTools ?? earlier?.serverTools,
    estimated: false,
    confidence: 'exact',
    cost: highestCost(earlier?.cost, extra.cost),
    native: extra.native,
  };
}

/** Input and output with all their parts, which some servers do not count as such. */
function totals({ input, output, total, cached = 0, cacheWrite = 0, reasoning = 0 }: Figures): readonly (number | undefined)[] {
  const parts = cached + cacheWrite;
  const whole = input !== undefined && parts > input ? input + parts : input;
  // Thinking that stands only in the total is output (Gemini, xAI); more reasoning than output was not counted as output.
  const beyond = whole === undefined || total === undefined ? 0 : total - whole;
  if (beyond > (output ?? 0)) return [whole, beyond];
  return [whole, output !== undefined && reasoning > output ? output + reasoning : output];
}

function highest(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? (left ?? right) : Math.max(left, right);
}

function highestCost(left: Cost | undefined, right: Cost | undefined): Cost | undefined {
  return left && right && left.total > right.total ? left : (right ?? left);
}

/** What a usage reports of its request that changes the price. @param serviceTier The tier that is reported outside of the usage. */
export function requestTraits(native: JsonObject, serviceTier: string | undefined): RequestTraits {
  const tier = nonEmptyText(native['service_tier']) ?? serviceTier;
  const region = nonEmptyText(native['inference_geo']);
  return {
    serviceTier: tier,
    speed: nonEmptyText(native['speed']),
    region: region === 'not_available' ? undefined : region,
    batch: tier === 'batch' || undefined,
  };
}

/** A request of a response. */
export function requestOf(usage: Usage, model: string | undefined, provider: string, traits: RequestTraits): RequestUsage {
  return { usage, model, provider, attempt: 1, step: 0, stands: true, ...traits };
}

/** The usage of a response. Its one request is listed only if that says more than the usage. */
export function usageEvent(usage: Usage, requests: readonly RequestUsage[]): UsageEvent {
  const isKnown = ({ serviceTier, speed, region, batch }: RequestUsage): boolean =>
    (serviceTier ?? speed ?? region ?? batch) !== undefined;
  return { type: 'usage', usage, requests: requests.length > 1 || requests.some(isKnown) ? requests : undefined };
}

/** The number of uses of the provider's own tools, by name. */
export function usesOf(entries: readonly (readonly [string, JsonValue | undefined])[]): Usage['serverTools'] {
  const used = entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0);
  return used.length === 0 ? undefined : Object.fromEntries(used);
}
