import type { OperatorFunction } from 'rxjs';
import { fillPartial, fromFault } from '../errors.js';
import type { DeltaEvent, ResetEvent } from '../events.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { checkCount, checkOneOf } from '../kernel/options.js';
import { createPartialFold } from '../message/partialFold.js';

export interface CutTextOptions {
  /**
   * What to do when a `reset` voids text that was already emitted. `'error'`: pass on the error that caused the reset, so that no second
   * request is sent. `'restart'`: go on with the text of the new attempt. @defaultValue 'error'
   */
  readonly onReset?: 'error' | 'restart';
  /** Which choice to read if the request asked for several. @defaultValue 0 */
  readonly choice?: number;
}

/** Cuts a text that arrives in pieces. */
export interface TextCutter {
  write(text: string): void;
  /** Ends the text, and emits what is left of it. */
  end(): void;
  /** Stops at once, also in the middle of a piece: for a subscriber that unsubscribes while it receives one. */
  stop(): void;
}

/**
 * An append-only operator that emits the visible text in pieces of its own. A round of a tool loop ends the text of the round before it, so that
 * no piece has text of two rounds: what a `reset` voids is then either emitted or pending.
 *
 * @param create Creates the cutter of a subscription, and after a `reset` another one; it calls `emit` with each piece.
 */
export function cutText(
  name: string,
  { onReset = 'error', choice = 0 }: CutTextOptions,
  create: (emit: (piece: string) => void) => TextCutter,
): OperatorFunction<DeltaEvent, string> {
  checkOneOf('onReset', onReset, ['error', 'restart']);
  checkCount('choice', choice);
  return operateEvents({ name, fold: true }, (destination) => {
    const fold = createPartialFold(choice);
    let step = 0;
    /** The last step whose text was emitted. */
    let emittedStep = -1;
    let cutter = create(emit);
    destination.add(() => cutter.stop());

    function emit(piece: string): void {
      emittedStep = step;
      destination.next(piece);
    }

    function handleReset(reset: ResetEvent): void {
      if (reset.step > step) return;
      if (reset.step <= emittedStep && onReset === 'error') throw fillPartial(fromFault(reset.error), () => fold.partial());
      ({ step } = reset);
      emittedStep = Math.min(emittedStep, step - 1);
      cutter.stop();
      cutter = create(emit);
    }

    function end(): void {
      const ended = cutter;
      cutter = create(emit);
      ended.end();
    }

    return {
      next(event) {
        if (event.type === 'reset') handleReset(event);
        fold.push(event);
        if (event.type === 'step') {
          end();
          ({ step } = event);
        }
        if (event.type === 'text-delta' && event.choice === choice) cutter.write(event.text);
      },
      complete() {
        end();
        destination.complete();
      },
    };
  });
}
