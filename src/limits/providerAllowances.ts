import { asyncScheduler } from 'rxjs';

/** How many requests and tokens a provider still accepts until each limit is reset, according to the headers of its responses. */
export interface ProviderAllowances {
  /** Reads the headers of a response. */
  update(headers: Headers): void;
  /** The earliest time, as `asyncScheduler.now()` counts, at which a request of `tokens` fits all allowances; 0 if it fits now. */
  fitsAt(tokens: number): number;
  /** Subtracts a request that is sent now, until the next response reports what remains. */
  reserve(tokens: number): void;
}

interface Allowance {
  remaining: number;
  readonly resetAt: number;
}

/**
 * How much of an allowance one request needs. We cannot split a request into input and output tokens, so those two allowances block only at
 * zero.
 */
const needs = {
  requests: () => 1,
  tokens: (tokens: number) => tokens,
  unknown: () => 0,
} as const satisfies Readonly<Record<string, (tokens: number) => number>>;

/**
 * The headers that report what remains of each allowance and when it is reset.
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
  ['anthropic-ratelimit-input-tokens-remaining', 'anthropic-ratelimit-input-tokens-reset', 'unknown'],
  ['anthropic-ratelimit-output-tokens-remaining', 'anthropic-ratelimit-output-tokens-reset', 'unknown'],
];

/** Resets within this many milliseconds of each other are the same one, because responses take different times to arrive. */
const sameResetMs = 1_000;

export function createProviderAllowances(): ProviderAllowances {
  const known = new Map<string, Allowance>();

  /** Responses may arrive out of order: the one with the later reset, or with less remaining, is newer. */
  function isNewer(allowance: Allowance, earlier: Allowance | undefined): boolean {
    if (!earlier || allowance.remaining < earlier.remaining) return true;
    return earlier.resetAt <= asyncScheduler.now() || allowance.resetAt > earlier.resetAt + sameResetMs;
  }

  return {
    update(headers) {
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
    reserve(tokens) {
      for (const [name, , need] of headerNames) {
        const allowance = known.get(name);
        if (allowance) allowance.remaining -= needs[need](tokens);
      }
    },
  };
}

/** Parses the time of a reset: a duration (`6m0s`, `120ms`), a number of seconds, a Unix time, or a date of RFC 3339. */
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

/** A number from 1e9 on is too large for a wait: it is a Unix time in seconds, and from 1e12 on in milliseconds. */
function readNumber(value: number, now: number): number {
  if (value >= 1e12) return value;
  return value >= 1e9 ? value * 1_000 : now + value * 1_000;
}

function readDate(value: string): number | undefined {
  const time = /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
