import { asyncScheduler } from 'rxjs';

/** What a provider says, in the headers of its responses, that it will still accept. */
export interface Allowances {
  learn(headers: Headers): void;
  /** The earliest time, as `asyncScheduler.now()` counts, at which a request of so many tokens is within all of them; 0 if it is now. */
  fitsAt(tokens: number): number;
  take(tokens: number): void;
}

interface Allowance {
  remaining: number;
  readonly resetAt: number;
}

/** What one request takes of an allowance. Of input and output alone we have no figure: only when there is nothing left they stop it. */
const needs = {
  requests: () => 1,
  tokens: (tokens: number) => tokens,
  some: () => 0,
} as const satisfies Readonly<Record<string, (tokens: number) => number>>;

/**
 * The headers of what remains and of when it is replenished.
 *
 * @see https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
 * @see https://platform.claude.com/docs/en/api/rate-limits#response-headers
 */
const headerNames: readonly (readonly [remaining: string, reset: string, need: keyof typeof needs])[] = [
  ['x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests', 'requests'],
  ['x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens', 'tokens'],
  ['x-ratelimit-remaining', 'x-ratelimit-reset', 'requests'],
  ['anthropic-ratelimit-requests-remaining', 'anthropic-ratelimit-requests-reset', 'requests'],
  ['anthropic-ratelimit-tokens-remaining', 'anthropic-ratelimit-tokens-reset', 'tokens'],
  ['anthropic-ratelimit-input-tokens-remaining', 'anthropic-ratelimit-input-tokens-reset', 'some'],
  ['anthropic-ratelimit-output-tokens-remaining', 'anthropic-ratelimit-output-tokens-reset', 'some'],
];

/** Resets that are as near as this are one, because every response takes its own time to arrive, in milliseconds. */
const sameResetMs = 1_000;

export function createAllowances(): Allowances {
  const known = new Map<string, Allowance>();

  /** Responses overtake each other: the one with the later reset, or with less left, is the newer. */
  function isNewer(allowance: Allowance, earlier: Allowance | undefined): boolean {
    if (!earlier || allowance.remaining < earlier.remaining) return true;
    return earlier.resetAt <= asyncScheduler.now() || allowance.resetAt > earlier.resetAt + sameResetMs;
  }

  return {
    learn(headers) {
      for (const [name, resetName] of headerNames) {
        const remaining = Number.parseFloat(headers.get(name) ?? '');
        const resetAt = readReset(headers.get(resetName) ?? '');
        if (!(remaining >= 0) || resetAt === undefined) continue;
        const allowance = { remaining, resetAt };
        if (isNewer(allowance, known.get(name))) known.set(name, allowance);
      }
    },
    fitsAt(tokens) {
      const now = asyncScheduler.now();
      const times = headerNames.map(([name, , need]) => {
        const allowance = known.get(name);
        if (!allowance || allowance.resetAt <= now) return 0;
        return allowance.remaining >= Math.max(1, needs[need](tokens)) ? 0 : allowance.resetAt;
      });
      return Math.max(...times);
    },
    take(tokens) {
      for (const [name, , need] of headerNames) {
        const allowance = known.get(name);
        if (allowance) allowance.remaining -= needs[need](tokens);
      }
    },
  };
}

/** The time of a reset: after a duration (`6m0s`, `120ms`), after so many seconds, at a Unix time, or at a date of RFC 3339. */
function readReset(value: string): number | undefined {
  const now = asyncScheduler.now();
  if (/^\d+(\.\d+)?$/.test(value)) return readNumber(Number(value), now);
  const units = /^(?:([\d.]+)d)?(?:([\d.]+)h)?(?:([\d.]+)m(?!s))?(?:([\d.]+)s)?(?:([\d.]+)ms)?$/.exec(value)?.slice(1);
  if (units === undefined) return readDate(value);
  if (value === '') return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0] = units.map((unit = '0') => Number(unit));
  const wait = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000 + milliseconds;
  return Number.isNaN(wait) ? undefined : now + wait;
}

/** A number this large cannot be a wait. */
function readNumber(value: number, now: number): number {
  if (value >= 1e12) return value;
  return value >= 1e9 ? value * 1_000 : now + value * 1_000;
}

function readDate(value: string): number | undefined {
  const time = /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
