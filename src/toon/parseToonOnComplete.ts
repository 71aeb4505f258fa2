import { from, map, type OperatorFunction, of } from 'rxjs';
import type { DeltaEvent, JsonValue } from '../events.js';
import { checkOneOf } from '../kernel/options.js';
import { operateOnAnswer } from '../structured/answerKernel.js';
import { isPromiseLike } from '../structured/standardSchema.js';
import { type Decision, decide } from './decide.js';
import { checkToonOptions, type ToonOptions } from './toonOptions.js';
import type { ToonResult } from './toonResult.js';

export interface ParseToonOnCompleteOptions<Value> extends ToonOptions<Value> {
  /** The formats to look for. @defaultValue both */
  readonly formats?: readonly ('toon' | 'json')[];
}

/**
 * Collects the answer and, when the stream completes, emits what it is: TOON, JSON or text. Errors of the source pass through.
 *
 *     source   s-a-b-R-c-d-f|        R: reset; c + d = 'a: 1\nb: 2'
 *     result   -------------(x|)     x = { format: 'toon', value: { a: 1, b: 2 }, … }
 *
 * It does not ask whether the text decodes, because most prose does. The first of these that fits decides:
 * 1. A fenced block: `toon` decodes; `json` is JSON; without a label it is a JSON object or array, or TOON by its array header.
 * 2. The whole text is a JSON object or array.
 * 3. The text decodes, and is TOON by its array header or its canonical form (see `accept`).
 * 4. It is text.
 *
 * No rule can tell a cut document from a whole one, so a truncated answer is text unless `salvage` is set, and always `truncated`: one that
 * completed without `finish`, or whose reason is `length`, `paused`, `aborted` or `budget`. A source of strings has no reason: its
 * completion counts as the end. Reads choice 0 and the phase `answer`; a source without values gives none.
 *
 * @throws TypeError at call time for an unknown option or value.
 * Emits error: {@link ParseError} with `text` and `finishReason` when the stream ended with `refusal`, `content-filter` or `tool-calls`; bad
 * data is no error but text, and `errors` says where and why. On unsubscribe: drops what it holds, and a pending validation with it.
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
      const decision = decide(text, !whole, formats, rules);
      const decision$ = isPromiseLike(decision) ? from(decision) : of(decision);
      decision$.pipe(map((settled) => toResult(settled, text, !whole))).subscribe(destination);
    },
  }));
}

function toResult<Value>({ taken, errors }: Decision<Value>, text: string, truncated: boolean): ToonResult<Value> {
  return taken ? { ...taken, text, errors, truncated } : { format: 'text', value: text, text, errors, truncated };
}
