import type { OperatorFunction } from 'rxjs';
import { LimitError } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { checkCount, checkEach, checkPositive } from '../kernel/options.js';
import { createPartialFold } from '../message/partialFold.js';
import { createTextFold } from '../message/textFold.js';

export interface BufferToTextOptions {
  /** The longest text to collect, in UTF-16 code units. @defaultValue no limit */
  readonly maxChars?: number;
  /** Which choice to read if the request asked for several. @defaultValue 0 */
  readonly choice?: number;
}

/**
 * Collects the visible text and emits it once, when the stream completes.
 *
 *     source   s-a-b-R-c-d-f|         R: reset
 *     result   -------------(x|)     x = 'cd'
 *
 * A stream that completes without `finish` emits its text too; an answer without text emits `''`; an empty source emits nothing.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError if `maxChars` is not > 0 or `choice` is not a whole
 * number >= 0.
 * @emitsError {@link LimitError} past `maxChars`, after the source was unsubscribed.
 * @unsubscribe Discards the text.
 * @reset Discards the text that it voids.
 * @cost Holds the text, and with `maxChars` the message so far, for `error.partial`. A delta costs an append.
 * @example events$.pipe(bufferToText({ maxChars: 100_000 }))
 */
export function bufferToText(options: BufferToTextOptions = {}): OperatorFunction<DeltaEvent, string> {
  checkEach('bufferToText', options, { maxChars: checkPositive, choice: checkCount });
  const { maxChars = Infinity, choice = 0 } = options;
  return operateEvents({ name: 'bufferToText', fold: true }, (destination) => {
    const fold = createTextFold(choice);
    // Folded only if a LimitError may need it as its `partial`.
    const message = maxChars < Infinity ? createPartialFold(choice) : undefined;
    /** Whether no event has arrived: an empty source emits no text, not even `''`. */
    let empty = true;
    return {
      next(event) {
        empty = false;
        message?.push(event);
        fold.push(event);
        if (fold.text.length > maxChars) throw new LimitError('maxChars', maxChars, { partial: message?.partial });
      },
      complete() {
        if (!empty) destination.next(fold.text);
        destination.complete();
      },
    };
  });
}
