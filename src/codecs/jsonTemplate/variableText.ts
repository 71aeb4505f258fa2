// Reads variables, and the constant text between them, in place: each function returns an index, a text or a boolean, and allocates nothing else.

const quote = 34;
const space = 32;
const zero = 48;
const nine = 57;
const backslash = 92;
const closingBrace = 125;

/** Returns where the characters that need no unescaping end. */
export function endOfPlainCharacters(text: string, from: number): number {
  let at = from;
  for (let character = text.charCodeAt(at); isPlainCharacter(character); character = text.charCodeAt(at)) at++;
  return at;
}

/** NaN, the code at the end of the text, is not plain either. */
function isPlainCharacter(character: number): boolean {
  return character >= space && character !== quote && character !== backslash;
}

/** Returns the index of a string's closing quote, from where its first plain characters end; negative if it is not JSON. */
export function endOfString(text: string, plainEnd: number): number {
  let at = plainEnd;
  while (text.charCodeAt(at) === backslash) {
    const length = lengthOfEscape(text, at);
    if (length === 0) return -1;
    at = endOfPlainCharacters(text, at + length);
  }
  return text.charCodeAt(at) === quote ? at : -1;
}

/** Returns the length of an escape sequence, or 0 if it is invalid. */
function lengthOfEscape(text: string, at: number): number {
  if (text[at + 1] === 'u') return /^[\da-f]{4}$/i.test(text.slice(at + 2, at + 6)) ? 6 : 0;
  return simpleEscapes.includes(text[at + 1] ?? ' ') ? 2 : 0;
}

const simpleEscapes = '"\\/bfnrt';

/** V8 copies slices up to this length; a longer slice keeps the whole chunk alive. */
const longestCopy = 12;

/** Returns the text between two quotes. */
export function readQuotedText(text: string, from: number, end: number, isPlain: boolean): string {
  if (isPlain && end - from <= longestCopy) return text.slice(from, end);
  return JSON.parse(text.slice(from - 1, end + 1)) as string;
}

/** Integers of at most 15 digits are exact in a double. */
const maxDigits = 15;

/** Returns where an integer without a sign ends; negative if it is not JSON, or only JSON.parse can read it exactly. */
export function endOfNumber(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at++;
  const length = at - from;
  const isPadded = length > 1 && text.charCodeAt(from) === zero;
  return length === 0 || length > maxDigits || isPadded ? -1 : at;
}

function isDigit(character: number): boolean {
  return character >= zero && character <= nine;
}

/** Up to this length a loop beats a slice. Longer slices are compared many characters at a time, which `startsWith` does not do. */
const fewCharacters = 4;

/** Whether a text has this constant between two indices. */
export function matchesAt(constant: string, text: string, from: number, end: number): boolean {
  if (constant.length > fewCharacters) return text.slice(from, end) === constant;
  for (let index = 0; index < constant.length; index++) {
    if (text.charCodeAt(from + index) !== constant.charCodeAt(index)) return false;
  }
  return true;
}

/** Returns where an object ends of which only blanks and the last brace remain; negative if anything else follows. */
export function endOfObject(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === space) at++;
  return text.charCodeAt(at) === closingBrace ? at + 1 : -1;
}
