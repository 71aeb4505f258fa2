import type { OperatorFunction } from 'rxjs';
import { type CutTextOptions, cutText } from '../display/cutText.js';
import { createSentenceCutter } from '../display/sentenceCutter.js';
import type { DeltaEvent } from '../events.js';
import { checkCount, checkOptions } from '../kernel/options.js';

export interface SentencesOptions extends CutTextOptions {
  /** The language of the text, as a BCP 47 tag. @defaultValue the runtime's language */
  readonly locale?: string;
  /** A sentence with fewer UTF-16 code units is joined with the next one, for a voice that reads aloud. @defaultValue 0 */
  readonly minChars?: number;
}

/**
 * Emits each sentence of the visible text once it is complete, with the white space after it.
 *
 *     source   s-a---b-c---f|     a, b, c: 'Dr. Lee paid 3.', '50. Then', ' she left.'
 *     result   ------x------(y|)     x = 'Dr. Lee paid 3.50. ', y = 'Then she left.'
 *
 * A sentence ends where `Intl.Segmenter` ends it, also at the end of a line, but neither after an abbreviation nor after the number of a list item.
 * It is emitted at the first letter of the next one, because that decides where it ends; the last one at the completion, and at the end of a
 * round of a tool loop. The sentences are the text: joined, they are what `bufferToText` emits, but for a text without a letter or digit.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError for a `locale` that is no language tag, and if `minChars` or `choice`
 * is not a whole number >= 0.
 * @emitsError The error that caused a `reset`, after the source was unsubscribed.
 * @unsubscribe Discards the sentence that is not complete; after an unsubscribe in `next`, the other sentences of the delta, too.
 * @reset Discards the pending sentence; if emitted sentences are void, errors or continues, by `onReset`.
 * @cost Linear in the text: the segmenter reads each end of a sentence once. Holds the pending sentence, and the message so far, for
 * `error.partial`.
 * @example events$.pipe(sentences({ locale: 'en', minChars: 20 }), concatMap((sentence) => speak(sentence)))
 */
export function sentences(options: SentencesOptions = {}): OperatorFunction<DeltaEvent, string> {
  checkOptions('sentences', options, ['locale', 'minChars', 'onReset', 'choice']);
  const { locale, minChars = 0, ...reading } = options;
  checkCount('minChars', minChars);
  const segmenter = new Intl.Segmenter(locale, { granularity: 'sentence' });
  return cutText('sentences', reading, (emit) => createSentenceCutter(segmenter, minChars, emit));
}
