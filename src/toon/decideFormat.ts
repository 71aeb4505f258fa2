import { type ParserVerdict, validateVerdict } from '../structured/parser.js';
import { isPromiseLike } from '../structured/standardSchema.js';
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
      const verdict = validateVerdict(candidate.read(), rules.schema);
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
