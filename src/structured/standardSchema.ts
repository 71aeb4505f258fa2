import type { ValidationIssue } from '../errors.js';

/**
 * Any schema that implements Standard Schema 1 (zod, valibot, arktype and others): the part of its interface that we call.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | PromiseLike<StandardResult<Output>>;
  };
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** @throws TypeError if it is given and does not implement Standard Schema. */
export function checkSchema(name: string, schema: unknown): void {
  if (schema === undefined) return;
  // Some libraries' schemas are functions.
  const holder = (typeof schema === 'object' || typeof schema === 'function') && schema;
  if (!holder || !('~standard' in holder)) throw new TypeError(`${name} must be a Standard Schema (zod, valibot, arktype, …)`);
}

/** The output of a schema for a valid value, or its issues. */
export type Verdict<Output> =
  | { readonly valid: true; readonly value: Output }
  | { readonly valid: false; readonly issues: readonly StandardIssue[] };

/**
 * Validates a value, synchronously where the schema is synchronous. What the schema throws or rejects with, for instance in a transform, is
 * an issue.
 */
export function validateWith<Output>(
  schema: StandardSchema<Output>,
  value: unknown,
): Verdict<Output> | PromiseLike<Verdict<Output>> {
  try {
    const result = schema['~standard'].validate(value);
    return isPromiseLike(result) ? result.then(toVerdict, toFailure) : toVerdict(result);
  } catch (error) {
    return toFailure(error);
  }
}

/** Issues as plain data, the same for every library. */
export function toValidationIssues(issues: readonly StandardIssue[]): readonly ValidationIssue[] {
  return Array.from(issues, (issue) => ({ message: issue.message, path: pathOf(issue) }));
}

/** The first issue and its path, in one line, and the number of the others. */
export function describeIssues(issues: readonly StandardIssue[]): string {
  const [first, ...others] = issues;
  const path = first && pathOf(first).map(String).join('.');
  const where = path ? ` (at ${path})` : '';
  const more = others.length > 0 ? `, and ${others.length} more` : '';
  return `${first?.message ?? 'Invalid'}${where}${more}`;
}

/** The path of an issue as plain keys: some libraries give each part as an object that holds the key. */
export function pathOf({ path = [] }: StandardIssue): readonly PropertyKey[] {
  // Not `map`: it would make an array of the library's own class, and arktype's class reads a length of 0 as the key 0.
  return Array.from(path, (part) => (typeof part === 'object' ? part.key : part));
}

export function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function toVerdict<Output>(result: StandardResult<Output>): Verdict<Output> {
  return result.issues ? { valid: false, issues: result.issues } : { valid: true, value: result.value };
}

function toFailure(error: unknown): { readonly valid: false; readonly issues: readonly StandardIssue[] } {
  return { valid: false, issues: [{ message: error instanceof Error ? error.message : String(error) }] };
}
