import { from, map, type OperatorFunction, of } from 'rxjs';
import type { DeltaEvent, JsonValue } from '../events.js';
import { operateOnAnswer } from '../structured/answerKernel.js';
import { unwrapVerdict } from '../structured/jsonAnswer.js';
import { type JsonOptions, json } from '../structured/parsers/json.js';
import { isPromiseLike } from '../structured/standardSchema.js';

export type ParseJsonOnCompleteOptions<T = JsonValue> = JsonOptions<T>;

/**
 * Collects the answer and, when the stream completes, emits the value of its JSON.
 *
 *     source   s-a-b-R-c-d-f|        R: reset; c + d = '{"a":1}'
 *     result   -------------(x|)     x = { a: 1 }
 *
 * Reads choice 0, the phase `answer` and, of the rounds of a tool loop, the last. Skips a code fence around the value; with `prose` it finds
 * the value in the text around it. A source that completes without a value gives none.
 *
 * @emitsError {@link ParseError} with `offset` where the text is not JSON, is truncated or has several values of one kind (its `value` lists
 * them), and with `finishReason` when the stream ended with `refusal`, `content-filter` or `tool-calls`; {@link LimitError} past `maxDepth`;
 * {@link ValidationError}.
 * @unsubscribe Discards the text and a pending validation.
 *
 * @reset Discards the text that it voids.
 * @cost Holds the message so far, and parses its text once, when the stream completes.
 * @throws TypeError at call time for an unknown option or value, RangeError if `maxDepth` is not > 0.
 * @see https://www.rfc-editor.org/rfc/rfc8259
 * @example events$.pipe(parseJsonOnComplete({ schema: z.object({ name: z.string() }) }))
 */
export function parseJsonOnComplete<T = JsonValue>(
  options: ParseJsonOnCompleteOptions<T> = {},
): OperatorFunction<DeltaEvent | string, T> {
  const parser = json(options);
  return operateOnAnswer((destination, answer) => ({
    end(whole) {
      const verdict = parser.parse(answer.text, !whole);
      const verdict$ = isPromiseLike(verdict) ? from(verdict) : of(verdict);
      verdict$.pipe(map((settled) => unwrapVerdict(settled, answer))).subscribe(destination);
    },
  }));
}
