import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import {
  type Breaker,
  type ConcurrencyLimiter,
  circuitBreaker,
  createBreaker,
  createConcurrencyLimiter,
  createRateLimiter,
  type DeltaEvent,
  fallbackTo,
  hedge,
  limitConcurrency,
  type RateLimiter,
  rateLimit,
  takeWithinBudget,
} from 'rxllm';
import { between } from './seededRandom.js';

/** The operators of a stream, in addition to those of every stream. */
export interface Plan {
  /** The operator that joins a second provider. */
  readonly join: 'fallback' | 'hedge' | undefined;
  /** The delay of the hedge, in milliseconds. */
  readonly afterMs: number;
  readonly breaks: boolean;
  readonly waitsForSlot: boolean;
  readonly waitsForRate: boolean;
  /** The budget, in UTF-16 code units. */
  readonly maxChars: number | undefined;
}

export function planOf(random: () => number): Plan {
  const chance = random();
  return {
    join: chance < 0.2 ? 'fallback' : chance < 0.4 ? 'hedge' : undefined,
    afterMs: between(random, 0, 60),
    breaks: random() < 0.25,
    waitsForSlot: random() < 0.4,
    waitsForRate: random() < 0.4,
    maxChars: random() < 0.2 ? between(random, 1, 300) : undefined,
  };
}

/** The handles that all streams share. */
export interface Shared {
  readonly breaker: Breaker;
  readonly slots: ConcurrencyLimiter;
  readonly rate: RateLimiter;
}

export function createShared(concurrency: number): Shared {
  return {
    breaker: createBreaker({ failures: 8, openMs: 20, successes: 1 }),
    // Few enough that some streams wait.
    slots: createConcurrencyLimiter({ maxConcurrent: Math.ceil(concurrency / 5) }),
    // High enough that only a response of the provider makes streams wait.
    rate: createRateLimiter({ requestsPerMinute: 1_000_000, tokensPerMinute: 1_000_000_000 }),
  };
}

type Operator = MonoTypeOperatorFunction<DeltaEvent>;

const piped = (source$: Observable<DeltaEvent>, operators: readonly (Operator | false)[]): Observable<DeltaEvent> =>
  operators.reduce<Observable<DeltaEvent>>((stream$, operator) => (operator ? operator(stream$) : stream$), source$);

/** One attempt: the limits, then `limit`, then the breaker. */
export function guard({ breaks, waitsForSlot, waitsForRate }: Plan, { breaker, slots, rate }: Shared, limit: Operator): Operator {
  return (source$) =>
    piped(source$, [
      waitsForSlot && limitConcurrency(slots),
      waitsForRate && rateLimit(rate),
      limit,
      breaks && circuitBreaker(breaker),
    ]);
}

/** @param ask Creates the stream of a provider, including its retries. */
export function joinProviders({ join, afterMs, maxChars }: Plan, ask: () => Observable<DeltaEvent>): Observable<DeltaEvent> {
  return piped(ask(), [
    join === 'fallback' && fallbackTo(ask()),
    join === 'hedge' && hedge(ask(), { afterMs }),
    maxChars !== undefined && takeWithinBudget<DeltaEvent>({ maxChars }),
  ]);
}
