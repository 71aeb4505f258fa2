import type { ToonDelimiter } from './cells.js';
import { readFields, type ToonField } from './fields.js';
import { ToonSyntaxError } from './syntaxError.js';
import { closingQuote, indexOutsideQuotes, readString, trimSpaces } from './text.js';

/** The declaration in a header line, for example `users[2|]{id|name}:`. */
export interface ToonHeader {
  /** `undefined` at the root and in a list item. */
  readonly key: string | undefined;
  readonly length: number;
  readonly delimiter: ToonDelimiter;
  /** Whether the rows are the entries of an object: `users[2:]{name}:`. */
  readonly keyed: boolean;
  /** The columns; `undefined` for anything but a table. */
  readonly fields: readonly ToonField[] | undefined;
  /** The values on the header line itself, '' if there are none. */
  readonly inline: string;
}

const bracket = /^(0|[1-9]\d*)(:?)([\t|]?)$/;

/**
 * Reads a line as the header of an array or a table. Returns `undefined` if it is not a header.
 *
 * @param strict Reject duplicate names in a list of fields.
 * @throws ToonSyntaxError for a malformed header, in both modes.
 */
export function readHeader(content: string, strict: boolean): ToonHeader | undefined {
  const opening = findBracket(content);
  if (opening < 0) return undefined;
  const closing = indexOutsideQuotes(content, ']', opening);
  const [, length, keyed, delimiterMark] = bracket.exec(content.slice(opening + 1, Math.max(closing, 0))) ?? [];
  if (closing < 0 || length === undefined) throw new ToonSyntaxError('Expected a whole number in brackets');
  const delimiter = toDelimiter(delimiterMark);
  const hasFields = content.charAt(closing + 1) === '{';
  const { fields, end } = hasFields
    ? readFields(content, closing + 2, { delimiter, strict, depth: 1 })
    : { fields: undefined, end: closing + 1 };
  if (content.charAt(end) !== ':') throw new ToonSyntaxError('Expected a colon right after the header');
  const inline = trimSpaces(content.slice(end + 1));
  if (keyed === ':' && !fields) throw new ToonSyntaxError('Expected fields in the header of a keyed table');
  if (fields && inline !== '') throw new ToonSyntaxError('Expected nothing after the header of a table');
  return { key: readKey(content.slice(0, opening)), length: Number(length), delimiter, keyed: keyed === ':', fields, inline };
}

/** Returns the index of the bracket with the length, or -1 if the line is not a header. */
function findBracket(content: string): number {
  const opening = content.startsWith('"') ? closingQuote(content, 0) + 1 : indexOutsideQuotes(content, '[');
  if (opening < 0 || content.charAt(opening) !== '[') return -1;
  const colon = indexOutsideQuotes(content, ':');
  return colon < opening ? -1 : opening;
}

function readKey(text: string): string | undefined {
  if (text === '') return undefined;
  if (/[ \t]$/.test(text)) throw new ToonSyntaxError('Expected the bracket right after the key');
  return readString(text);
}

function toDelimiter(mark: string | undefined): ToonDelimiter {
  return mark === '\t' || mark === '|' ? mark : ',';
}
