import type { JsonValue } from '../events.js';
import type { Parser, ParserVerdict } from '../structured/parser.js';
import { isPromiseLike } from '../structured/standardSchema.js';
import { type Decision, decide } from './decide.js';
import { checkToonOptions, type ToonOptions } from './toonOptions.js';

export type { ToonOptions } from './toonOptions.js';

/**
 * Reads a text as TOON, in a fence or as a whole, for `parseOnComplete`: what {@link parseToonOnComplete} takes for TOON, it takes too.
 *
 * A text that was cut is refused unless `salvage` is set, because no rule can tell a cut document from a whole one.
 *
 * @throws TypeError at call time for an unknown option or value.
 * @see https://github.com/toon-format/spec
 * @example events$.pipe(parseOnComplete(toon(), json(), text()))
 */
export function toon<Value = JsonValue>(options: ToonOptions<Value> = {}): Parser<'toon', Value> {
  const rules = checkToonOptions('toon', options);
  return {
    format: 'toon',
    parse(text, truncated) {
      const settle = (decision: Decision<Value>): ParserVerdict<Value> => toVerdict(decision, truncated && !rules.salvage);
      const decision = decide(text, truncated, ['toon'], rules);
      return isPromiseLike(decision) ? decision.then(settle) : settle(decision);
    },
  };
}

/** Of several objections the first counts: a fence, where the document was expected, comes before the text around it. */
function toVerdict<Value>({ taken, errors: [first] }: Decision<Value>, cut: boolean): ParserVerdict<Value> {
  if (taken) return { accepted: true, value: taken.value };
  if (!first) return { accepted: false, message: cut ? 'The text is cut' : 'Nothing in the text may be TOON' };
  const { format: _, ...objection } = first;
  return { accepted: false, ...objection };
}
