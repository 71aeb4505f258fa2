import type { ParserVerdict } from '../structured/parser.js';
import { describeIssues, isPromiseLike, type Verdict, validateWith } from '../structured/standardSchema.js';
import { toValidationIssues } from '../structured/validationQueue.js';
import { type Attempt, attempts } from './attempts.js';
import type { ToonRules } from './toonOptions.js';
import type { ToonRefusal } from './toonResult.js';

/** What a text is, or `undefined` for none of the formats, and why it was not taken for another one before. */
export interface Decision<Value> {
  readonly taken: { readonly format: 'toon' | 'json'; readonly value: Value } | undefined;
  readonly errors: readonly ToonRefusal[];
}

/** Reads a text in the first way that fits and that the schema, if there is one, finds valid. Gives a promise only if the schema does. */
export function decide<Value>(
  text: string,
  truncated: boolean,
  formats: readonly ('toon' | 'json')[],
  rules: ToonRules<Value>,
): Decision<Value> | PromiseLike<Decision<Value>> {
  const errors: ToonRefusal[] = [];
  if (truncated && !rules.salvage) return { taken: undefined, errors };
  const remaining = attempts(text, truncated, rules);

  function tryNext(): Decision<Value> | PromiseLike<Decision<Value>> {
    for (let step = remaining.next(); !step.done; step = remaining.next()) {
      const attempt = step.value;
      if (!formats.includes(attempt.format)) continue;
      const verdict = judge(attempt, rules);
      if (isPromiseLike(verdict)) return verdict.then((settled) => conclude(attempt, settled) ?? tryNext());
      const decision = conclude(attempt, verdict);
      if (decision) return decision;
    }
    return { taken: undefined, errors };
  }

  function conclude({ format }: Attempt, verdict: ParserVerdict<Value>): Decision<Value> | undefined {
    if (verdict.accepted) return { taken: { format, value: verdict.value }, errors };
    const { accepted: _, ...objection } = verdict;
    errors.push({ format, ...objection });
    return undefined;
  }

  return tryNext();
}

function judge<Value>(attempt: Attempt, { schema }: ToonRules<Value>): ParserVerdict<Value> | PromiseLike<ParserVerdict<Value>> {
  const read = attempt.read();
  if (!read.accepted || !schema) return read as ParserVerdict<Value>;
  const verdict = validateWith(schema, read.value);
  const settle = (settled: Verdict<Value>): ParserVerdict<Value> => toParserVerdict(settled, read.value);
  return isPromiseLike(verdict) ? verdict.then(settle) : settle(verdict);
}

function toParserVerdict<Value>(verdict: Verdict<Value>, value: unknown): ParserVerdict<Value> {
  if (verdict.valid) return { accepted: true, value: verdict.value };
  const { issues } = verdict;
  return { accepted: false, message: describeIssues(issues), issues: toValidationIssues(issues), value };
}
