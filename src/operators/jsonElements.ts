import type { OperatorFunction } from 'rxjs';
import type { JsonPath } from '../codecs/json/handler.js';
import type { ValidationIssue } from '../errors.js';
import type { DeltaEvent, JsonValue } from '../events.js';
import { checkOneOf } from '../kernel/options.js';
import { operateOnAnswer } from '../structured/answerKernel.js';
import { checkJsonOptions, type JsonReadingOptions } from '../structured/jsonOptions.js';
import { readElements } from '../structured/readElements.js';
import { checkSchema, type StandardSchema } from '../structured/standardSchema.js';

export interface JsonElementsOptions<T = JsonValue> extends JsonReadingOptions {
  /**
   * The path of the array: keys and indices from the root, or the same joined by dots. `[]` is the root.
   * @defaultValue the root, else the first array that is a property of the root
   */
  readonly path?: string | JsonPath;
  /** The schema of each element (zod, valibot, arktype or another Standard Schema). @defaultValue none */
  readonly schema?: StandardSchema<T>;
  /**
   * What to do with an element that is not valid: error, `'skip'` it, or `'emit'` it as the model wrote it, with its `issues`.
   * @defaultValue 'error'
   */
  readonly onInvalid?: 'error' | 'skip' | 'emit';
  /**
   * What to do when a `reset` voids elements that were emitted: pass on the error that caused it, so that no second request is sent, or
   * `'restart'` at index 0. @defaultValue 'error'
   */
  readonly onReset?: 'error' | 'restart';
}

/** An element of an array, with its index, counted from 0. */
export interface JsonElement<T> {
  readonly index: number;
  readonly value: T;
  readonly issues?: undefined;
}

/** An element that is not valid, as the model wrote it. */
export interface InvalidJsonElement {
  readonly index: number;
  readonly value: JsonValue;
  readonly issues: readonly ValidationIssue[];
}

const optionNames = ['path', 'schema', 'onInvalid', 'onReset'];

/**
 * Emits each element of a JSON array as soon as it is complete.
 *
 *     source   s-a---b---c-f|     a, b, c: '[{"id":1', '},{"id":2}', ']'
 *     result   ------(xy)---|     x = { index: 0, value: { id: 1 } }, y = { index: 1, value: { id: 2 } }
 *
 * An object, array or string is complete at its closing character, a number or literal at the character after it. What surrounds the array is
 * read as strict JSON and discarded. Reads choice 0 and the phase `answer`, and begins again at each round of a tool loop. A `reset` that voids no
 * emitted element changes nothing. A source that completes without a value gives none.
 *
 * @emitsError {@link ParseError} with `offset` where the text is not JSON, is truncated or has no such array, and with `finishReason` when
 * the stream ended with `refusal`, `content-filter` or `tool-calls`; {@link LimitError} past `maxDepth`; {@link ValidationError} with the
 * element; the error that caused a `reset`.
 * @unsubscribe Discards the open element and a pending validation.
 *
 * @reset Reads the remaining text again; if emitted elements are void, errors or starts again at index 0, by `onReset`.
 * @cost Linear in the text. Holds the element that is incomplete, and the message so far, for `error.partial`.
 * @throws TypeError at call time for an unknown option or value, RangeError if `maxDepth` is not > 0.
 * @example events$.pipe(jsonElements({ path: 'products', schema: product }), map(({ value }) => value))
 */
export function jsonElements<T = JsonValue>(
  options: JsonElementsOptions<T> & { readonly onInvalid: 'emit' },
): OperatorFunction<DeltaEvent | string, JsonElement<T> | InvalidJsonElement>;
export function jsonElements<T = JsonValue>(
  options?: JsonElementsOptions<T> & { readonly onInvalid?: 'error' | 'skip' },
): OperatorFunction<DeltaEvent | string, JsonElement<T>>;
export function jsonElements(options: JsonElementsOptions<unknown> = {}): OperatorFunction<DeltaEvent | string, unknown> {
  const { schema, onInvalid = 'error', onReset = 'error' } = options;
  const settings = { ...options, path: checkJsonElements(options), schema, onInvalid, onReset };
  return operateOnAnswer((destination, answer) => readElements(destination, answer, settings));
}

function checkJsonElements(options: JsonElementsOptions<unknown>): JsonPath | undefined {
  checkJsonOptions('jsonElements', options, optionNames);
  checkOneOf('onInvalid', options.onInvalid, ['error', 'skip', 'emit']);
  checkOneOf('onReset', options.onReset, ['error', 'restart']);
  checkSchema('schema', options.schema);
  const { path } = options;
  if (path === undefined || Array.isArray(path)) return path;
  if (typeof path !== 'string') throw new TypeError('path must be a string or an array of keys and indices');
  return path === '' ? [] : path.split('.');
}
