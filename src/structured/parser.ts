import type { ValidationIssue } from '../errors.js';
import {
  describeIssues,
  isPromiseLike,
  type StandardSchema,
  toValidationIssues,
  type Verdict,
  validateWith,
} from './standardSchema.js';

/** One way to read the whole text of an answer. */
export interface Parser<Format extends string = string, Value = unknown> {
  /** The name of the format. */
  readonly format: Format;
  /**
   * Reads a text, synchronously or by a promise.
   * @param truncated The stream ended before the answer did.
   */
  parse(text: string, truncated: boolean): ParserVerdict<Value> | PromiseLike<ParserVerdict<Value>>;
}

/** The value that a parser has read from a text, or why it rejects the text. */
export type ParserVerdict<Value> =
  | {
      readonly accepted: true;
      readonly value: Value;
      /** What is wrong with the text although it was read. */
      readonly deviations?: readonly ParserObjection[];
    }
  | ({ readonly accepted: false } & ParserObjection);

/** Why a parser rejects a text. */
export interface ParserObjection {
  readonly message: string;
  /** The position of the fault in the text, in UTF-16 code units from 0, if it is known. */
  readonly offset?: number | undefined;
  /** The line of the fault, counted from 1, if it is known. */
  readonly line?: number | undefined;
  /** The issues of a schema that rejects the value. */
  readonly issues?: readonly ValidationIssue[] | undefined;
  /** What was read before the fault, or the value that the schema rejects. */
  readonly value?: unknown;
  readonly cause?: unknown;
}

/** Validates what a parser has read, if there is a schema. Returns a promise only if the schema does. */
export function validateVerdict<Value>(
  read: ParserVerdict<unknown>,
  schema: StandardSchema<Value> | undefined,
): ParserVerdict<Value> | PromiseLike<ParserVerdict<Value>> {
  // Without a schema the type of the value is what the caller declares.
  if (!read.accepted || !schema) return read as ParserVerdict<Value>;
  const verdict = validateWith(schema, read.value);
  const conclude = (settled: Verdict<Value>): ParserVerdict<Value> => toParserVerdict(settled, read.value);
  return isPromiseLike(verdict) ? verdict.then(conclude) : conclude(verdict);
}

function toParserVerdict<Value>(verdict: Verdict<Value>, value: unknown): ParserVerdict<Value> {
  if (verdict.valid) return { accepted: true, value: verdict.value };
  const { issues } = verdict;
  return { accepted: false, message: describeIssues(issues), issues: toValidationIssues(issues), value };
}
