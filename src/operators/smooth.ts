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
   * What is shown at once: a word with the space after it, a line, a character as people see it, what a pattern matches, a segment of an
   * `Intl.Segmenter`, or a function that tells how long the first unit of a text is, once it is whole. One of 256 characters is whole.
   * @defaultValue 'word'
   */
  readonly by?: TextUnit;
  /** The pause between two of them, in milliseconds. @defaultValue 10 */
  readonly delayMs?: number;
}

/**
 * Paces text evenly, however unevenly the model sends it.
 *
 *     source      s-A-----------f|       A = 'one two three '
 *     delayMs = 3
 *     result      s-1--2--3-----f|       1 = 'one ', 2 = 'two ', 3 = 'three '
 *
 * The pace adapts to what waits, so that no whole unit waits longer than thirty pauses, however fast the model is.
 * An event that does not add text, above all the `finish`, lets out at once what waits before it, so that nothing ends later than without
 * `smooth`. A unit without its end waits ten pauses for it, then leaves as it is. In a hidden page nothing waits. A `reset` drops what waits,
 * because it is void. Paces text, reasoning, refusals and tool arguments; belongs into the branch that displays, after everything that
 * measures or counts.
 *
 * @throws TypeError at call time for an unknown option or unit, RangeError if `delayMs` is not > 0.
 * Emits error: what a function `by` throws; what waits leaves before the error of the source. On unsubscribe: drops what waits, clears its timer.
 * @example events$.pipe(smooth({ by: 'word', delayMs: 15 }), accumulateText())
 */
export function smooth<E extends DeltaEvent>(options: SmoothOptions = {}): MonoTypeOperatorFunction<E> {
  checkOptions('smooth', options, ['by', 'delayMs']);
  const { by = 'word', delayMs = 10 } = options;
  checkPositive('delayMs', delayMs);
  const measure = measureUnit(by);
  return operate((destination) => {
    const queue = createUnitQueue(measure);
    /** What the waiting text adds to. */
    let run: TextPieceEvent | undefined;
    let pause: Subscription | undefined;
    destination.add(() => pause?.unsubscribe());

    function say(text: string): void {
      if (run && text !== '') destination.next(withText(run, text) as E);
    }

    function flush(): void {
      pause?.unsubscribe();
      pause = undefined;
      say(queue.takeAll());
    }

    /** Lets the next units out, and then pauses for as long as there are any. */
    function step(): void {
      pause = undefined;
      say(queue.takeDue());
      if (queue.waiting && !destination.closed) pause = asyncScheduler.schedule(step, delayMs);
    }

    function hold(event: TextPieceEvent): void {
      if (run && !haveSameTarget(run, event)) flush();
      run = event;
      queue.push(pieceText(event));
      if (isHidden()) flush();
      else if (!pause) step();
    }

    return holdBack(destination, { hold, flush, drop: () => void queue.takeAll() });
  });
}

/** Nobody looks, and the browser makes timers of such a page slow. */
function isHidden(): boolean {
  return typeof document !== 'undefined' && document.hidden;
}
