/** What stands in and between the holes of JSON texts: where it ends, and what it says. */
const quote = 34;
const space = 32;
const zero = 48;
const nine = 57;
const backslash = 92;
const closingBrace = 125;

/** Where characters end that stand for themselves. */
export function endOfPlain(text: string, from: number): number {
  let at = from;
  for (let character = text.charCodeAt(at); isPlainCharacter(character); character = text.charCodeAt(at)) at++;
  return at;
}

/** False at the end of the text too. */
function isPlainCharacter(character: number): boolean {
  return character >= space && character !== quote && character !== backslash;
}

/** A text's closing quote, from where its plain characters end; negative if it is not JSON. */
export function endOfText(text: string, plainEnd: number): number {
  let at = plainEnd;
  while (text.charCodeAt(at) === backslash) {
    const length = lengthOfEscape(text, at);
    if (length === 0) return -1;
    at = endOfPlain(text, at + length);
  }
  return text.charCodeAt(at) === quote ? at : -1;
}

/** 0 for one that does not exist. */
function lengthOfEscape(text: string, at: number): number {
  if (text[at + 1] === 'u') return /^[\da-f]{4}$/i.test(text.slice(at + 2, at + 6)) ? 6 : 0;
  return simpleEscapes.includes(text[at + 1] ?? ' ') ? 2 : 0;
}

const simpleEscapes = '"\\/bfnrt';

/** A slice of so many characters is no copy: it keeps its whole chunk alive. */
const longestCopy = 12;

/** What the characters between two quotes say. */
export function readText(text: string, from: number, end: number, isPlain: boolean): string {
  if (isPlain && end - from <= longestCopy) return text.slice(from, end);
  return JSON.parse(text.slice(from - 1, end + 1)) as string;
}

/** So many digits are exact. */
const mostDigits = 15;

/** Where a whole number without a sign ends; negative for what is none in JSON, or may need more care. */
export function endOfNumber(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at++;
  const length = at - from;
  const isPadded = length > 1 && text.charCodeAt(from) === zero;
  return length === 0 || length > mostDigits || isPadded ? -1 : at;
}

function isDigit(character: number): boolean {
  return character >= zero && character <= nine;
}

/** Slices are compared many characters at a time, which `startsWith` does not do; for a few, that is not worth a slice. */
const fewCharacters = 4;

/** Whether a text is just this between two places. */
export function stands(piece: string, text: string, from: number, end: number): boolean {
  if (piece.length > fewCharacters) return text.slice(from, end) === piece;
  for (let index = 0; index < piece.length; index++) {
    if (text.charCodeAt(from + index) !== piece.charCodeAt(index)) return false;
  }
  return true;
}

/** Where an object ends of which only blanks and the last brace are left; negative if there is more. */
export function endOfObject(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === space) at++;
  return text.charCodeAt(at) === closingBrace ? at + 1 : -1;
}
