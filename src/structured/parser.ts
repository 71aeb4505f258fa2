import type { ValidationIssue } from '../errors.js';

/** One way to read the whole text of an answer. */
export interface Parser<Format extends string = string, Value = unknown> {
  /** The name of what it reads. */
  readonly format: Format;
  /**
   * Reads a text, at once or later.
   * @param truncated The stream ended before the answer did.
   */
  parse(text: string, truncated: boolean): ParserVerdict<Value> | PromiseLike<ParserVerdict<Value>>;
}

/** What a parser makes of a text, or why it does not take it. */
export type ParserVerdict<Value> =
  | { readonly accepted: true; readonly value: Value }
  | ({ readonly accepted: false } & ParserObjection);

/** Why a text is not what a parser reads. */
export interface ParserObjection {
  readonly message: string;
  /** Where, in UTF-16 code units from the beginning of the text, if it is known. */
  readonly offset?: number | undefined;
  /** The line, counted from 1, if it is known. */
  readonly line?: number | undefined;
  /** What a schema objects to. */
  readonly issues?: readonly ValidationIssue[] | undefined;
  /** What was read before the fault, or what the schema refused. */
  readonly value?: unknown;
  readonly cause?: unknown;
}
