import type { DeltaEvent, RequestUsage, Usage, UsageEvent } from '../events.js';
import { createRequestTracker, voidRequests } from '../metering/requestUsage.js';
import { addUsage, sumUsage } from '../metering/usageArithmetic.js';

/** Adds the usage of earlier attempts to that of the attempt that runs. */
export interface JoinedUsage {
  /** Whether the attempt that runs has reported usage. */
  readonly reported: boolean;
  /** Takes the events of the joined stream that are no usage: some of them change which request runs. */
  push(event: Exclude<DeltaEvent, UsageEvent>): void;
  /** Returns a `usage` event of the running attempt with the requests of all attempts so far, and their sum. */
  toJoined(event: UsageEvent): UsageEvent;
  /**
   * Ends the attempt that runs.
   *
   * @param attempt Its number. @param nextStep The step in which the next one starts.
   * @param unreported What it used, if no event of it reported that.
   */
  endAttempt(attempt: number, nextStep: number, unreported: Usage | undefined): void;
}

export function createJoinedUsage(): JoinedUsage {
  /** The requests of the attempts that ended, and their sum. */
  let earlier: readonly RequestUsage[] = [];
  let earlierUsage: Usage | undefined;
  /** The requests of the attempt that runs. Its own stream counts attempts from 1, which is `offset` less than the joined stream. */
  let tracker = createRequestTracker();
  let offset = 0;

  function addOffset(request: RequestUsage): RequestUsage {
    return { ...request, attempt: request.attempt + offset };
  }

  return {
    get reported() {
      return tracker.requests.length > 0;
    },
    push(event) {
      tracker.push(event);
      if (event.type === 'reset') earlier = voidRequests(earlier, event.step);
    },
    toJoined(event) {
      const { usage, requests } = event;
      const own = offset === 0 || !requests ? event : { ...event, requests: requests.map(addOffset) };
      tracker.push(own);
      if (earlier.length === 0) return own;
      return { ...event, usage: addUsage(earlierUsage, usage), requests: [...earlier, ...tracker.requests] };
    },
    endAttempt(attempt, nextStep, unreported) {
      if (unreported) tracker.push({ type: 'usage', usage: unreported, requests: undefined });
      earlier = [...earlier, ...tracker.requests];
      earlierUsage = sumUsage(tracker.requests, earlierUsage);
      tracker = createRequestTracker(attempt + 1, nextStep);
      offset = attempt;
    },
  };
}
