import { type ParserVerdict, validateVerdict } from '../structured/parser.js';
import { isPromiseLike } from '../structured/standardSchema.js';
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
      const verdict = validateVerdict(attempt.read(), rules.schema);
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
