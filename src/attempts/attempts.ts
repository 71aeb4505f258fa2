import { isStreamError, toFault } from '../errors.js';
import { type DeltaEvent, isContent, type PartialMessage, type ResetEvent, type Usage } from '../events.js';
import { createPartialFold } from '../message/partialFold.js';
import { createJoinedUsage } from './joinedUsage.js';

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
  /** Whether a tool has answered, or reported progress: no `reset` undoes what it did. */
  readonly toolRan: boolean;
  /** The message so far. */
  partial(): PartialMessage;
  /**
   * Returns an event of the running attempt as it is to be emitted: attempt numbers only grow, and a usage includes those of earlier attempts.
   * The `reset` events of `endFailed` pass through it too.
   */
  restate(event: DeltaEvent): DeltaEvent;
  /**
   * Ends the attempt that failed, and returns the `reset` that starts the next one. `number`, `step` and `delivered` change only when that
   * `reset` passes `restate`.
   */
  endFailed(fields: Pick<ResetEvent, 'step' | 'cause' | 'delayMs'>, error: unknown): ResetEvent;
}

export function createAttempts(): Attempts {
  const fold = createPartialFold();
  const joinedUsage = createJoinedUsage();
  const attempts = {
    number: 1,
    step: 0,
    delivered: false,
    finished: false,
    toolRan: false,
    partial: fold.partial,
    restate,
    endFailed,
  };

  function restate(event: DeltaEvent): DeltaEvent {
    const restated = toJoined(event);
    fold.push(restated);
    update(restated);
    return restated;
  }

  function toJoined(event: DeltaEvent): DeltaEvent {
    if (event.type === 'usage') return joinedUsage.toJoined(event);
    if (event.type === 'reset' && event.attempt <= attempts.number) return { ...event, attempt: attempts.number + 1 };
    return event;
  }

  function update(event: DeltaEvent): void {
    switch (event.type) {
      case 'start':
        return joinedUsage.push(event);
      case 'reset':
        joinedUsage.push(event);
        attempts.number = event.attempt;
        attempts.step = Math.min(attempts.step, event.step);
        if (event.step === 0) attempts.delivered = false;
        return;
      case 'step':
        attempts.step = event.step;
        return joinedUsage.push(event);
      case 'finish':
        attempts.finished = true;
        return;
      default:
        attempts.delivered ||= isContent(event);
        attempts.toolRan ||= event.type === 'tool-result';
    }
  }

  /** When both requests of a hedge fail, their usage is only in `error.partial`. */
  function unreportedUsage(error: unknown): Usage | undefined {
    return !attempts.delivered && !joinedUsage.reported && isStreamError(error) ? error.partial?.usage : undefined;
  }

  function endFailed(fields: Pick<ResetEvent, 'step' | 'cause' | 'delayMs'>, error: unknown): ResetEvent {
    const { number, step } = attempts;
    joinedUsage.endAttempt(number, Math.min(step, fields.step), unreportedUsage(error));
    return { type: 'reset', attempt: number + 1, ...fields, error: toFault(error) };
  }

  return attempts;
}
