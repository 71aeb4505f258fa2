import type { DeltaEvent, FinishEvent, RequestUsage, ResetEvent, StartEvent, Usage, UsageEvent } from '../events.js';
import { createCallIds, uniqueCallId } from '../message/callIds.js';
import { createRequestTracker, type RequestTracker } from '../metering/requestUsage.js';
import { addUsage, sumUsage } from '../metering/usageArithmetic.js';

interface Destination {
  next(event: DeltaEvent): void;
}

/** Makes one stream of the streams of several rounds, so that it keeps the grammar. */
export interface FlatEvents {
  /** The number of the round that runs, in the flat stream. */
  readonly step: number;
  /** Takes an event of the round that runs, and emits it as an event of the flat stream. */
  push(event: DeltaEvent, destination: Destination): void;
  /** Keeps the id of a call of an earlier stream from being used again. */
  reserve(callId: string): void;
  /** Ends the round that runs. @param finish Why it ended: the `step` event reports it. */
  nextRound(finish: FinishEvent | undefined): void;
}

/**
 * Every round counts its attempts, steps, blocks and usage by itself: here they go on from those of the rounds before. The `start` of a later
 * round becomes a `step`; after a `reset` of that round it is a `start`, as after every reset.
 */
export function createFlatEvents(): FlatEvents {
  const numbering = createNumbering();
  /** The requests of the earlier rounds, and their sum. */
  let requests: readonly RequestUsage[] = [];
  let used: Usage | undefined;
  let attempt = 1;
  let round = createRound(0, undefined);

  function createRound(step: number, finish: FinishEvent | undefined): Round {
    return { step, lastStep: step, attempts: attempt - 1, finish, shown: false, tracker: createRequestTracker(attempt, step) };
  }

  /** Emits the beginning of the round. @returns False if that has been emitted before. */
  function show({ id, model }: Pick<StartEvent, 'id' | 'model'>, destination: Destination): boolean {
    const { step, shown, finish } = round;
    round.shown = true;
    if (shown || step === 0) return false;
    destination.next({ type: 'step', step, id, model, reason: finish?.reason ?? 'tool-calls', rawReason: finish?.rawReason });
    return true;
  }

  function pushReset(event: ResetEvent, destination: Destination): void {
    // A round that failed before its answer began has begun nevertheless: the reset voids nothing of the round before.
    show({ id: undefined, model: undefined }, destination);
    attempt = Math.max(attempt + 1, round.attempts + event.attempt);
    if (event.step === 0) numbering.restartRound();
    const reset = { ...event, attempt, step: round.step + event.step };
    round.tracker.push(reset);
    destination.next(reset);
  }

  function pushUsage(event: UsageEvent, destination: Destination): void {
    const { step, attempts, tracker } = round;
    const own = event.requests?.map((request) => ({
      ...request,
      attempt: request.attempt + attempts,
      step: request.step + step,
    }));
    tracker.push({ ...event, requests: own });
    if (step === 0) return destination.next(event);
    destination.next({ ...event, usage: addUsage(used, event.usage), requests: [...requests, ...tracker.requests] });
  }

  return {
    get step() {
      return round.step;
    },
    push(event, destination) {
      switch (event.type) {
        case 'text-delta':
          return destination.next(numbering.restate(event));
        case 'start':
          round.tracker.push(event);
          if (!show(event, destination)) destination.next(event);
          return;
        case 'step': {
          round.lastStep = round.step + event.step;
          const step = { ...event, step: round.lastStep };
          round.tracker.push(step);
          return destination.next(step);
        }
        case 'reset':
          return pushReset(event, destination);
        case 'usage':
          return pushUsage(event, destination);
        default:
          destination.next(numbering.restate(event));
      }
    },
    reserve: numbering.reserve,
    nextRound(finish) {
      requests = [...requests, ...round.tracker.requests];
      used = sumUsage(round.tracker.requests, used);
      numbering.nextRound();
      round = createRound(round.lastStep + 1, finish);
    },
  };
}

interface Round {
  readonly step: number;
  /** The latest step, if the round has several by itself. */
  lastStep: number;
  /** How many attempts the flat stream had when the round began, besides the one that runs. */
  readonly attempts: number;
  /** The end of the round before. */
  readonly finish: FinishEvent | undefined;
  /** Whether the beginning was emitted. */
  shown: boolean;
  readonly tracker: RequestTracker;
}

interface Numbering {
  restate(event: DeltaEvent): DeltaEvent;
  reserve(callId: string): void;
  restartRound(): void;
  nextRound(): void;
}

/** Numbers the blocks of all rounds in one series, and renames a call with an id that an earlier one has. */
function createNumbering(): Numbering {
  const callIds = createCallIds();
  const names = new Map<string, string>();
  /** How many blocks each choice had when the round began, and how many it has. */
  let before = new Map<number, number>();
  let counts = new Map<number, number>();

  function callIdOf(callId: string): string {
    return names.get(callId) ?? callId;
  }

  function blockOf(own: number, choice: number): number {
    const block = (before.get(choice) ?? 0) + own;
    if (block >= (counts.get(choice) ?? 0)) counts.set(choice, block + 1);
    return block;
  }

  return {
    reserve(callId) {
      uniqueCallId(callIds, callId);
    },
    restate(event) {
      if (event.type === 'tool-call-start') names.set(event.callId, uniqueCallId(callIds, event.callId));
      const restated = 'block' in event ? { ...event, block: blockOf(event.block, event.choice) } : event;
      return 'callId' in restated ? { ...restated, callId: callIdOf(restated.callId) } : restated;
    },
    restartRound() {
      counts = new Map(before);
      for (const callId of names.values()) callIds.delete(callId);
      names.clear();
    },
    nextRound() {
      before = new Map(counts);
      names.clear();
    },
  };
}
