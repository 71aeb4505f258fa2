import { asyncScheduler, type Observable } from 'rxjs';
import { type Alarm, createAlarm } from '../kernel/alarm.js';
import { checkCount, checkOptions, checkPositiveCount } from '../kernel/options.js';
import { createTurnstile } from '../limits/admissionQueue.js';
import { createAllowances } from '../limits/providerAllowances.js';
import type { ResponseHead } from '../limits/responseHead.js';
import { retryAfter } from '../limits/retryAfter.js';
import { createRefusals } from '../limits/retryAfterGate.js';
import { createSlidingWindow, type WindowEntry } from '../limits/slidingWindow.js';

export interface RateLimiterOptions {
  /** The most requests in any 60 seconds. @defaultValue no limit */
  readonly requestsPerMinute?: number;
  /** The most tokens in any 60 seconds, input and output together. @defaultValue no limit */
  readonly tokensPerMinute?: number;
  /** The most streams that wait; one more errors with a {@link LimitError}. @defaultValue no limit */
  readonly maxQueue?: number;
}

/** A stream's turn to send its request. */
export interface RateLimitTurn {
  /** Subscribe to wait for the turn: it emits and completes when the request may be sent. Unsubscribing before that gives up the wait. */
  readonly granted$: Observable<void>;
  /** Tells that the provider answers. */
  answered(): void;
  /** Tells that the request is over, and the tokens that it used; undefined if that is not known. */
  settle(tokens: number | undefined): void;
}

/** What streams share that must not ask more often than a provider allows. Made by {@link createRateLimiter}. */
export interface RateLimiter {
  /** How many streams wait. */
  readonly waiting: number;
  /** Learns from a response what the provider still allows: give it to a source as `onResponse`. */
  readonly observe: (response: ResponseHead) => void;
  /** Makes everybody wait so many milliseconds, because the provider asks for it. */
  pause(waitMs: number): void;
  /** Asks for a turn. @param tokens What to reserve for it. */
  request(tokens: number): RateLimitTurn;
}

/**
 * Makes what {@link rateLimit} shares: requests and tokens per minute, and what the provider itself says of its limits.
 *
 * A stream waits until both limits have room, in the order in which the streams came. Never more than `requestsPerMinute` requests begin in any 60
 * seconds, wherever they begin, and no stream begins while as many as `tokensPerMinute` tokens were taken in the last 60: by what was reserved
 * when a stream began and, as soon as it is over, by what it used.
 *
 * Give `limiter.observe` to the sources as `onResponse`: then their headers count too. Nothing begins while nothing remains
 * (`x-ratelimit-remaining-requests`, `-tokens`, `anthropic-ratelimit-…-remaining`) until the reset, or within the Retry-After of a refusal. After
 * a refusal one stream goes ahead, and the others follow when it is answered. One timer runs while somebody waits, else none.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError if a limit is not a whole number > 0 or `maxQueue` not one ≥ 0.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 * @example const limiter = createRateLimiter({ requestsPerMinute: 500, tokensPerMinute: 200_000 })
 */
export function createRateLimiter(options: RateLimiterOptions = {}): RateLimiter {
  checkOptions('createRateLimiter', options, ['requestsPerMinute', 'tokensPerMinute', 'maxQueue']);
  const { requestsPerMinute = Infinity, tokensPerMinute = Infinity, maxQueue = Infinity } = options;
  for (const name of ['requestsPerMinute', 'tokensPerMinute'] as const) {
    checkPositiveCount(name, options[name]);
  }
  checkCount('maxQueue', maxQueue);

  const requests = createSlidingWindow(requestsPerMinute);
  const tokens = createSlidingWindow(tokensPerMinute);
  const allowances = createAllowances();
  const refusals = createRefusals();
  let next: Request | undefined;
  let alarm: Alarm | undefined;

  function fitsAt(needed: number): number {
    return Math.max(refusals.until, requests.fitsAt(1), tokens.fitsAt(needed), allowances.fitsAt(needed));
  }

  const turnstile = createTurnstile<Request>({
    maxQueue,
    admit(request) {
      if (fitsAt(request.tokens) > asyncScheduler.now()) return false;
      requests.take(1);
      request.entry = tokens.take(request.tokens);
      allowances.take(request.tokens);
      refusals.admit(request);
      return true;
    },
    onChange(first) {
      next = first;
      if (!first) alarm?.clear();
      alarm = first && (alarm ?? createAlarm(dueAt, turnstile.serve));
      alarm?.set();
    },
  });

  function dueAt(): number {
    return next ? fitsAt(next.tokens) : Infinity;
  }

  function pause(waitMs: number): void {
    refusals.refuse(waitMs);
    turnstile.serve();
  }

  return {
    get waiting() {
      return turnstile.waiting;
    },
    observe({ status, headers }) {
      allowances.learn(headers);
      pause(refused.has(status) ? (retryAfter(headers) ?? 0) : 0);
    },
    pause,
    request(needed) {
      const request: Request = { tokens: needed, entry: undefined };
      return {
        granted$: turnstile.enter(request),
        answered() {
          if (refusals.answered(request)) turnstile.serve();
        },
        settle(used = needed) {
          if (!request.entry) return;
          tokens.correct(request.entry, used);
          request.entry = undefined;
          refusals.ended(request);
          turnstile.serve();
        },
      };
    },
  };
}

interface Request {
  readonly tokens: number;
  /** What it has taken, from its turn to its end. */
  entry: WindowEntry | undefined;
}

/** Statuses that say "not now". */
const refused: ReadonlySet<number> = new Set([429, 503, 529]);
