import type { MonoTypeOperatorFunction, Observable, ObservableInput } from 'rxjs';
import type { DeltaEvent, Price } from '../events.js';
import type { Breaker } from '../handles/createBreaker.js';
import type { ConcurrencyLimiter } from '../handles/createConcurrencyLimiter.js';
import type { RateLimiter } from '../handles/createRateLimiter.js';
import { namedOperators } from '../kernel/namedOperators.js';
import { checkOptions } from '../kernel/options.js';
import { type AggregateUsageOptions, aggregateUsage } from './aggregateUsage.js';
import { batchFrames } from './batchFrames.js';
import { circuitBreaker } from './circuitBreaker.js';
import { fallbackTo } from './fallbackTo.js';
import { type HedgeOptions, hedge } from './hedge.js';
import { limitConcurrency } from './limitConcurrency.js';
import { type MeasureStreamOptions, measureStream } from './measureStream.js';
import { rateLimit } from './rateLimit.js';
import { type RetryStreamOptions, retryStream } from './retryStream.js';
import { type SmoothOptions, smooth } from './smooth.js';
import { stopOn } from './stopOn.js';
import { type TakeWithinBudgetOptions, takeWithinBudget } from './takeWithinBudget.js';
import { type TapStreamOptions, tapStream } from './tapStream.js';
import { type TimeoutLimits, timeoutBetweenChunks } from './timeoutBetweenChunks.js';
import { withCost } from './withCost.js';

/**
 * Each key is the name of an operator, its value the options of that operator: `true` for the defaults, `false` or `undefined` to omit it,
 * for instance from a preset.
 */
export interface ApplyOptions {
  /** The limiter made by `createConcurrencyLimiter`, once, for all streams that must not all run at once. @defaultValue not applied */
  readonly limitConcurrency?: ConcurrencyLimiter | false | undefined;
  /** The limiter made by `createRateLimiter`, once, for all streams that share a provider's limits. @defaultValue not applied */
  readonly rateLimit?: RateLimiter | false | undefined;
  /**
   * The time limits, in milliseconds: `firstMs` and `betweenMs` for each attempt of the source, `totalMs` for the whole stream. A number sets
   * both `firstMs` and `betweenMs`. @defaultValue not applied
   */
  readonly timeoutBetweenChunks?: number | TimeoutLimits | false | undefined;
  /** The breaker made by `createBreaker`, once, for all streams of a provider. @defaultValue not applied */
  readonly circuitBreaker?: Breaker | false | undefined;
  /** How to repeat the request of the source after a transient fault. @defaultValue not applied */
  readonly retryStream?: RetryStreamOptions | boolean | undefined;
  /**
   * The streams of the other providers, in the order in which they are subscribed, each with its own limits and retries.
   * @defaultValue not applied
   */
  readonly fallbackTo?: readonly Observable<DeltaEvent>[] | false | undefined;
  /**
   * The stream of a second provider, `other`, with its own limits and retries, and when it is subscribed, `afterMs` in milliseconds.
   * @defaultValue not applied
   */
  readonly hedge?: (HedgeOptions & { readonly other: Observable<DeltaEvent> }) | false | undefined;
  /** The notifier: its first value ends the stream. @defaultValue not applied */
  readonly stopOn?: ObservableInput<unknown> | false | undefined;
  /** The budget at which the stream ends: in tokens, characters or cost. @defaultValue not applied */
  readonly takeWithinBudget?: TakeWithinBudgetOptions | false | undefined;
  /** How usage is counted and reported. @defaultValue not applied */
  readonly aggregateUsage?: AggregateUsageOptions | boolean | undefined;
  /** Returns the cost of a request; it is also the `price` of `aggregateUsage` if that has an `onSettled`. @defaultValue not applied */
  readonly withCost?: Price | false | undefined;
  /** How timing is reported. @defaultValue not applied */
  readonly measureStream?: MeasureStreamOptions | boolean | undefined;
  /** The callbacks. @defaultValue not applied */
  readonly tapStream?: TapStreamOptions | false | undefined;
  /** How text is paced; only for a branch that displays. @defaultValue not applied */
  readonly smooth?: SmoothOptions | boolean | undefined;
  /** Whether to merge the deltas of a frame; only for a branch that displays. @defaultValue not applied */
  readonly batchFrames?: boolean | undefined;
}

const operator = namedOperators<DeltaEvent, ApplyOptions>('applyOptions');

