import type { JsonValue } from '../events.js';
import type { Parser, ParserObjection, ParserVerdict } from '../structured/parser.js';
import { isPromiseLike } from '../structured/standardSchema.js';
import { type Decision, decideFormat } from './decideFormat.js';
import { checkToonOptions, type ToonOptions } from './toonOptions.js';
import type { ToonRefusal } from './toonResult.js';

export type { ToonOptions } from './toonOptions.js';

/**
 * A parser for `parseOnComplete` that reads a text as TOON, in a fence or as a whole, by the rules of {@link parseToonOnComplete}.
 *
 * A cut text is rejected unless `salvage` is set, because a cut document cannot be distinguished from a whole one.
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
      const convert = (decision: Decision<Value>): ParserVerdict<Value> =>
        toVerdict(decision, { cut: truncated && !rules.salvage, strict: rules.strict });
      const decision = decideFormat(text, truncated, ['toon'], rules);
      return isPromiseLike(decision) ? decision.then(convert) : convert(decision);
    },
  };
}

interface Rules {
  /** The text is cut, and not to be salvaged. */
  readonly cut: boolean;
  readonly strict: boolean;
}

/** Reports the first objection: a fence, where the document was expected, is tried before the text around it. */
function toVerdict<Value>({ match, errors }: Decision<Value>, { cut, strict }: Rules): ParserVerdict<Value> {
  const [first] = errors;
  if (match) return { accepted: true, value: match.value, ...(!strict && { deviations: errors.map(withoutFormat) }) };
  if (!first) return { accepted: false, message: cut ? 'The text is cut' : 'Nothing in the text may be TOON' };
  return { accepted: false, ...withoutFormat(first) };
}

function withoutFormat({ format: _, ...objection }: ToonRefusal): ParserObjection {
  return objection;
}
