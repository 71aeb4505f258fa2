import { asyncScheduler, type Observable } from 'rxjs';
import { type Alarm, createAlarm } from '../kernel/alarm.js';
import { checkCount, checkOptions, checkPositiveCount } from '../kernel/options.js';
import { createAdmissionQueue } from '../limits/admissionQueue.js';
import { createProviderAllowances } from '../limits/providerAllowances.js';
import { type ResponseHead, retryAfter } from '../limits/retryAfter.js';
import { createRetryAfterGate } from '../limits/retryAfterGate.js';
import { createSlidingWindow, type WindowEntry } from '../limits/slidingWindow.js';

export interface RateLimiterOptions {
  /** How many requests may start in any 60 seconds. @defaultValue no limit */
  readonly requestsPerMinute?: number;
  /** How many tokens may be used in any 60 seconds, input and output together. @defaultValue no limit */
  readonly tokensPerMinute?: number;
  /** How many streams may wait; one more errors with a {@link LimitError}. @defaultValue no limit */
  readonly maxQueue?: number;
}

/** The permission for one subscription to send its request. */
export interface RateLimitTurn {
  /** Emits and completes as soon as the request may be sent. Unsubscribing before that removes the stream from the queue. */
  readonly granted$: Observable<void>;
  /** Records that the provider answers the request. */
  answered(): void;
  /** Records that the request ended, and how many tokens it used; `undefined` if that is not known: then what was reserved counts. */
  settle(tokens: number | undefined): void;
}

/** Shared by streams that must not send more requests than a provider allows. Made by {@link createRateLimiter}. */
export interface RateLimiter {
  /** How many streams wait. */
  readonly waiting: number;
  /** Reads from a response what the provider still allows. Pass it to a source as `onResponse`. */
  readonly observe: (response: ResponseHead) => void;
  /** Makes all streams wait, in milliseconds, because the provider asks for it. */
  pause(waitMs: number): void;
  /** Requests a turn for one stream. @param tokens How many tokens to reserve for it. */
  request(tokens: number): RateLimitTurn;
}

/**
 * Creates the handle that {@link rateLimit} shares between streams: requests and tokens per minute, and the limits that the provider
 * reports.
 *
 * Streams wait in the order in which they were subscribed, until both limits have room. At most `requestsPerMinute` requests start in any
 * 60 seconds, wherever these begin. No request starts while the last 60 seconds used `tokensPerMinute` tokens or more: a stream counts with
 * its reservation while it runs, and with its actual usage as soon as it has ended.
 *
 * Pass `limiter.observe` to the sources as `onResponse`, so that the headers of the responses count too. No request starts while nothing
 * remains (`x-ratelimit-remaining-requests`, `-tokens`, `anthropic-ratelimit-…-remaining`) before the reset, or within the Retry-After of a
 * response 429, 503 or 529. After a Retry-After only one request is sent; the others follow when it is answered. A timer runs only while
 * streams wait.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError if a limit is not a whole number > 0 or `maxQueue` not
 * one ≥ 0.
 * @cost Holds the requests and tokens of the last 60 seconds, and the queue; one timer while a stream waits.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 * @example const limiter = createRateLimiter({ requestsPerMinute: 500, tokensPerMinute: 200_000 })
 */
export function createRateLimiter(options: RateLimiterOptions = {}): RateLimiter {
  checkOptions('createRateLimiter', options, ['requestsPerMinute', 'tokensPerMinute', 'maxQueue']);
  const { requestsPerMinute = Infinity, tokensPerMinute = Infinity, maxQueue = Infinity } = options;
  checkPositiveCount('requestsPerMinute', requestsPerMinute);
  checkPositiveCount('tokensPerMinute', tokensPerMinute);
  checkCount('maxQueue', maxQueue);

  const requests = createSlidingWindow(requestsPerMinute);
  const tokens = createSlidingWindow(tokensPerMinute);
  const allowances = createProviderAllowances();
  const gate = createRetryAfterGate();
  let next: Admission | undefined;
  let alarm: Alarm | undefined;

  function fitsAt(needed: number): number {
    return Math.max(gate.opensAt, requests.fitsAt(1), tokens.fitsAt(needed), allowances.fitsAt(needed));
  }

  const queue = createAdmissionQueue<Admission>({
    maxQueue,
    admit(admission) {
      if (fitsAt(admission.tokens) > asyncScheduler.now()) return false;
      requests.record(1);
      admission.entry = tokens.record(admission.tokens);
      allowances.reserve(admission.tokens);
      gate.pass(admission);
      return true;
    },
    onFirstChange(first) {
      next = first;
      if (!first) alarm?.clear();
      alarm = first && (alarm ?? createAlarm(dueAt, queue.admitWaiting));
      alarm?.set();
    },
  });

  function dueAt(): number {
    return next ? fitsAt(next.tokens) : Infinity;
  }

  function pause(waitMs: number): void {
    gate.close(waitMs);
    queue.admitWaiting();
  }

  return {
    get waiting() {
      return queue.waiting;
    },
    observe({ status, headers }) {
      allowances.update(headers);
      pause(busyStatuses.has(status) ? (retryAfter(headers) ?? 0) : 0);
    },
    pause,
    request(needed) {
      const admission: Admission = { tokens: needed, entry: undefined };
      return {
        granted$: queue.request(admission),
        answered() {
          if (gate.answered(admission)) queue.admitWaiting();
        },
        settle(used = needed) {
          if (!admission.entry) return;
          tokens.correct(admission.entry, used);
          admission.entry = undefined;
          gate.ended(admission);
          queue.admitWaiting();
        },
      };
    },
  };
}

interface Admission {
  /** The tokens that are reserved. */
  readonly tokens: number;
  /** The reservation, from the turn to the end of the stream. */
  entry: WindowEntry | undefined;
}

/** Statuses by which a provider asks clients to come back later. */
const busyStatuses: ReadonlySet<number> = new Set([429, 503, 529]);
