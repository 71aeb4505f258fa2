import type { JsonValue } from '../events.js';
import { checkOneOf, checkOptions } from '../kernel/options.js';
import { checkSchema, type StandardSchema } from '../structured/standardSchema.js';
import type { ToonForm } from './toonForm.js';

/** How a text is told from a TOON document. */
export interface ToonOptions<Value = JsonValue> {
  /**
   * What counts as TOON outside a fence. `'header'`: plain keys and an array header. `'canonical'`: also what an encoder would have written
   * letter for letter, unless people write it too: one line, nothing but words (`Lunch: soup`), nothing but capitalized labels (`Total: 42`),
   * or a heading above it. `'keys'`: plain keys, which many ordinary paragraphs have too. `'any'`: whatever decodes, before anything else is
   * tried, and that includes most prose and all JSON objects of one line. A fence without a label needs a header, or with the last two plain keys.
   * @defaultValue `'canonical'`, with a schema `'keys'`
   */
  readonly accept?: ToonForm | 'any';
  /** What the value must be (zod, valibot, arktype or another Standard Schema); a reading that fails it gives way to the next. @defaultValue none */
  readonly schema?: StandardSchema<Value>;
  /** With `accept: 'any'`, take any single line too. Where JSON is looked for, take one string, number, boolean or null too. @defaultValue false */
  readonly allowPrimitive?: boolean;
  /** Read what there is of a truncated answer: the whole lines of TOON, the certain part of JSON. @defaultValue false */
  readonly salvage?: boolean;
}

/** The options with their defaults. */
export interface ToonRules<Value> {
  readonly accept: ToonForm | 'any';
  readonly schema: StandardSchema<Value> | undefined;
  readonly allowPrimitive: boolean;
  readonly salvage: boolean;
}

const names = ['accept', 'schema', 'allowPrimitive', 'salvage'];

/** @throws TypeError for an unknown option or value. */
export function checkToonOptions<Value>(
  operator: string,
  options: ToonOptions<Value>,
  others: readonly string[] = [],
): ToonRules<Value> {
  checkOptions(operator, options, [...names, ...others]);
  const { schema, allowPrimitive = false, salvage = false } = options;
  const { accept = schema ? 'keys' : 'canonical' } = options;
  checkOneOf('accept', accept, ['header', 'canonical', 'keys', 'any']);
  checkSchema('schema', schema);
  return { accept, schema, allowPrimitive, salvage };
}
