import { concatMap, from, map, type Observable, type OperatorFunction, of } from 'rxjs';
import { ValidationError } from '../errors.js';
import {
  checkSchema,
  isPromiseLike,
  type StandardSchema,
  toValidationIssues,
  type Verdict,
  validateWith,
} from '../structured/standardSchema.js';

export type { StandardSchema } from '../structured/standardSchema.js';

/**
 * Validates each value by a schema, and emits its output.
 *
 *     source   -a---b---|
 *     result   -A---#        the schema makes A of a; b is not valid
 *
 * A synchronous schema is not awaited. Values are emitted in the order of the source.
 *
 * @emitsError {@link ValidationError} with `issues` and the `value`, also when the schema throws or rejects.
 * @unsubscribe Discards a pending validation.
 *
 * @reset Reads values, not events: handle a reset before it.
 * @cost One call of the schema for each value. Holds the values that wait while the schema is pending.
 * @param schema Any Standard Schema: zod, valibot, arktype and others.
 * @throws TypeError at call time if it is not a Standard Schema.
 * @see https://standardschema.dev
 * @example events$.pipe(parseJsonOnComplete(), validate(z.object({ name: z.string() })))
 */
export function validate<Output>(schema: StandardSchema<Output>): OperatorFunction<unknown, Output> {
  if (schema === undefined) throw new TypeError('validate: give a schema');
  checkSchema('schema', schema);
  return concatMap((value): Observable<Output> => {
    const verdict = validateWith(schema, value);
    if (!isPromiseLike(verdict)) return of(unwrap(verdict, value));
    return from(verdict).pipe(map((settled) => unwrap(settled, value)));
  });
}

function unwrap<Output>(verdict: Verdict<Output>, value: unknown): Output {
  if (verdict.valid) return verdict.value;
  throw new ValidationError(toValidationIssues(verdict.issues), value);
}
