import type { OperatorFunction } from 'rxjs';
import { fillPartial, fromFault } from '../errors.js';
import type { DeltaEvent, ResetEvent } from '../events.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { checkCount, checkOneOf, checkOptions } from '../kernel/options.js';
import { createPartialFold } from '../message/partialFold.js';

export interface TextDeltasOptions {
  /**
   * What to do when a `reset` voids text that was already emitted. `'error'`: pass on the error that caused the reset, so that no second
   * request is sent. `'restart'`: go on with the text of the new attempt. @defaultValue 'error'
   */
  readonly onReset?: 'error' | 'restart';
  /** Which choice to read if the request asked for several. @defaultValue 0 */
  readonly choice?: number;
}

/**
 * Emits each piece of the visible text as it arrives.
 *
 *     source                  s-a-b-R-c-f|     R: reset
 *     result                  --a-b-#          the error that caused the reset
 *     onReset: 'restart'      --a-b---c--|
 *
 * A `reset` that voids none of the emitted text has no effect.
 *
 * @throws TypeError at call time for an unknown option or `onReset`, RangeError if `choice` is not a whole number >= 0.
 * @emitsError The error that caused a `reset`, after the source was unsubscribed.
 * @unsubscribe Has nothing to discard.
 * @reset If it voids emitted text, errors or continues, by `onReset`; else no effect.
 * @cost Holds the message so far, for `error.partial`. A delta costs an append.
 * @example events$.pipe(textDeltas()).subscribe((text) => process.stdout.write(text))
 */
export function textDeltas(options: TextDeltasOptions = {}): OperatorFunction<DeltaEvent, string> {
  checkOptions('textDeltas', options, ['onReset', 'choice']);
  const { onReset = 'error', choice = 0 } = options;
  checkOneOf('onReset', onReset, ['error', 'restart']);
  checkCount('choice', choice);
  return operateEvents({ name: 'textDeltas', fold: true }, (destination) => {
    const fold = createPartialFold(choice);
    let step = 0;
    /** The last step whose text was emitted. */
    let emittedStep = -1;

    function handleReset(reset: ResetEvent): void {
      const voidsText = reset.step <= emittedStep;
      if (voidsText && onReset === 'error') throw fillPartial(fromFault(reset.error), () => fold.partial());
      step = Math.min(step, reset.step);
    }

    return {
      next(event) {
        if (event.type === 'reset') handleReset(event);
        fold.push(event);
        if (event.type === 'step') step = event.step;
        if (event.type !== 'text-delta' || event.choice !== choice || event.text === '') return;
        emittedStep = step;
        destination.next(event.text);
      },
    };
  });
}
