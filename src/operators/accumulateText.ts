import type { OperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { checkCount, checkEach } from '../kernel/options.js';
import { createTextFold } from '../message/textFold.js';

export interface AccumulateTextOptions {
  /** Which choice to read if the request asked for several. @defaultValue 0 */
  readonly choice?: number;
}

/**
 * Emits the whole visible text so far, each time it changes.
 *
 *     source   s-a-b-R-c-f|     R: reset
 *     result   --v-w-x-y--|     v = 'a', w = 'ab', x = '', y = 'c'
 *
 * It errors when its source does. A binding such as `toSignal` or `async` then throws at each read, and the view stops: bind
 * `toMessageState()`, which never errors, or catch the error here.
 *
 * A `reset` that voids text emits the remaining text at once, so that no view shows void text during the delay of a retry.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError if `choice` is not a whole number >= 0.
 * @emitsError None of its own.
 * @unsubscribe Discards the text.
 * @reset Emits the text that remains, at once.
 * @cost Holds the text. A delta is appended without copying the text before it.
 * @example events$.pipe(accumulateText()).subscribe({ next: (text) => view.set(text), error: (error) => view.setError(error) })
 */
export function accumulateText(options: AccumulateTextOptions = {}): OperatorFunction<DeltaEvent, string> {
  checkEach('accumulateText', options, { choice: checkCount });
  const { choice = 0 } = options;
  return operateEvents({ name: 'accumulateText', fold: true }, (destination) => {
    const fold = createTextFold(choice);
    return {
      next(event) {
        if (fold.push(event)) destination.next(fold.text);
      },
    };
  });
}
