import { isBlankFrom } from './lineCursor.js';

/** Whether a text is link reference definitions and nothing else. Linear in the text. */
export function isDefinitions(text: string): boolean {
  let index = 0;
  while (index < text.length) {
    const end = definitionEnd(text, index);
    if (end < 0) return false;
    index = end;
  }
  return text !== '';
}

/** The index of the line after a definition; -1 if there is none at the beginning of the line. */
function definitionEnd(text: string, from: number): number {
  const label = labelEnd(text, skipSpace(text, from));
  if (label < 0 || text[label] !== ':') return -1;
  const destination = destinationEnd(text, skipSpace(text, label + 1));
  if (destination < 0) return -1;
  const space = skipSpace(text, destination);
  // A title that is not valid is none, if it begins on a line of its own.
  const title = space > destination ? titleEnd(text, space) : -1;
  const end = title < 0 ? -1 : lineEnd(text, title);
  return end < 0 ? lineEnd(text, destination) : end;
}

function labelEnd(text: string, from: number): number {
  if (text[from] !== '[') return -1;
  let hasContent = false;
  for (let index = from + 1; index < text.length && index - from <= 1_000; index++) {
    const character = text[index];
    if (character === ']') return hasContent ? index + 1 : -1;
    if (character === '[') return -1;
    if (character === '\\') index++;
    hasContent ||= !/\s/.test(character ?? '');
  }
  return -1;
}

function destinationEnd(text: string, from: number): number {
  if (text[from] === '<') {
    const end = endOfQuoted(text, from, '>');
    return end > 0 && !/[\n<]/.test(text.slice(from + 1, end)) ? end : -1;
  }
  let index = from;
  while (index < text.length && text.charCodeAt(index) > 32) index++;
  return index === from ? -1 : index;
}

function titleEnd(text: string, from: number): number {
  const quote = text[from];
  if (quote === '"' || quote === "'") return endOfQuoted(text, from, quote);
  return quote === '(' ? endOfQuoted(text, from, ')') : -1;
}

/** The index after the next such character that no backslash precedes. */
function endOfQuoted(text: string, from: number, closing: string): number {
  for (let index = from + 1; index < text.length; index++) {
    if (text[index] === closing) return index + 1;
    if (text[index] === '\\') index++;
  }
  return -1;
}

/** The index of the next line, if nothing but white space is left of this one. */
function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  const end = newline < 0 ? text.length : newline;
  return isBlankFrom(text.slice(from, end), 0) ? Math.min(end + 1, text.length) : -1;
}

function skipSpace(text: string, from: number): number {
  let index = from;
  while (index < text.length && ' \t\n'.includes(text[index] ?? '')) index++;
  return index;
}
