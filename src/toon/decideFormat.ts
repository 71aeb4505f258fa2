import type { ParserVerdict } from '../structured/parser.js';
import { describeIssues, isPromiseLike, type Verdict, validateWith } from '../structured/standardSchema.js';
import { toValidationIssues } from '../structured/validationQueue.js';
import { type Candidate, findCandidates } from './candidates.js';
import type { ToonRules } from './toonOptions.js';
import type { ToonRefusal } from './toonResult.js';

/** The outcome of reading a text: the first accepted candidate, and why the ones before it were rejected. */
export interface Decision<Value> {
  /** Undefined if no candidate was accepted. */
  readonly match: { readonly format: 'toon' | 'json'; readonly value: Value } | undefined;
  readonly errors: readonly ToonRefusal[];
}

/**
 * Tries the candidates of a text in order, until one can be read and is valid by the schema, if there is one. Returns a promise only if the
 * schema does.
 */
export function decideFormat<Value>(
  text: string,
  truncated: boolean,
  formats: readonly ('toon' | 'json')[],
  rules: ToonRules<Value>,
): Decision<Value> | PromiseLike<Decision<Value>> {
  const errors: ToonRefusal[] = [];
  if (truncated && !rules.salvage) return { match: undefined, errors };
  const candidates = findCandidates(text, truncated, rules);

  function tryNext(): Decision<Value> | PromiseLike<Decision<Value>> {
    for (let next = candidates.next(); !next.done; next = candidates.next()) {
      const candidate = next.value;
      if (!formats.includes(candidate.format)) continue;
      const verdict = readAndValidate(candidate, rules);
      if (isPromiseLike(verdict)) return verdict.then((resolved) => conclude(candidate, resolved) ?? tryNext());
      const decision = conclude(candidate, verdict);
      if (decision) return decision;
    }
    return { match: undefined, errors };
  }

  function conclude({ format }: Candidate, verdict: ParserVerdict<Value>): Decision<Value> | undefined {
    if (verdict.accepted) return { match: { format, value: verdict.value }, errors };
    const { accepted: _, ...objection } = verdict;
    errors.push({ format, ...objection });
    return undefined;
  }

  return tryNext();
}

function readAndValidate<Value>(
  candidate: Candidate,
  { schema }: ToonRules<Value>,
): ParserVerdict<Value> | PromiseLike<ParserVerdict<Value>> {
  const read = candidate.read();
  if (!read.accepted || !schema) return read as ParserVerdict<Value>;
  const verdict = validateWith(schema, read.value);
  const convert = (resolved: Verdict<Value>): ParserVerdict<Value> => toParserVerdict(resolved, read.value);
  return isPromiseLike(verdict) ? verdict.then(convert) : convert(verdict);
}

function toParserVerdict<Value>(verdict: Verdict<Value>, value: unknown): ParserVerdict<Value> {
  if (verdict.valid) return { accepted: true, value: verdict.value };
  const { issues } = verdict;
  return { accepted: false, message: describeIssues(issues), issues: toValidationIssues(issues), value };
}
