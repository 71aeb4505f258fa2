import type { Observer, Subscriber } from 'rxjs';
import { isStreamError } from '../errors.js';
import { type DeltaEvent, isContent, type PartialMessage, type RequestUsage, type UsageEvent } from '../events.js';
import { createMessageFold } from '../message/messageFold.js';
import { createRequestTracker, type RequestTracker } from '../metering/requestUsage.js';
import { sumUsage } from '../metering/usageArithmetic.js';
import { retryExhaustedError } from './attempts.js';

/** One of the requests of a race. */
interface Lane {
  /** The events before its content, which are emitted if it wins. */
  held: DeltaEvent[];
  tracker: RequestTracker;
  abort(): void;
}

/** Emits the answer of the request that has content first, and aborts the others. */
export interface Race {
  /** Adds a request. @returns The observer of its stream. @param abort Aborts it. */
  add(abort: () => void): Observer<DeltaEvent>;
}

export interface RaceHooks {
  /** Starts a further request because one has failed. @returns Whether there was one to start. */
  startNext(): boolean;
  /** Runs when there is a winner: no further request must start. */
  onDecided(): void;
}

export function createRace(destination: Subscriber<DeltaEvent>, { startNext, onDecided }: RaceHooks): Race {
  const lanes = new Set<Lane>();
  const errors: unknown[] = [];
  let winner: Lane | undefined;
  /** What the requests used that have lost or failed. */
  const lost: RequestUsage[] = [];

  function drop(lane: Lane): void {
    lane.abort();
    lanes.delete(lane);
    for (const request of lane.tracker.requests) lost.push({ ...request, stands: false });
  }

  function win(lane: Lane): void {
    winner = lane;
    onDecided();
    for (const loser of lanes) if (loser !== lane) drop(loser);
    const { held } = lane;
    const unreported = lane.tracker.requests.length === 0 && held.length > 0 ? lostUsage() : undefined;
    lane.held = [];
    // The requests so far are in the events that were held back.
    lane.tracker = createRequestTracker();
    for (const event of held) emit(lane, event);
    if (unreported) destination.next(unreported);
  }

  function emit(lane: Lane, event: DeltaEvent): void {
    if (lost.length === 0) return destination.next(event);
    lane.tracker.push(event);
    destination.next(event.type === 'usage' ? addLost(event, lane.tracker.requests) : event);
  }

  function addLost(event: UsageEvent, own: readonly RequestUsage[]): UsageEvent {
    const requests = [...lost, ...own];
    return { ...event, usage: sumUsage(requests) ?? event.usage, requests };
  }

  function lostUsage(): UsageEvent | undefined {
    const usage = sumUsage(lost);
    return usage && { type: 'usage', usage, requests: [...lost] };
  }

  function next(lane: Lane, event: DeltaEvent): void {
    if (lane === winner || event.type === 'ping') return emit(lane, event);
    if (isContent(event) || event.type === 'finish') {
      win(lane);
      emit(lane, event);
    } else {
      lane.tracker.push(event);
      lane.held.push(event);
    }
  }

  function error(lane: Lane, fault: unknown): void {
    drop(lane);
    if (lane === winner || isStreamError(fault, 'aborted')) return fail(fault);
    errors.push(fault);
    if (!startNext() && lanes.size === 0) fail(errors.length > 1 ? retryExhaustedError(errors, partial) : fault);
  }

  /** Without content it is no answer, and another request that runs may have one. */
  function complete(lane: Lane): void {
    if (lane !== winner) {
      if (lanes.size > 1) return drop(lane);
      if (errors.length > 0) return fail(errors[0]);
      win(lane);
    }
    destination.complete();
  }

  function fail(fault: unknown): void {
    for (const lane of lanes) lane.abort();
    destination.error(fault);
  }

  /** Nothing was emitted, but the requests have used something. */
  function partial(): PartialMessage {
    const fold = createMessageFold();
    const usage = lostUsage();
    if (usage) fold.push(usage);
    return fold.partial();
  }

  return {
    add(abort) {
      const lane: Lane = { held: [], tracker: createRequestTracker(), abort };
      lanes.add(lane);
      return {
        next: (event) => next(lane, event),
        error: (fault: unknown) => error(lane, fault),
        complete: () => complete(lane),
      };
    },
  };
}
