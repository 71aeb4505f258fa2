import { isStreamError, toErrorInfo } from '../errors.js';
import type { DeltaEvent, PartialMessage, RequestUsage, ResetEvent, Usage, UsageEvent } from '../events.js';
import { isContent } from '../events.js';
import { createMessageFold } from '../message/messageFold.js';
import { createRequestTracker, voidRequests } from '../metering/requestUsage.js';
import { addUsage, sumUsage } from '../metering/usageArithmetic.js';

/** What an operator keeps about the attempts that it joins into one stream, so that the stream keeps the grammar. */
export interface Attempts {
  /** The number of the attempt that runs; the first is 1, and an upstream's own repeats count too. */
  readonly number: number;
  /** The step that runs. */
  readonly step: number;
  /** Whether content was delivered that still stands. */
  readonly delivered: boolean;
  /** Whether `finish` has left: nothing may follow it. */
  readonly finished: boolean;
  /** What the stream has said. */
  partial(): PartialMessage;
  /** Takes every event of every attempt, resets too, and gives it as it must leave. */
  take(event: DeltaEvent): DeltaEvent;
  /** Ends the attempt that failed, and gives the reset that begins the next. */
  repeat(fields: Pick<ResetEvent, 'step' | 'cause' | 'delayMs'>, error: unknown): ResetEvent;
}

export function createAttempts(): Attempts {
  const fold = createMessageFold();
  let number = 1;
  let step = 0;
  let delivered = false;
  let finished = false;
  /** The requests before our last repeat, and their sum. */
  let earlier: readonly RequestUsage[] = [];
  let earlierUsage: Usage | undefined;
  /** The requests since then, and how far the attempts of their stream are behind ours. */
  let tracker = createRequestTracker();
  let offset = 0;

  /** As it must leave: attempts only grow, and a later usage replaces an earlier one. */
  function restate(event: DeltaEvent): DeltaEvent {
    if (event.type === 'usage') return restateUsage(event);
    if (event.type === 'reset') return event.attempt > number ? event : { ...event, attempt: number + 1 };
    return event;
  }

  function restateUsage(event: UsageEvent): UsageEvent {
    const { usage, requests } = event;
    const own = offset === 0 || !requests ? event : { ...event, requests: requests.map(countOn) };
    tracker.push(own);
    if (earlier.length === 0) return own;
    return { ...event, usage: addUsage(earlierUsage, usage), requests: [...earlier, ...tracker.requests] };
  }

  function countOn(request: RequestUsage): RequestUsage {
    return { ...request, attempt: request.attempt + offset };
  }

  function endAttempt(resetStep: number): void {
    earlier = [...earlier, ...tracker.requests];
    earlierUsage = sumUsage(tracker.requests, earlierUsage);
    tracker = createRequestTracker(number + 1, Math.min(step, resetStep));
    offset = number;
  }

  function note(event: DeltaEvent): void {
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
    take(event) {
      const leaving = restate(event);
      fold.push(leaving);
      note(leaving);
      return leaving;
    },
    repeat(fields, error) {
      // Two requests that failed in a race have used something, though no event reported it.
      const usage = !delivered && tracker.requests.length === 0 && isStreamError(error) ? error.partial?.usage : undefined;
      if (usage) tracker.push({ type: 'usage', usage, requests: undefined });
      endAttempt(fields.step);
      return { type: 'reset', attempt: number + 1, ...fields, error: toErrorInfo(error) };
    },
  };
}
