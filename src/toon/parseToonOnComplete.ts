import { from, map, type OperatorFunction, of } from 'rxjs';
import type { DeltaEvent, JsonValue } from '../events.js';
import { checkOneOf } from '../kernel/options.js';
import { operateOnAnswer } from '../structured/answerKernel.js';
import { isPromiseLike } from '../structured/standardSchema.js';
import { type Decision, decideFormat } from './decideFormat.js';
import { checkToonOptions, type ToonOptions } from './toonOptions.js';
import type { ToonResult } from './toonResult.js';

export interface ParseToonOnCompleteOptions<Value> extends ToonOptions<Value> {
  /** The formats to look for. @defaultValue both */
  readonly formats?: readonly ('toon' | 'json')[];
}

/**
 * Collects the answer and emits it once, when the stream completes, as TOON, JSON or text. Forwards errors of the source.
 *
 *     source   s-a-b-R-c-d-f|        R: reset; c + d = 'a: 1\nb: 2'
 *     result   -------------(x|)     x = { format: 'toon', value: { a: 1, b: 2 }, … }
 *
 * That a text decodes as TOON proves nothing, because most prose does. The first rule that matches decides:
 * 1. A fenced block: labelled `toon` and it decodes; labelled `json` and it is JSON; or without a label and it is a JSON object or array, or
 *    TOON with an array header.
 * 2. The whole text is a JSON object or array.
 * 3. The whole text decodes, and has an array header or the canonical form of TOON (see `accept`).
 * 4. Otherwise the result is text.
 *
 * A truncated answer completed without `finish`, or its reason is `length`, `paused`, `aborted` or `budget`. A cut document cannot be
 * distinguished from a whole one, so the result of a truncated answer is text unless `salvage` is set, and its `truncated` is always true. A
 * source of strings has no finish reason: its completion is the end of the answer. Reads choice 0, the phase `answer` and, of the rounds of a
 * tool loop, the last. A source that emits nothing has no result.
 *
 * @throws TypeError at call time for an unknown option or value.
 * @emitsError {@link ParseError} with `text` and `finishReason` if the stream finished with `refusal`, `content-filter` or `tool-calls`.
 * Bad data is not an error: the result is text, and its `errors` give the place and the reason.
 * @unsubscribe Discards the text and a pending validation.
 * @reset Discards the text that it voids.
 * @cost Holds the message so far, and reads its text once for each format, when the stream completes.
 * @see https://github.com/toon-format/spec
 * @example events$.pipe(parseToonOnComplete({ schema: z.object({ products: z.array(product) }) }))
 */
export function parseToonOnComplete<Value = JsonValue>(
  options: ParseToonOnCompleteOptions<Value> = {},
): OperatorFunction<DeltaEvent | string, ToonResult<Value>> {
  const rules = checkToonOptions('parseToonOnComplete', options, ['formats']);
  const { formats = ['toon', 'json'] } = options;
  for (const format of formats) checkOneOf('formats', format, ['toon', 'json']);
  return operateOnAnswer((destination, answer) => ({
    end(whole) {
      const { text } = answer;
      const decision = decideFormat(text, !whole, formats, rules);
      const decision$ = isPromiseLike(decision) ? from(decision) : of(decision);
      decision$.pipe(map((resolved) => toResult(resolved, text, !whole))).subscribe(destination);
    },
  }));
}

function toResult<Value>({ match, errors }: Decision<Value>, text: string, truncated: boolean): ToonResult<Value> {
  return match ? { ...match, text, errors, truncated } : { format: 'text', value: text, text, errors, truncated };
}
