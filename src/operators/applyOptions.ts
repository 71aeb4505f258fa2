import type { MonoTypeOperatorFunction, Observable, ObservableInput } from 'rxjs';
import type { DeltaEvent, Price } from '../events.js';
import type { Breaker } from '../handles/createBreaker.js';
import type { ConcurrencyLimiter } from '../handles/createConcurrencyLimiter.js';
import type { RateLimiter } from '../handles/createRateLimiter.js';
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

/** An operator's options under its name; `true` for its defaults, `false` or `undefined` to leave it out, for instance of a preset. */
export interface ApplyOptions {
  /** A limiter that streams share. */
  readonly limitConcurrency?: ConcurrencyLimiter | false | undefined;
  /** A limiter that streams share. */
  readonly rateLimit?: RateLimiter | false | undefined;
  /** `firstMs` and `betweenMs` are for each attempt, `totalMs` is for the whole stream. */
  readonly timeoutBetweenChunks?: number | TimeoutLimits | false | undefined;
  /** A breaker that streams share. */
  readonly circuitBreaker?: Breaker | false | undefined;
  /** How to repeat on a transient fault. */
  readonly retryStream?: RetryStreamOptions | boolean | undefined;
  /** The other providers, in the order in which they are asked. */
  readonly fallbackTo?: readonly Observable<DeltaEvent>[] | false | undefined;
  /** A second provider, and when it is asked. */
  readonly hedge?: (HedgeOptions & { readonly other: Observable<DeltaEvent> }) | false | undefined;
  /** What stops the stream. */
  readonly stopOn?: ObservableInput<unknown> | false | undefined;
  /** What the stream may use. */
  readonly takeWithinBudget?: TakeWithinBudgetOptions | false | undefined;
  /** How its usage is told. */
  readonly aggregateUsage?: AggregateUsageOptions | boolean | undefined;
  /** What usage costs; also for the `onSettled` of `aggregateUsage`. */
  readonly withCost?: Price | false | undefined;
  /** How its pace is told. */
  readonly measureStream?: MeasureStreamOptions | boolean | undefined;
  /** Whom to call back. */
  readonly tapStream?: TapStreamOptions | false | undefined;
  /** For a branch that only displays. */
  readonly smooth?: SmoothOptions | boolean | undefined;
  /** For a branch that only displays. */
  readonly batchFrames?: boolean | undefined;
}

type Mirror = MonoTypeOperatorFunction<DeltaEvent>;
type Given<Name extends keyof ApplyOptions> = Exclude<ApplyOptions[Name], boolean | undefined>;

interface Stage {
  readonly name: keyof ApplyOptions;
  create(options: ApplyOptions): Mirror | undefined;
}

/** The order of the design, from the source on. */
const stages: readonly Stage[] = [
  // Next to the source: a turn that was granted would grow old in the line for a slot.
  stage('rateLimit', rateLimit),
  stage('limitConcurrency', limitConcurrency),
  stage('timeoutBetweenChunks', limitAttempt),
  stage('circuitBreaker', circuitBreaker),
  orDefault('retryStream', retryStream),
  stage('fallbackTo', (others) => fallbackTo(...others)),
  stage('hedge', ({ other, ...options }) => hedge(other, options)),
  stage('timeoutBetweenChunks', limitWhole),
  stage('stopOn', stopOn),
  stage('takeWithinBudget', takeWithinBudget),
  withPriceToSettle(orDefault('aggregateUsage', aggregateUsage)),
  stage('withCost', withCost),
  orDefault('measureStream', measureStream),
  stage('tapStream', tapStream),
  orDefault('smooth', smooth),
  orDefault('batchFrames', batchFrames),
];

const names = [...new Set(stages.map(({ name }) => name))];

/**
 * Applies operators in the one right order, whatever the order in which they are named.
 *
 *     source                              s-a-----#     #: a transient fault
 *     { retryStream: true,
 *       timeoutBetweenChunks: 5_000 }     the same as pipe(timeoutBetweenChunks(5_000), retryStream())
 *     result                              s-a-----R 1s s-a-b-f|
 *
 * It is a mirror: what it gives are events, for a fold after it. The order: `rateLimit`, `limitConcurrency`, `timeoutBetweenChunks` (per
 * attempt), `circuitBreaker`, `retryStream`, `fallbackTo`, `hedge`, `timeoutBetweenChunks` (`totalMs`), `stopOn`, `takeWithinBudget`,
 * `aggregateUsage`, `withCost`, `measureStream`, `tapStream`, `smooth`, `batchFrames`.
 *
 * @param options Names of operators, each with its options; presets are such objects, to spread: `{ ...jsonModeOptions, withCost }`.
 * @throws TypeError at call time for a name that is unknown, with the nearest one, and whatever the operators throw for their options.
 * Emits error: what the operators emit. On unsubscribe: what the operators do.
 * @example events$.pipe(applyOptions({ ...highReliabilityOptions, fallbackTo: [other$] }), toMessage())
 */
export function applyOptions(options: ApplyOptions): MonoTypeOperatorFunction<DeltaEvent> {
  checkOptions('applyOptions', plain(options), names);
  const mirrors = stages.flatMap(({ create }) => create(options) ?? []);
  return (source) => mirrors.reduce((stream, mirror) => mirror(stream), source);
}

/** `debugOptions` is a function with options on it; one without is a mistake. */
function plain(options: ApplyOptions): ApplyOptions {
  const named = { ...options };
  return typeof options === 'function' && Object.keys(named).length > 0 ? named : options;
}

/** An operator that needs options. */
function stage<Name extends keyof ApplyOptions>(name: Name, apply: (given: Given<Name>) => Mirror | undefined): Stage {
  return {
    name,
    create(options) {
      const given = options[name];
      if (given === undefined || given === false) return undefined;
      if (given === true) throw new TypeError(`applyOptions: ${name} needs its options, not true`);
      return apply(given as Given<Name>);
    },
  };
}

/** An operator that has defaults for all its options. */
function orDefault<Name extends keyof ApplyOptions>(name: Name, apply: (given?: Given<Name>) => Mirror): Stage {
  const { create } = stage(name, apply);
  return { name, create: (options) => (options[name] === true ? apply() : create(options)) };
}

/** `withCost` has no event to put a cost on where the stream ends by an error or `unsubscribe`. */
function withPriceToSettle({ name, create }: Stage): Stage {
  return {
    name,
    create(options) {
      const { aggregateUsage: given, withCost: price } = options;
      const settles = typeof given === 'object' && given?.onSettled !== undefined && typeof price === 'function';
      return create(settles ? { ...options, aggregateUsage: { price, ...given } } : options);
    },
  };
}

function limitAttempt(limits: number | TimeoutLimits): Mirror | undefined {
  if (typeof limits === 'number') return timeoutBetweenChunks(limits);
  const { totalMs, ...perAttempt } = limits;
  const limited = perAttempt.firstMs !== undefined || perAttempt.betweenMs !== undefined;
  // Without any limit, it says what is missing.
  return limited || totalMs === undefined ? timeoutBetweenChunks(perAttempt) : undefined;
}

function limitWhole(limits: number | TimeoutLimits): Mirror | undefined {
  return typeof limits === 'number' || limits.totalMs === undefined
    ? undefined
    : timeoutBetweenChunks({ totalMs: limits.totalMs });
}
