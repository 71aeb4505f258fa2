import type { OperatorFunction } from 'rxjs';
import { createLineSplitter } from '../codecs/text/lineSplitter.js';
import { type CutTextOptions, cutText } from '../display/cutText.js';
import type { DeltaEvent } from '../events.js';
import { checkOptions } from '../kernel/options.js';

export type SplitLinesOptions = CutTextOptions;

/**
 * Emits each line of the visible text as soon as it is complete, without its line ending.
 *
 *     source   s-a-b-c-f|     a, b, c: 'one\ntw', 'o\n', 'three'
 *     result   --x-y----(z|)     x, y, z: 'one', 'two', 'three'
 *
 * A line ends at LF or CRLF. The last line needs no ending: it is emitted at the completion, unless it is empty, and at the end of a round of a
 * tool loop. A `reset` that voids no emitted line has no effect but to discard the pending one.
 *
 * @throws TypeError at call time for an unknown option or `onReset`, RangeError if `choice` is not a whole number >= 0.
 * @emitsError The error that caused a `reset`, after the source was unsubscribed.
 * @unsubscribe Discards the line that is not complete; after an unsubscribe in `next`, the other lines of the delta, too.
 * @reset Discards the pending line; if emitted lines are void, errors or continues, by `onReset`.
 * @cost Linear in the text. Holds the pending line, and the message so far, for `error.partial`.
 * @example events$.pipe(splitLines()).subscribe((line) => log.write(line))
 */
export function splitLines(options: SplitLinesOptions = {}): OperatorFunction<DeltaEvent, string> {
  checkOptions('splitLines', options, ['onReset', 'choice']);
  return cutText('splitLines', options, createLineSplitter);
}