/** The order in which operators are applied, from the source on. A third argument creates the operator with its defaults. */
const operators = [
  // Nearer to the source than limitConcurrency, so that a stream waits for its slot first: a granted turn must not wait, or the rate is
  // exceeded.
  operator('rateLimit', rateLimit),
  operator('limitConcurrency', limitConcurrency),
  operator('timeoutBetweenChunks', limitAttempt),
  operator('circuitBreaker', circuitBreaker),
  operator('retryStream', retryStream, retryStream),
  operator('fallbackTo', (others) => fallbackTo(...others)),
  operator('hedge', ({ other, ...options }) => hedge(other, options)),
  operator('timeoutBetweenChunks', limitWhole),
  operator('stopOn', stopOn),
  operator('takeWithinBudget', takeWithinBudget),
  operator('aggregateUsage', aggregateUsage, aggregateUsage),
  operator('withCost', withCost),
  operator('measureStream', measureStream, measureStream),
  operator('tapStream', tapStream),
  operator('smooth', smooth, smooth),
  operator('batchFrames', batchFrames, batchFrames),
];

/**
 * Applies several operators in the one right order, whatever the order of their names.
 *
 *     source                              s-a-----#     #: a transient fault
 *     { retryStream: { jitter: 0 },
 *       timeoutBetweenChunks: 5_000 }     the same as pipe(timeoutBetweenChunks(5_000), retryStream({ jitter: 0 }))
 *     result                              s-a-----R 1s s-a-b-f|
 *
 * It is a mirror: it emits events, and a fold follows it. From the source on, the operators whose options are given are applied in this order:
 * `rateLimit`, `limitConcurrency`, `timeoutBetweenChunks` (`firstMs` and `betweenMs`), `circuitBreaker`, `retryStream`, `fallbackTo`, `hedge`,
 * `timeoutBetweenChunks` (`totalMs`), `stopOn`, `takeWithinBudget`, `aggregateUsage`, `withCost`, `measureStream`, `tapStream`, `smooth`,
 * `batchFrames`.
 *
 * The first five apply to the source only. The other providers of `fallbackTo` and `hedge` are streams that have such operators in their own
 * pipes. All operators after `hedge` apply to the joined stream.
 *
 * @param options The options of each operator under its name. Presets are such objects, to be spread: `{ ...jsonModeOptions, withCost }`.
 * @throws TypeError at call time for an unknown name, with the nearest known one, and what the operators throw for their options.
 * @emitsError What the operators emit.
 * @unsubscribe What the operators do.
 * @reset What the operators do.
 * @cost That of the operators.
 * @example events$.pipe(applyOptions({ ...highReliabilityOptions, fallbackTo: [other$] }), toMessage())
 */
export function applyOptions(options: ApplyOptions): MonoTypeOperatorFunction<DeltaEvent> {
  // A preset may be a function with options as its properties, as debugOptions is; a function without any is a mistake.
  const named = Object.keys(Object(options)).length > 0 ? { ...options } : options;
  checkOptions('applyOptions', named, [...new Set(operators.map(({ name }) => name))]);
  const priced = withSettlementPrice(named);
  const mirrors = operators.flatMap(({ create }) => create(priced) ?? []);
  return (source) => mirrors.reduce((stream, mirror) => mirror(stream), source);
}

/** Gives `onSettled` the price, because `withCost` has no event to add a cost to when the stream ends by an error or an unsubscribe. */
function withSettlementPrice(options: ApplyOptions): ApplyOptions {
  const { aggregateUsage: usage, withCost: price } = options;
  if (typeof usage !== 'object' || usage?.onSettled === undefined || typeof price !== 'function') return options;
  return { ...options, aggregateUsage: { price, ...usage } };
}

function limitAttempt(limits: number | TimeoutLimits): MonoTypeOperatorFunction<DeltaEvent> | undefined {
  if (typeof limits === 'number') return timeoutBetweenChunks(limits);
  const { totalMs, ...perAttempt } = limits;
  const limited = perAttempt.firstMs !== undefined || perAttempt.betweenMs !== undefined;
  // Without any limit, timeoutBetweenChunks throws an error that names what is missing.
  return limited || totalMs === undefined ? timeoutBetweenChunks(perAttempt) : undefined;
}

function limitWhole(limits: number | TimeoutLimits): MonoTypeOperatorFunction<DeltaEvent> | undefined {
  if (typeof limits === 'number' || limits.totalMs === undefined) return undefined;
  return timeoutBetweenChunks({ totalMs: limits.totalMs });
}
