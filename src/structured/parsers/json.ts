import type { JsonValue } from '../../events.js';
import { checkJsonOptions, type JsonReadingOptions } from '../jsonOptions.js';
import type { Parser } from '../parser.js';
import { readValidJson } from '../readWholeJson.js';
import { checkSchema, type StandardSchema } from '../standardSchema.js';

export interface JsonOptions<T = JsonValue> extends JsonReadingOptions {
  /** The schema of the value (zod, valibot, arktype or another Standard Schema). @defaultValue none */
  readonly schema?: StandardSchema<T>;
}

/**
 * Parses a text as strict JSON, for {@link parseOnComplete}.
 *
 * Of a truncated text it accepts a closed object, array or string, but no number, because more digits may have followed.
 *
 * @throws TypeError at call time for an unknown option or value, RangeError if `maxDepth` is not > 0.
 * @see https://www.rfc-editor.org/rfc/rfc8259
 * @example events$.pipe(parseOnComplete(json({ schema: z.object({ name: z.string() }) }), text()))
 */
export function json<T = JsonValue>(options: JsonOptions<T> = {}): Parser<'json', T> {
  const { schema } = options;
  checkJsonOptions('json', options, ['schema']);
  checkSchema('schema', schema);
  return {
    format: 'json',
    parse: (text, truncated) => readValidJson(text, truncated, options, schema),
  };
}
