import { ToonSyntaxError } from './syntaxError.js';
import { closingQuote, indexOutsideQuotes, trimSpaces, unescapeText } from './text.js';

/** A key and the text after its colon. */
export interface KeyedText {
  readonly key: string;
  readonly rest: string;
}

/** @throws ToonSyntaxError if the line has no key with a colon after it. */
export function readKeyedText(content: string): KeyedText {
  const quoted = content.startsWith('"');
  const keyEnd = quoted ? closingQuote(content, 0) : indexOutsideQuotes(content, ':');
  if (keyEnd < 0) throw new ToonSyntaxError(quoted ? 'Expected a closing quote' : 'Expected a colon after the key');
  if (!quoted) return { key: trimSpaces(content.slice(0, keyEnd)), rest: trimSpaces(content.slice(keyEnd + 1)) };
  const after = trimSpaces(content.slice(keyEnd + 1));
  if (!after.startsWith(':')) throw new ToonSyntaxError('Expected a colon after the key');
  return { key: unescapeText(content.slice(1, keyEnd)), rest: trimSpaces(after.slice(1)) };
}
