import type { Observer, Subscriber } from 'rxjs';
import { isStreamError } from '../errors.js';
import { type DeltaEvent, isContent } from '../events.js';
import { createRequestTracker, type RequestTracker } from '../metering/requestUsage.js';
import { retryExhaustedError } from './failures.js';
import { createLostUsage } from './lostUsage.js';

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
  const lost = createLostUsage();
  let winner: Lane | undefined;

  function drop(lane: Lane): void {
    lane.abort();
    lanes.delete(lane);
    lost.push(lane.tracker.requests);
  }

  function win(lane: Lane): void {
    winner = lane;
    onDecided();
    for (const loser of lanes) if (loser !== lane) drop(loser);
    const { held } = lane;
    // Not for an empty winner: a usage may not come before `start`.
    const unreported = lane.tracker.requests.length === 0 && held.length > 0 ? lost.read() : undefined;
    lane.held = [];
    // `emit` pushes the held events again, so the tracker starts empty.
    lane.tracker = createRequestTracker();
    for (const event of held) emit(lane, event);
    if (unreported) destination.next(unreported);
  }

  function emit(lane: Lane, event: DeltaEvent): void {
    if (lost.empty) return destination.next(event);
    lane.tracker.push(event);
    destination.next(event.type === 'usage' ? lost.addTo(event, lane.tracker.requests) : event);
  }

  function onNext(lane: Lane, event: DeltaEvent): void {
    if (lane === winner || event.type === 'ping') return emit(lane, event);
    if (isContent(event) || event.type === 'finish') {
      win(lane);
      emit(lane, event);
    } else {
      lane.tracker.push(event);
      lane.held.push(event);
    }
  }

  function onError(lane: Lane, error: unknown): void {
    drop(lane);
    if (lane === winner || isStreamError(error, 'aborted')) return fail(error);
    errors.push(error);
    if (!startNext() && lanes.size === 0) fail(errors.length > 1 ? retryExhaustedError(errors, lost.partial) : error);
  }

  /** Without content it is no answer, and another request that runs may have one. */
  function onComplete(lane: Lane): void {
    if (lane !== winner) {
      if (lanes.size > 1) return drop(lane);
      if (errors.length > 0) return fail(errors[0]);
      win(lane);
    }
    destination.complete();
  }

  function fail(error: unknown): void {
    for (const lane of lanes) lane.abort();
    destination.error(error);
  }

  return {
    add(abort) {
      const lane: Lane = { held: [], tracker: createRequestTracker(), abort };
      lanes.add(lane);
      return {
        next: (event) => onNext(lane, event),
        error: (error: unknown) => onError(lane, error),
        complete: () => onComplete(lane),
      };
    },
  };
}
