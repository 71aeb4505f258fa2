import type { JsonValue } from '../../events.js';
import { checkJsonReading, type JsonReadingOptions } from '../jsonOptions.js';
import type { Parser, ParserVerdict } from '../parser.js';
import { readJson } from '../readJson.js';
import { checkSchema, isPromiseLike, type StandardSchema, type Verdict, validateWith } from '../standardSchema.js';
import { toValidationIssues } from '../validationQueue.js';

export interface JsonOptions<T = JsonValue> extends JsonReadingOptions {
  /** What the value must be (zod, valibot, arktype or another Standard Schema). @defaultValue none */
  readonly schema?: StandardSchema<T>;
}

/**
 * Reads a text as JSON, strictly, for {@link parseOnComplete}.
 *
 * A text that was cut is JSON if its object, array or string is whole; a number at its end may have been longer.
 *
 * @throws TypeError at call time for an unknown option or value, RangeError if `maxDepth` is not > 0.
 * @see https://www.rfc-editor.org/rfc/rfc8259
 * @example events$.pipe(parseOnComplete(json({ schema: z.object({ name: z.string() }) }), text()))
 */
export function json<T = JsonValue>(options: JsonOptions<T> = {}): Parser<'json', T> {
  const { schema } = options;
  checkJsonReading('json', options, ['schema']);
  checkSchema('schema', schema);
  return {
    format: 'json',
    parse(text, truncated) {
      const read = readJson(text, truncated, options);
      if (!read.accepted || !schema) return read as ParserVerdict<T>;
      const verdict = validateWith(schema, read.value);
      const judge = (settled: Verdict<T>): ParserVerdict<T> => toParserVerdict(settled, read.value);
      return isPromiseLike(verdict) ? verdict.then(judge) : judge(verdict);
    },
  };
}

function toParserVerdict<T>(verdict: Verdict<T>, value: JsonValue): ParserVerdict<T> {
  if (verdict.valid) return { accepted: true, value: verdict.value };
  return { accepted: false, message: 'The value does not match its schema', issues: toValidationIssues(verdict.issues), value };
}
