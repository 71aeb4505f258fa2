import type { JsonValue } from '../events.js';
import { checkOneOf, checkOptions } from '../kernel/options.js';
import { checkSchema, type StandardSchema } from '../structured/standardSchema.js';
import type { ToonForm } from './toonForm.js';

/** How a TOON document is distinguished from other text. */
export interface ToonOptions<Value = JsonValue> {
  /**
   * What counts as TOON outside a fence. `'header'`: plain keys and an array header. `'canonical'`: also a text that equals the encoder's
   * output, unless it is ordinary writing too (one line, only words as in `Lunch: soup`, only capitalized labels as in `Total: 42`, or a
   * heading above it). `'keys'`: plain keys, which many ordinary paragraphs have too. `'any'`: any text that decodes, before JSON is tried;
   * this includes most prose and every JSON object of one line. A document in a fence without a label needs a header; with `'keys'` and
   * `'any'`, plain keys.
   * @defaultValue `'canonical'`, with a schema `'keys'`
   */
  readonly accept?: ToonForm | 'any';
  /** Validates the value (zod, valibot, arktype or another Standard Schema). A value that fails is rejected and the next rule is tried. @defaultValue none */
  readonly schema?: StandardSchema<Value>;
  /** Accept a single JSON string, number, boolean or null, and with `accept: 'any'` any single line of TOON. @defaultValue false */
  readonly allowPrimitive?: boolean;
  /** Read the certain part of a truncated answer: the whole lines of TOON, the finished values of JSON. @defaultValue false */
  readonly salvage?: boolean;
  /**
   * Reject TOON that is not as the specification has it. With `false`, what models get wrong is read all the same: a wrong count or none
   * (`users[N]{id,name}:`), blank lines, spaces in a header, tabs and another indentation, a key that occurs twice; each of these is one of the
   * `errors` beside the value. @defaultValue true
   */
  readonly strict?: boolean;
}

/** The options with their defaults. */
export interface ToonRules<Value> {
  readonly accept: ToonForm | 'any';
  readonly schema: StandardSchema<Value> | undefined;
  readonly allowPrimitive: boolean;
  readonly salvage: boolean;
  readonly strict: boolean;
}

const names = ['accept', 'schema', 'allowPrimitive', 'salvage', 'strict'];

/** @throws TypeError for an unknown option or value. */
export function checkToonOptions<Value>(
  operator: string,
  options: ToonOptions<Value>,
  others: readonly string[] = [],
): ToonRules<Value> {
  checkOptions(operator, options, [...names, ...others]);
  const { schema, allowPrimitive = false, salvage = false, strict = true } = options;
  const { accept = schema ? 'keys' : 'canonical' } = options;
  checkOneOf('accept', accept, ['header', 'canonical', 'keys', 'any']);
  checkSchema('schema', schema);
  return { accept, schema, allowPrimitive, salvage, strict };
}
