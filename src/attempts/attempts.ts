import { isStreamError, RetryExhaustedError, toFault } from '../errors.js';
import type { DeltaEvent, PartialMessage, RequestUsage, ResetEvent, Usage, UsageEvent } from '../events.js';
import { isContent } from '../events.js';
import { createMessageFold } from '../message/messageFold.js';
import { createRequestTracker, voidRequests } from '../metering/requestUsage.js';
import { addUsage, sumUsage } from '../metering/usageArithmetic.js';

/** The state of an operator that joins attempts into one stream, so that the stream keeps the grammar. */
export interface Attempts {
  /** The number of the attempt that runs; the first is 1, and retries upstream count too. */
  readonly number: number;
  /** The step that runs. */
  readonly step: number;
  /** Whether content was emitted that no `reset` has voided. */
  readonly delivered: boolean;
  /** Whether `finish` was emitted, which is the last event. */
  readonly finished: boolean;
  /** The message so far. */
  partial(): PartialMessage;
  /**
   * Returns an event of the running attempt as it is to be emitted: attempt numbers only grow, and a usage includes those of earlier attempts.
   * The `reset` events of `repeat` pass through it too.
   */
  restate(event: DeltaEvent): DeltaEvent;
  /** Ends the attempt that failed, and returns the `reset` that starts the next one. */
  repeat(fields: Pick<ResetEvent, 'step' | 'cause' | 'delayMs'>, error: unknown): ResetEvent;
}

export function createAttempts(): Attempts {
  const fold = createMessageFold();
  let number = 1;
  let step = 0;
  let delivered = false;
  let finished = false;
  /** The requests up to the last repeat, and their sum. */
  let earlier: readonly RequestUsage[] = [];
  let earlierUsage: Usage | undefined;
  /** The requests since then. Their own stream counts its attempts from 1, which is `offset` less than ours. */
  let tracker = createRequestTracker();
  let offset = 0;

  function renumber(event: DeltaEvent): DeltaEvent {
    if (event.type === 'usage') return addEarlier(event);
    if (event.type === 'reset') return event.attempt > number ? event : { ...event, attempt: number + 1 };
    return event;
  }

  function addEarlier(event: UsageEvent): UsageEvent {
    const { usage, requests } = event;
    const own = offset === 0 || !requests ? event : { ...event, requests: requests.map(addOffset) };
    tracker.push(own);
    if (earlier.length === 0) return own;
    return { ...event, usage: addUsage(earlierUsage, usage), requests: [...earlier, ...tracker.requests] };
  }

  function addOffset(request: RequestUsage): RequestUsage {
    return { ...request, attempt: request.attempt + offset };
  }

  function update(event: DeltaEvent): void {
    switch (event.type) {
      case 'start':
        tracker.push(event);
        return;
      case 'reset':
        tracker.push(event);
        earlier = voidRequests(earlier, event.step);
        number = event.attempt;
        step = Math.min(step, event.step);
        if (event.step === 0) delivered = false;
        return;
      case 'step':
        tracker.push(event);
        step = event.step;
        return;
      case 'finish':
        finished = true;
        return;
      default:
        delivered ||= isContent(event);
    }
  }

  /** Two requests that failed in a race have used something that no event has reported. */
  function pushUnreported(error: unknown): void {
    const usage = !delivered && tracker.requests.length === 0 && isStreamError(error) ? error.partial?.usage : undefined;
    if (usage) tracker.push({ type: 'usage', usage, requests: undefined });
  }

  return {
    get number() {
      return number;
    },
    get step() {
      return step;
    },
    get delivered() {
      return delivered;
    },
    get finished() {
      return finished;
    },
    partial: () => fold.partial(),
    restate(event) {
      const restated = renumber(event);
      fold.push(restated);
      update(restated);
      return restated;
    },
    repeat(fields, error) {
      pushUnreported(error);
      earlier = [...earlier, ...tracker.requests];
      earlierUsage = sumUsage(tracker.requests, earlierUsage);
      tracker = createRequestTracker(number + 1, Math.min(step, fields.step));
      offset = number;
      return { type: 'reset', attempt: number + 1, ...fields, error: toFault(error) };
    },
  };
}

/** The facts about an attempt that failed, for a callback that decides what happens next. */
export interface FailureContext {
  readonly error: unknown;
  /** The number of the attempt that failed; the first is 1, and retries upstream count too. */
  readonly attempt: number;
  /** Whether content was emitted that no `reset` has voided. */
  readonly delivered: boolean;
  /** The message so far. */
  readonly partial: PartialMessage;
}

/** `partial` is folded only when it is read. */
export function failureContext<Counts extends object>(
  attempts: Attempts,
  error: unknown,
  counts: Counts,
): FailureContext & Counts {
  const { number: attempt, delivered } = attempts;
  return {
    error,
    attempt,
    delivered,
    ...counts,
    get partial() {
      return attempts.partial();
    },
  };
}

/** The error of a stream all attempts of which failed, with the details of the last error. */
export function retryExhaustedError(errors: readonly unknown[], partial: () => PartialMessage): RetryExhaustedError {
  const last = errors.at(-1);
  if (!isStreamError(last)) return new RetryExhaustedError(errors, { partial });
  const { status, code, requestId, retryAfterMs } = last;
  return new RetryExhaustedError(errors, { partial, status, code, requestId, retryAfterMs });
}
