import { encode } from '@toon-format/toon';
import { readPrimitive } from '../codecs/toon/cells.js';
import { closingQuote } from '../codecs/toon/text.js';
import type { JsonValue } from '../events.js';

/** The form that a document must have to count as TOON. Each form includes the one before it. */
export type ToonForm = 'header' | 'canonical' | 'keys';

const plainKey = /^[A-Za-z_][\w.]*/;
const header = /^\[\d+:?[\t|]?\](?:\{[^\n]*\})?:/;
const bareHeader = /^\[\d+:?[\t|]?\](?:\{[^\n]*\})?: *$/;
const tableHeader = /^\[\d+:?[\t|]?\]\{[^\n]*\}: *\r?$/;
const loneSurrogate = /\p{Surrogate}/u;

/** Whether a document may begin with this line, at any indentation: it is a header, which prose never is. */
export function isFirstHeader(line: string): boolean {
  const content = line.replace(/^ +/, '');
  const end = keyEnd(content);
  return end > 0 ? header.test(content.slice(end)) : bareHeader.test(content);
}

/** Whether it is the header of a table with fields, at any indentation, which no other language has. */
export function isTableHeader(line: string): boolean {
  const content = line.replace(/^ *(?:- )?/, '');
  return tableHeader.test(content.slice(keyEnd(content)));
}

/** Whether a line without indentation begins with a key or a header. */
export function isTopLine(line: string): boolean {
  const end = keyEnd(line);
  return end > 0 ? /[:[]/.test(line.charAt(end)) : /^\[\d/.test(line);
}

export function isHeader(line: string): boolean {
  const content = line.replace(/^ *(?:- )?/, '');
  return header.test(content.slice(keyEnd(content)));
}

/** The end of the plain or quoted key at the beginning of a line; 0 if there is none. A pattern for long quoted keys would overflow the stack. */
export function keyEnd(line: string): number {
  return line.startsWith('"') ? closingQuote(line, 0) + 1 : (plainKey.exec(line)?.[0].length ?? 0);
}

/** Whether a text may be TOON. A text that starts with a bracket may only if that begins an array header at the root. */
export function startsLikeToon(text: string): boolean {
  const trimmed = text.trim();
  return !/^[[{]/.test(trimmed) || header.test(trimmed) || trimmed === '[]';
}

/** Whether a text may be a JSON object or array. A text with a TOON header at the root is neither. */
export function startsLikeJson(text: string): boolean {
  const trimmed = text.trim();
  return /^[[{]/.test(trimmed) && !header.test(trimmed);
}

/**
 * Returns why a document that decodes does not have the form; undefined if it has. Most ordinary prose decodes, so decoding alone proves
 * nothing.
 */
export function describeMismatch(form: ToonForm, text: string, value: JsonValue): string | undefined {
  if (typeof value !== 'object' || value === null) return 'A single primitive, as any line of prose is';
  const lines = meaningfulLines(text);
  if (form === 'keys') return hasPlainKeys(lines) ? undefined : 'A key is neither an identifier nor quoted';
  if (lines.some(isHeader) && hasPlainKeys(lines)) return undefined;
  if (form === 'header') return 'No array header under plain keys';
  if (!isCanonical(lines, value)) return 'Neither an array header under plain keys nor the canonical form';
  return isOrdinary(text, lines, value) ? 'Canonical by the letter, and as people write' : undefined;
}

function hasPlainKeys(lines: readonly string[]): boolean {
  return lines.length > 0 && lines.every((line) => line.startsWith(' ') || isTopLine(line));
}

function isCanonical(lines: readonly string[], value: JsonValue): boolean {
  const document = lines.join('\n');
  // The encoder throws for a lone surrogate.
  return !loneSurrogate.test(document) && encode(value) === document;
}

/**
 * Whether a canonical document is also ordinary writing, and so proves nothing: one `key: value` line, only words (`Breakfast: porridge`,
 * `Lunch: soup`), lines with only capitalized labels (`Total: 42`) or with a value of several words (`author: A. Writer`), or a heading above
 * lines of which none is quoted.
 */
function isOrdinary(text: string, lines: readonly string[], value: object): boolean {
  if (lines.length < 2) return true;
  if (/^#/.test(text.trimStart()) && !lines.some((line) => line.includes('"'))) return true;
  if (lines.every((line) => /: *$/.test(line) || isWord(line))) return true;
  const cells = Object.values(value);
  const flat = cells.every((cell) => typeof cell !== 'object' || cell === null);
  return (
    flat &&
    (cells.some((cell) => typeof cell === 'string' && /\S \S/.test(cell)) ||
      Object.keys(value).every((key) => /^[A-Z]/.test(key)))
  );
}

/** Whether the value after the key is a string without quotes. */
function isWord(line: string): boolean {
  const content = line.slice(line.indexOf(':') + 1);
  return typeof readPrimitive(content) === 'string' && !content.includes('"');
}

/** The lines other than comments and blank lines. */
function meaningfulLines(text: string): readonly string[] {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  return lines.map((line) => line.trimEnd()).filter((line) => line !== '' && !/^ *#/.test(line));
}
