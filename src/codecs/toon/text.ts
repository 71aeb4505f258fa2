import { ToonSyntaxError } from './syntaxError.js';

const space = 32;
const quote = 34;
const backslash = 92;

const escapes: ReadonlyMap<string, string> = new Map(Object.entries({ n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"' }));
const unicodeEscape = /^[0-9a-f]{4}$/i;
const surrogate = /^d[89a-f]/i;

/** Removes spaces at both ends. Other white space is part of a token: https://github.com/toon-format/spec/blob/main/SPEC.md (12) */
export function trimSpaces(text: string): string {
  let from = 0;
  let end = text.length;
  while (from < end && text.charCodeAt(from) === space) from++;
  while (end > from && text.charCodeAt(end - 1) === space) end--;
  return end - from === text.length ? text : text.slice(from, end);
}

/** Returns the index of the first occurrence of a character outside double quotes, or -1. */
export function indexOutsideQuotes(text: string, character: string, from = 0): number {
  const first = text.indexOf(character, from);
  if (first < 0) return -1;
  const firstQuote = text.indexOf('"', from);
  if (firstQuote < 0 || first < firstQuote) return first;
  const wanted = character.charCodeAt(0);
  let quoted = true;
  for (let index = firstQuote + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === quote) quoted = !quoted;
    else if (quoted) index += code === backslash ? 1 : 0;
    else if (code === wanted) return index;
  }
  return -1;
}

/** Returns the index of the closing quote for an opening quote, or -1. */
export function closingQuote(text: string, opening: number): number {
  for (let index = opening + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === quote) return index;
    if (code === backslash) index++;
  }
  return -1;
}

/** Reads a name or a string cell: quoted as a whole, or literal. */
export function readString(token: string): string {
  if (token.charCodeAt(0) !== quote) return token;
  const end = closingQuote(token, 0);
  if (end < 0) throw new ToonSyntaxError('Expected a closing quote');
  if (end < token.length - 1) throw new ToonSyntaxError('Expected nothing after the closing quote');
  return unescapeText(token.slice(1, end));
}

export function unescapeText(text: string): string {
  let unescaped = '';
  let from = 0;
  for (let index = text.indexOf('\\'); index >= 0; index = text.indexOf('\\', from)) {
    const letter = text.charAt(index + 1);
    unescaped += text.slice(from, index) + (letter === 'u' ? readUnicode(text, index + 2) : readEscape(letter));
    from = index + (letter === 'u' ? 6 : 2);
  }
  return from === 0 ? text : unescaped + text.slice(from);
}

function readEscape(letter: string): string {
  const meaning = escapes.get(letter);
  if (meaning === undefined) throw new ToonSyntaxError('Expected an escape sequence');
  return meaning;
}

function readUnicode(text: string, from: number): string {
  const digits = text.slice(from, from + 4);
  if (!unicodeEscape.test(digits)) throw new ToonSyntaxError('Expected four hexadecimal digits');
  if (surrogate.test(digits)) throw new ToonSyntaxError('Expected no escaped surrogate');
  return String.fromCharCode(Number.parseInt(digits, 16));
}
