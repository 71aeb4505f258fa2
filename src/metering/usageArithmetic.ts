import type { Confidence, Cost, Usage } from '../events.js';

const confidences: readonly Confidence[] = ['low', 'high', 'exact'];

/** Adds the figures of two usages; a figure that only one of them has is kept. */
export function addUsage(left: Usage | undefined, right: Usage): Usage {
  return left === undefined ? right : combineUsage(left, right, (a = 0, b = 0) => a + b);
}

/** The sum of the usages of requests, added to what was used before; `undefined` if there is none. */
export function sumUsage(requests: readonly { readonly usage: Usage }[], before?: Usage): Usage | undefined {
  return requests.reduce((sum, { usage }) => addUsage(sum, usage), before);
}

/** Adds two costs. If one is unknown, so is the sum, because it would be too low. */
export function addCost(left: Cost | undefined, right: Cost | undefined): Cost | undefined {
  return combineCost(left, right, (a = 0, b = 0) => a + b);
}

/** Subtracts an earlier cumulative usage from a later one. A figure that did not grow is unknown, because it may not have been reported. */
export function subtractUsage(total: Usage, part: Usage | undefined): Usage {
  if (part === undefined) return total;
  return combineUsage(part, total, (a = 0, b = 0) => (b > a ? b - a : undefined));
}

/** Tokens that we counted without the provider. */
export interface Estimate {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly confidence: Confidence;
}

/** The reported figures, and the estimate's where none was reported. */
export function completeUsage(reported: Usage | undefined, estimate: () => Estimate): Usage {
  if (reported?.inputTokens !== undefined && reported.outputTokens !== undefined) return withTotal(reported, first);
  const { inputTokens, outputTokens, confidence } = estimate();
  const base = reported ?? unknownUsage;
  const filled =
    (base.outputTokens === undefined && outputTokens !== undefined) ||
    (base.inputTokens === undefined && inputTokens !== undefined);
  const figures = {
    ...base,
    inputTokens: first(base.inputTokens, inputTokens),
    outputTokens: first(base.outputTokens, outputTokens),
  };
  return withTotal(filled ? { ...figures, estimated: true, confidence: lowest(base.confidence, confidence) } : figures, first);
}

/** The figures of a request that ended before the provider reported its last ones: the larger of each reported and estimated figure. */
export function settleUsage(reported: Usage | undefined, { inputTokens, outputTokens, confidence }: Estimate): Usage {
  const base = reported ?? unknownUsage;
  const figures = {
    ...base,
    inputTokens: larger(base.inputTokens, inputTokens),
    outputTokens: larger(base.outputTokens, outputTokens),
    estimated: true,
    confidence: lowest(base.confidence, confidence),
  };
  return withTotal(figures, larger);
}

const unknownUsage: Usage = {
  inputTokens: undefined,
  outputTokens: undefined,
  totalTokens: undefined,
  cachedInputTokens: undefined,
  cacheWriteTokens: undefined,
  reasoningTokens: undefined,
  serverTools: undefined,
  estimated: false,
  confidence: 'exact',
  cost: undefined,
  native: undefined,
};

/** @param choose Chooses between the reported total and the sum of its parts. */
function withTotal(usage: Usage, choose: typeof larger): Usage {
  const { inputTokens, outputTokens, totalTokens } = usage;
  if (inputTokens === undefined || outputTokens === undefined) return usage;
  return { ...usage, totalTokens: choose(totalTokens, inputTokens + outputTokens) };
}

function first(left: number | undefined, right: number | undefined): number | undefined {
  return left ?? right;
}

function larger(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? (left ?? right) : Math.max(left, right);
}

function lowest(left: Confidence, right: Confidence): Confidence {
  return confidences[Math.min(confidences.indexOf(left), confidences.indexOf(right))] ?? 'low';
}

/** Combines two figures; not called if neither is known. */
type Combine = (left: number | undefined, right: number | undefined) => number | undefined;

function combineUsage(left: Usage, right: Usage, combine: Combine): Usage {
  const figure: Combine = (a, b) => (a === undefined && b === undefined ? undefined : combine(a, b));
  return {
    inputTokens: figure(left.inputTokens, right.inputTokens),
    outputTokens: figure(left.outputTokens, right.outputTokens),
    totalTokens: figure(left.totalTokens, right.totalTokens),
    cachedInputTokens: figure(left.cachedInputTokens, right.cachedInputTokens),
    cacheWriteTokens: figure(left.cacheWriteTokens, right.cacheWriteTokens),
    reasoningTokens: figure(left.reasoningTokens, right.reasoningTokens),
    serverTools: combineServerTools(left.serverTools, right.serverTools, combine),
    estimated: left.estimated || right.estimated,
    confidence: lowest(left.confidence, right.confidence),
    cost: combineCost(left.cost, right.cost, combine),
    native: right.native,
  };
}

function combineServerTools(left: Usage['serverTools'], right: Usage['serverTools'], combine: Combine): Usage['serverTools'] {
  if (left === undefined && right === undefined) return undefined;
  const names = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})]);
  return Object.fromEntries([...names].map((name) => [name, combine(own(left, name), own(right, name)) ?? 0]));
}

/** The names are the provider's, so that one of them may be the name of an inherited property. */
function own(figures: Readonly<Record<string, number>> | undefined, name: string): number | undefined {
  return figures && Object.hasOwn(figures, name) ? figures[name] : undefined;
}

function combineCost(left: Cost | undefined, right: Cost | undefined, combine: Combine): Cost | undefined {
  if (left === undefined || right === undefined || left.currency !== right.currency) return undefined;
  const amount: Combine = (a, b) => (a === undefined || b === undefined ? undefined : combine(a, b));
  return {
    total: combine(left.total, right.total) ?? 0,
    currency: left.currency,
    input: amount(left.input, right.input),
    output: amount(left.output, right.output),
    cacheSavings: amount(left.cacheSavings, right.cacheSavings),
  };
}
