import type { OperatorFunction } from 'rxjs';
import type { JsonEvent } from '../codecs/json/events.js';
import type { DeltaEvent, JsonValue } from '../events.js';
import { checkOneOf } from '../kernel/options.js';
import { parseAnswer } from '../structured/answerKernel.js';
import type { DeepPartial } from '../structured/deepPartial.js';
import { checkJsonReading, type JsonReadingOptions } from '../structured/jsonOptions.js';
import { readJsonEvents } from '../structured/readJsonEvents.js';
import { readSnapshots } from '../structured/readSnapshots.js';
import { checkSchema, type StandardSchema } from '../structured/standardSchema.js';

export type { JsonEvent } from '../codecs/json/events.js';
export type { JsonPath } from '../codecs/json/handler.js';
export type { DeepPartial } from '../structured/deepPartial.js';

export interface PartialJsonEventsOptions extends Omit<JsonReadingOptions, 'trailing'> {
  /**
   * What to emit: immutable snapshots that share what has not changed, one value that is `'mutable'` and grows in place, or the `'events'`
   * of reading, which hold no value at all. @defaultValue 'snapshot'
   */
  readonly mode?: 'snapshot' | 'mutable' | 'events';
  /** What to do when more than white space follows the value; `'next'` reads it as another value. @defaultValue 'error', with `prose` 'ignore' */
  readonly trailing?: 'error' | 'ignore' | 'next';
  /**
   * What to do when the text ends inside the value: error, or `'emit'` the last snapshot. With `'emit'` each snapshot comes as
   * `{ value, complete, index }`, so that the last one tells. @defaultValue 'error'
   */
  readonly onIncomplete?: 'error' | 'emit';
}

export interface PartialJsonOptions<T = JsonValue> extends PartialJsonEventsOptions {
  /** What the whole value must be (zod, valibot, arktype or another Standard Schema); what it makes of it is the last value. @defaultValue none */
  readonly schema?: StandardSchema<T>;
  /** Ask the schema about every snapshot, and leave out those that it refuses. @defaultValue false */
  readonly validatePartials?: boolean;
}

/** A value on its way. `index` counts the values of the text, from 0. */
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
 * Strict RFC 8259: strings grow, while numbers and literals come whole; a key comes with its value; no half of an escape sequence or of a
 * character is shown. Snapshots never change and share each closed part, `===`. They come with every delta while they are cheap; while wide
 * containers are open, as often as linear time allows; and always when a value is whole. Nothing is emitted when nothing visible changed.
 *
 * Reads choice 0 and the phase `answer`. A `reset` begins again. The text is whole when strings complete or `finish` says so; a source
 * without values gives none. With a schema the last value is what the schema made of it; those before are as the model wrote them.
 *
 * @throws TypeError at call time for an unknown option or value, RangeError if `maxDepth` is not > 0.
 * Emits error: {@link ParseError} with `offset` and the last good `value` where the text is not JSON or is cut, and with `finishReason` when
 * the stream ended with `refusal`, `content-filter` or `tool-calls`; {@link LimitError} past `maxDepth`; {@link ValidationError}.
 * On unsubscribe: drops what it holds, and a pending validation with it.
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
  return parseAnswer((destination, answer) =>
    options.mode === 'events' ? readJsonEvents(destination, answer, options) : readSnapshots(destination, answer, options),
  );
}

function checkPartialJson(options: PartialJsonOptions<unknown>): void {
  checkJsonReading('partialJson', options, optionNames, ['error', 'ignore', 'next']);
  checkOneOf('mode', options.mode, ['snapshot', 'mutable', 'events']);
  checkOneOf('onIncomplete', options.onIncomplete, ['error', 'emit']);
  checkSchema('schema', options.schema);
  if (options.mode === 'events' && options.schema) throw new TypeError("partialJson: mode 'events' has no value to validate");
}
