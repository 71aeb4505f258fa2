import type { JsonValue } from '../events.js';
import { type ParserObjection, type ParserVerdict, validateVerdict } from './parser.js';
import { isPromiseLike, type StandardSchema } from './standardSchema.js';

/** A piece of an answer that may be its value. */
export interface AnswerCandidate {
  /** Of two candidates the one of the higher kind is the value. */
  readonly kind: number;
  read(): ParserVerdict<JsonValue>;
}

/** A candidate that was read, and its value. */
export interface AcceptedCandidate<Candidate, Value> {
  readonly candidate: Candidate;
  readonly value: Value;
}

export interface RejectedCandidate<Candidate> {
  readonly candidate: Candidate;
  readonly objection: ParserObjection;
}

export interface Choice<Candidate, Value> {
  /** The values of the best kind that has any: one is the answer, several are ambiguous. */
  readonly accepted: readonly AcceptedCandidate<Candidate, Value>[];
  /** Why the candidates before them were rejected. */
  readonly rejected: readonly RejectedCandidate<Candidate>[];
}

/**
 * Reads candidates, the best kind first, up to the end of the first kind that has a value. With a schema, a value is what it accepts.
 * Returns a promise only if the schema does.
 */
export function chooseCandidate<Candidate extends AnswerCandidate, Value>(
  candidates: Iterable<Candidate>,
  schema: StandardSchema<Value> | undefined,
): Choice<Candidate, Value> | PromiseLike<Choice<Candidate, Value>> {
  const remaining = candidates[Symbol.iterator]();
  const accepted: AcceptedCandidate<Candidate, Value>[] = [];
  const rejected: RejectedCandidate<Candidate>[] = [];

  function tryNext(): Choice<Candidate, Value> | PromiseLike<Choice<Candidate, Value>> {
    for (let next = remaining.next(); !next.done; next = remaining.next()) {
      const candidate = next.value;
      if (accepted[0] && candidate.kind < accepted[0].candidate.kind) break;
      const verdict = validateVerdict(candidate.read(), schema);
      if (isPromiseLike(verdict)) {
        return verdict.then((settled) => {
          note(candidate, settled);
          return tryNext();
        });
      }
      note(candidate, verdict);
    }
    return { accepted, rejected };
  }

  function note(candidate: Candidate, verdict: ParserVerdict<Value>): void {
    if (verdict.accepted) accepted.push({ candidate, value: verdict.value });
    else {
      const { accepted: _, ...objection } = verdict;
      rejected.push({ candidate, objection });
    }
  }

  return tryNext();
}
