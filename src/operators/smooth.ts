import { asyncScheduler, type MonoTypeOperatorFunction, type Subscription } from 'rxjs';
import { holdBack } from '../display/holdBack.js';
import { measureUnit, type TextUnit } from '../display/textUnit.js';
import { createUnitQueue } from '../display/unitQueue.js';
import type { DeltaEvent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { checkOptions, checkPositive } from '../kernel/options.js';
import { haveSameTarget, pieceText, type TextPieceEvent, withText } from '../message/deltas.js';

export type { TextUnit } from '../display/textUnit.js';

export interface SmoothOptions {
  /**
   * The unit of text that is emitted at once: a word with the space after it, a line, a grapheme (a character as people see it), the match
   * of a pattern, a segment of an `Intl.Segmenter`, or a function that returns the length of the first unit of a text once that unit is
   * complete. A unit of 256 characters is always complete. @defaultValue 'word'
   */
  readonly by?: TextUnit;
  /** The pause between two units, in milliseconds, > 0. @defaultValue 10 */
  readonly delayMs?: number;
}

/**
 * Emits text at an even pace, however unevenly it arrives.
 *
 *     source      s-A-----------f|       A = 'one two three '
 *     delayMs = 3
 *     result      s-1--2--3-----f|       1 = 'one ', 2 = 'two ', 3 = 'three '
 *
 * The pace adapts to the pending text: no complete unit is pending for more than 30 pauses, however fast the model is. A unit that is not
 * complete after 10 pauses is emitted as it is. An event that adds no text, above all the `finish`, is forwarded at once, after the pending
 * text, so that no stream ends later than without `smooth`. In a hidden page, text is emitted without pauses. A `reset` discards the
 * pending text, because it voids it. It paces text, reasoning, refusals and the arguments of tool calls. Use it only in a branch that
 * displays, downstream of everything that measures or counts.
 *
 * @throws TypeError at call time for an unknown option or unit, RangeError if `delayMs` is not > 0.
 * @emitsError What a function `by` throws; pending text is emitted before the error of the source.
 * @unsubscribe Discards the pending text and clears its timer.
 * @reset Discards the pending text and forwards the reset at once.
 * @cost Holds the pending text; one timer while text is pending.
 * @example events$.pipe(smooth({ by: 'word', delayMs: 15 }), accumulateText())
 */
export function smooth<E extends DeltaEvent>(options: SmoothOptions = {}): MonoTypeOperatorFunction<E> {
  checkOptions('smooth', options, ['by', 'delayMs']);
  const { by = 'word', delayMs = 10 } = options;
  checkPositive('delayMs', delayMs);
  const measure = measureUnit(by);
  return operate((destination) => {
    const queue = createUnitQueue(measure);
    /** An event with the same target as the pending text. */
    let target: TextPieceEvent | undefined;
    let pause: Subscription | undefined;
    destination.add(() => pause?.unsubscribe());

    function emitText(text: string): void {
      if (target && text !== '') destination.next(withText(target, text) as E);
    }

    function flush(): void {
      pause?.unsubscribe();
      pause = undefined;
      emitText(queue.removeAll());
    }

    /** Emits the next units, and again after a pause as long as text is pending. */
    function emitDue(): void {
      pause = undefined;
      emitText(queue.removeDue());
      if (queue.pending && !destination.closed) pause = asyncScheduler.schedule(emitDue, delayMs);
    }

    function hold(event: TextPieceEvent): void {
      if (target && !haveSameTarget(target, event)) flush();
      target = event;
      queue.push(pieceText(event));
      if (isHidden()) flush();
      else if (!pause) emitDue();
    }

    return holdBack(destination, { hold, flush, discard: () => void queue.removeAll() });
  });
}

/** A hidden page needs no pacing, and browsers slow its timers down. */
function isHidden(): boolean {
  return typeof document !== 'undefined' && document.hidden;
}
