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
  const rest = combineUsage(part, total, (a = 0, b = 0) => (b > a ? b - a : undefined));
  // A total of one known part would be that part.
  return (rest.inputTokens === undefined) === (rest.outputTokens === undefined) ? rest : { ...rest, totalTokens: undefined };
}

/** Tokens that we counted without the provider. */
export interface Estimate {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** How reliable the output is. */
  readonly confidence: Confidence;
  /** How reliable the input is. @defaultValue `confidence` */
  readonly inputConfidence?: Confidence;
  /** Whether text was generated: then a figure of 0 is none. @defaultValue false */
  readonly hasText?: boolean;
}

/** The reported figures, and the estimate's where none was reported. A zero beside text is not a figure. */
export function completeUsage(reported: Usage | undefined, estimate: () => Estimate): Usage {
  if (reported?.inputTokens && reported.outputTokens) return withTotal(reported, first);
  const counted = estimate();
  const base = withoutZeros(reported, counted);
  if (base.inputTokens !== undefined && base.outputTokens !== undefined) return withTotal(base, first);
  const filled = fill(base, counted, first);
  return withTotal(filled, filled === base ? first : sumOfParts);
}

/** The figures of a request that ended before the provider reported its last ones: the larger of each reported and estimated figure. */
export function settleUsage(reported: Usage | undefined, estimate: Estimate): Usage {
  const base = withoutZeros(reported, estimate);
  const filled = fill(base, estimate, larger);
  const confidence = lowest(filled.confidence, estimate.confidence);
  return withTotal({ ...filled, estimated: true, confidence }, larger);
}

/** A server that fills nothing in reports zeros, although it generated text. */
function withoutZeros(reported: Usage = unknownUsage, { hasText = false }: Estimate): Usage {
  const { inputTokens, outputTokens, totalTokens } = reported;
  if (!hasText || (inputTokens !== 0 && outputTokens !== 0)) return reported;
  return {
    ...reported,
    inputTokens: inputTokens || undefined,
    outputTokens: outputTokens || undefined,
    totalTokens: totalTokens || undefined,
  };
}

/** Completes the figures, and marks them if an estimate is among them: a cost that was reported before is then not theirs. */
function fill(base: Usage, estimate: Estimate, choose: typeof larger): Usage {
  const inputTokens = choose(base.inputTokens, estimate.inputTokens);
  const outputTokens = choose(base.outputTokens, estimate.outputTokens);
  const { confidence, inputConfidence = confidence } = estimate;
  const ofInput = inputTokens === base.inputTokens ? 'exact' : inputConfidence;
  const ofOutput = outputTokens === base.outputTokens ? 'exact' : confidence;
  if (ofInput === 'exact' && ofOutput === 'exact') return base;
  return {
    ...base,
    inputTokens,
    outputTokens,
    estimated: true,
    confidence: lowest(base.confidence, lowest(ofInput, ofOutput)),
    cost: choose === larger ? undefined : base.cost,
  };
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

function sumOfParts(_: number | undefined, sum: number | undefined): number | undefined {
  return sum;
}

function larger(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? (left ?? right) : Math.max(left, right);
}

function lowest(left: Confidence, right: Confidence): Confidence {
  return confidences[Math.min(confidences.indexOf(left), confidences.indexOf(right))] ?? 'low';
}

type TokenFigure = Extract<keyof Usage, `${string}Tokens`>;

/** Combines two figures; not called if neither is known. */
type Combine = (left: number | undefined, right: number | undefined) => number | undefined;

function combineUsage(left: Usage, right: Usage, combine: Combine): Usage {
  const figure: Combine = (a, b) => (a === undefined && b === undefined ? undefined : combine(a, b));
  const combined = (name: TokenFigure): number | undefined => figure(left[name], right[name]);
  const inputTokens = combined('inputTokens');
  const outputTokens = combined('outputTokens');
  const isPart = inputTokens === undefined || outputTokens === undefined;
  return {
    inputTokens,
    outputTokens,
    totalTokens: isPart ? combined('totalTokens') : figure(wholeOf(left), wholeOf(right)),
    cachedInputTokens: combined('cachedInputTokens'),
    cacheWriteTokens: combined('cacheWriteTokens'),
    reasoningTokens: combined('reasoningTokens'),
    serverTools: combineServerTools(left.serverTools, right.serverTools, combine),
    estimated: left.estimated || right.estimated,
    confidence: lowest(left.confidence, right.confidence),
    cost: combineCost(left.cost, right.cost, combine),
    native: right.native,
  };
}

/** The total of a usage that may lack it: one of its parts may be unknown too. */
function wholeOf({ inputTokens, outputTokens, totalTokens }: Usage): number | undefined {
  if (totalTokens !== undefined || (inputTokens === undefined && outputTokens === undefined)) return totalTokens;
  return (inputTokens ?? 0) + (outputTokens ?? 0);
}

function combineServerTools(left: Usage['serverTools'], right: Usage['serverTools'], combine: Combine): Usage['serverTools'] {
  if (left === undefined && right === undefined) return undefined;
  // The names are the provider's, so that one of them may be the name of an inherited property.
  const [before, after] = [new Map(Object.entries(left ?? {})), new Map(Object.entries(right ?? {}))];
  return Object.fromEntries(
    [...new Map([...before, ...after]).keys()].map((name) => [name, combine(before.get(name), after.get(name)) ?? 0]),
  );
}

function combineCost(left: Cost | undefined, right: Cost | undefined, combine: Combine): Cost | undefined {
  if (left === undefined || right === undefined || left.currency !== right.currency) return undefined;
  const amount: Combine = (a, b) => (a === undefined || b === undefined ? undefined : combine(a, b));
  const total = combine(left.total, right.total);
  if (total === undefined) return undefined;
  return {
    total,
    currency: left.currency,
    input: amount(left.input, right.input),
    output: amount(left.output, right.output),
    cacheSavings: amount(left.cacheSavings, right.cacheSavings),
  };
}
