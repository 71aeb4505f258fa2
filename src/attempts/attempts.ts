import { toErrorInfo } from '../errors.js';
import type { DeltaEvent, PartialMessage, ResetEvent, Usage } from '../events.js';
import { isContent } from '../events.js';
import { createMessageFold } from '../message/messageFold.js';
import { addEarlier } from '../metering/requestUsage.js';
import { addUsage } from '../metering/usageArithmetic.js';

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
  /** What the attempts before this one used, and this one so far. */
  let earlier: Usage | undefined;
  let current: Usage | undefined;

  /** As it must leave: attempts only grow, and a later usage replaces an earlier one. */
  function restate(event: DeltaEvent): DeltaEvent {
    if (event.type === 'usage') {
      current = event.usage;
      return earlier === undefined ? event : { ...event, usage: addEarlier(earlier, event.usage) };
    }
    if (event.type === 'reset') return event.attempt > number ? event : { ...event, attempt: number + 1 };
    return event;
  }

  function note(event: DeltaEvent): void {
    switch (event.type) {
      case 'reset':
        number = event.attempt;
        step = Math.min(step, event.step);
        if (event.step === 0) delivered = false;
        return;
      case 'step':
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
      if (current !== undefined) earlier = addUsage(earlier, current);
      current = undefined;
      return { type: 'reset', attempt: number + 1, ...fields, error: toErrorInfo(error) };
    },
  };
}
