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

/** Which operators stand in a stream's pipeline, beside those that every one has. */
export interface Plan {
  /** What joins a second provider. */
  readonly join: 'fallback' | 'hedge' | undefined;
  /** When the hedge asks it. */
  readonly afterMs: number;
  readonly breaks: boolean;
  readonly waitsForSlot: boolean;
  readonly waitsForRate: boolean;
  /** The budget. */
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

/** What streams share. */
export interface Shared {
  readonly breaker: Breaker;
  readonly slots: ConcurrencyLimiter;
  readonly rate: RateLimiter;
}

export function createShared(concurrency: number): Shared {
  return {
    breaker: createBreaker({ failures: 8, openMs: 20, successes: 1 }),
    // So few that some wait.
    slots: createConcurrencyLimiter({ maxConcurrent: Math.ceil(concurrency / 5) }),
    // So many that only a provider's own word makes them wait.
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

/** @param ask Makes a provider's stream, its repeats included. */
export function joinProviders({ join, afterMs, maxChars }: Plan, ask: () => Observable<DeltaEvent>): Observable<DeltaEvent> {
  return piped(ask(), [
    join === 'fallback' && fallbackTo(ask()),
    join === 'hedge' && hedge(ask(), { afterMs }),
    maxChars !== undefined && takeWithinBudget<DeltaEvent>({ maxChars }),
  ]);
}
