import type { OperatorFunction } from 'rxjs';
import type { JsonEvent } from '../codecs/json/events.js';
import type { DeltaEvent, JsonValue } from '../events.js';
import { checkOneOf } from '../kernel/options.js';
import { operateOnAnswer } from '../structured/answerKernel.js';
import type { DeepPartial } from '../structured/deepPartial.js';
import { checkJsonOptions, type JsonReadingOptions } from '../structured/jsonOptions.js';
import { readJsonEvents } from '../structured/readJsonEvents.js';
import { readSnapshots } from '../structured/readSnapshots.js';
import { checkSchema, type StandardSchema } from '../structured/standardSchema.js';

export type { JsonEvent } from '../codecs/json/events.js';
export type { JsonPath } from '../codecs/json/handler.js';
export type { DeepPartial } from '../structured/deepPartial.js';

export interface PartialJsonEventsOptions extends Omit<JsonReadingOptions, 'trailing'> {
  /**
   * What to emit: immutable snapshots that share every unchanged part, one `'mutable'` value that grows in place, or the `'events'` of the
   * parser, which keep no value in memory. @defaultValue 'snapshot'
   */
  readonly mode?: 'snapshot' | 'mutable' | 'events';
  /**
   * What to do when more than white space follows the value; `'next'` reads it as another value (NDJSON).
   * @defaultValue 'error', with `prose` 'ignore'
   */
  readonly trailing?: 'error' | 'ignore' | 'next';
  /**
   * What to do when the text ends inside the value: error, or `'emit'` the last snapshot. With `'emit'` each snapshot is emitted as
   * `{ value, complete, index }`, so that the last one shows whether it is complete. @defaultValue 'error'
   */
  readonly onIncomplete?: 'error' | 'emit';
}

export interface PartialJsonOptions<T = JsonValue> extends PartialJsonEventsOptions {
  /** The schema of the complete value (zod, valibot, arktype or another Standard Schema); its output is the last value. @defaultValue none */
  readonly schema?: StandardSchema<T>;
  /** Validate every snapshot too, and emit only the valid ones. @defaultValue false */
  readonly validatePartials?: boolean;
}

/** A value that may still grow. `index` counts the values of the text, from 0. */
export type JsonSnapshot<T> =
  | { readonly complete: true; readonly value: T; readonly index: number }
  | { readonly complete: false; readonly value: DeepPartial<T>; readonly index: number };

type Snapshots = { readonly mode?: 'snapshot' | 'mutable' };

const optionNames = ['mode', 'onIncomplete', 'schema', 'validatePartials'];

/**
 * Emits the JSON value of an answer while it grows, in linear time.
 *
 *     source   s-a-b-c-f|     a, b, c: '{"name": "A', 'nn", "age": 4', '1}'
 *     result   --x-y-z--|     x = { name: 'A' }, y = { name: 'Ann' }, z = { name: 'Ann', age: 41 }
 *
 * It reads strict RFC 8259. Strings grow; numbers and literals are shown when they are complete, and a key together with its value. No
 * half of an escape sequence or of a character is shown. Snapshots never change, and share each closed part (`===`). One is emitted at every
 * delta that shows something new while snapshots are cheap, less often while wide containers are open, so that the time stays linear, and
 * always when a value is complete.
 *
 * Reads choice 0 and the phase `answer`, and begins again at each round of a tool loop. After a `reset` it begins again. A text is whole when a
 * source of strings completes, or when `finish` has the reason `stop` or `other`. A source that completes without a value gives none. With a
 * schema the last value is the schema's output; the values before it are as the model wrote them.
 *
 * @emitsError {@link ParseError} with `offset` and the last good `value` where the text is not JSON or is truncated, and with
 * `finishReason` when the stream ended with `refusal`, `content-filter` or `tool-calls`; {@link LimitError} past `maxDepth`;
 * {@link ValidationError} when the complete value is not valid.
 * @unsubscribe Discards the value and a pending validation.
 *
 * @reset Starts again with the text that remains.
 * @cost Linear in the text, snapshots included. Holds the value (not with mode `'events'`), and the message so far, for `error.partial`.
 * @throws TypeError at call time for an unknown option or value, RangeError if `maxDepth` is not > 0.
 * @see https://www.rfc-editor.org/rfc/rfc8259
 * @example events$.pipe(partialJson<Recipe>()).subscribe((recipe) => form.patchValue(recipe))
 */
export function partialJson<T = JsonValue>(
  options?: PartialJsonOptions<T> & Snapshots & { readonly onIncomplete?: 'error' },
): OperatorFunction<DeltaEvent | string, DeepPartial<T>>;
export function partialJson<T = JsonValue>(
  options: PartialJsonOptions<T> & Snapshots & { readonly onIncomplete: 'emit' },
): OperatorFunction<DeltaEvent | string, JsonSnapshot<T>>;
export function partialJson(
  options: PartialJsonEventsOptions & { readonly mode: 'events' },
): OperatorFunction<DeltaEvent | string, JsonEvent>;
export function partialJson(options: PartialJsonOptions<unknown> = {}): OperatorFunction<DeltaEvent | string, unknown> {
  checkPartialJson(options);
  return operateOnAnswer((destination, answer) =>
    options.mode === 'events' ? readJsonEvents(destination, answer, options) : readSnapshots(destination, answer, options),
  );
}

function checkPartialJson(options: PartialJsonOptions<unknown>): void {
  checkJsonOptions('partialJson', options, optionNames, ['error', 'ignore', 'next']);
  checkOneOf('mode', options.mode, ['snapshot', 'mutable', 'events']);
  checkOneOf('onIncomplete', options.onIncomplete, ['error', 'emit']);
  checkSchema('schema', options.schema);
  if (options.mode === 'events' && options.schema) throw new TypeError("partialJson: mode 'events' has no value to validate");
}
