import { type Choice, chooseCandidate } from '../structured/chooseCandidate.js';
import { isPromiseLike } from '../structured/standardSchema.js';
import { type Candidate, findCandidates } from './candidates.js';
import type { ToonRules } from './toonOptions.js';
import type { ToonRefusal } from './toonResult.js';

/** The outcome of reading a text: its value, and why other candidates were rejected. */
export interface Decision<Value> {
  /** Undefined if no candidate was accepted, or several of one kind. */
  readonly match: { readonly format: 'toon' | 'json'; readonly value: Value } | undefined;
  /** The rejections in order, then what is wrong with a value that was read loosely. */
  readonly errors: readonly ToonRefusal[];
}

/**
 * Chooses among the candidates of a text: the value of the best kind that can be read and is valid by the schema, if there is one. Returns a
 * promise only if the schema does.
 */
export function decideFormat<Value>(
  text: string,
  truncated: boolean,
  formats: readonly ('toon' | 'json')[],
  rules: ToonRules<Value>,
): Decision<Value> | PromiseLike<Decision<Value>> {
  if (truncated && !rules.salvage) return { match: undefined, errors: [] };
  const choice = chooseCandidate(wantedCandidates(text, truncated, formats, rules), rules.schema);
  return isPromiseLike(choice) ? choice.then(toDecision<Value>) : toDecision(choice);
}

function* wantedCandidates(
  text: string,
  truncated: boolean,
  formats: readonly ('toon' | 'json')[],
  rules: ToonRules<unknown>,
): Generator<Candidate> {
  for (const candidate of findCandidates(text, truncated, rules)) if (formats.includes(candidate.format)) yield candidate;
}

function toDecision<Value>({ accepted, rejected }: Choice<Candidate, Value>): Decision<Value> {
  const errors = rejected.map(({ candidate: { format }, objection }): ToonRefusal => ({ format, ...objection }));
  const [first, second] = accepted;
  if (!first) return { match: undefined, errors };
  const { format, deviations } = first.candidate;
  if (second) {
    const values = accepted.map(({ value }) => value);
    const message = `Expected one document, got ${accepted.length} of the same kind`;
    return { match: undefined, errors: [...errors, { format, message, value: values }] };
  }
  const others = deviations.filter(({ message, line }) => !errors.some((one) => one.message === message && one.line === line));
  return { match: { format, value: first.value }, errors: [...errors, ...others] };
}
