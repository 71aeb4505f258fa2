import { encode } from '@toon-format/toon';
import { closingQuote } from '../codecs/toon/text.js';
import type { JsonValue } from '../events.js';

/** Which documents count as TOON; each form admits all that the one before it does. */
export type ToonForm = 'header' | 'canonical' | 'keys';

const plainKey = /^[A-Za-z_][\w.]*/;
const header = /^\[\d+:?[\t|]?\](?:\{[^\n]*\})?:/;
const bareHeader = /^\[\d+:?[\t|]?\](?:\{[^\n]*\})?: *$/;
const loneSurrogate = /\p{Surrogate}/u;

/** Tells whether a document may begin with this line, wherever it is indented: a header that no prose has. */
export function isFirstHeader(line: string): boolean {
  const content = line.replace(/^ +/, '');
  const end = keyEnd(content);
  return end > 0 ? header.test(content.slice(end)) : bareHeader.test(content);
}

/** Tells whether a line without indentation begins with a plain key or a header. */
export function isTopLine(line: string): boolean {
  const end = keyEnd(line);
  return end > 0 ? /[:[]/.test(line.charAt(end)) : /^\[\d/.test(line);
}

function isHeader(line: string): boolean {
  const content = line.replace(/^ *(?:- )?/, '');
  return header.test(content.slice(keyEnd(content)));
}

/** Where the plain or quoted key ends with which a line begins; 0 if it begins with none. A pattern for long quoted keys takes too much stack. */
function keyEnd(line: string): number {
  return line.startsWith('"') ? closingQuote(line, 0) + 1 : (plainKey.exec(line)?.[0].length ?? 0);
}

/** Tells whether a text may be TOON: of those that start with a bracket, only the ones with an array header at the root may. */
export function startsLikeToon(text: string): boolean {
  const trimmed = text.trim();
  return !/^[[{]/.test(trimmed) || header.test(trimmed) || trimmed === '[]';
}

/** Tells whether a text may be a JSON object or array; with a TOON header at the root it cannot. */
export function startsLikeJson(text: string): boolean {
  const trimmed = text.trim();
  return /^[[{]/.test(trimmed) && !header.test(trimmed);
}

/**
 * Says why a document that decodes is still not taken for TOON; undefined if it is. Most ordinary prose decodes, so decoding alone proves
 * nothing.
 */
export function refuseForm(form: ToonForm, text: string, value: JsonValue): string | undefined {
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
  // The encoder throws at half a surrogate pair.
  return !loneSurrogate.test(document) && encode(value) === document;
}

/**
 * One `key: value` line, `Breakfast: porridge` above `Lunch: soup`, `Total: 42`, and a heading above such lines are canonical TOON, and what
 * people write: a flat object with nothing but words in it, or nothing but capitalized labels, proves nothing.
 */
function isOrdinary(text: string, lines: readonly string[], value: object): boolean {
  if (lines.length < 2 || /^#+ .*\n\s*\n/.test(text.trimStart())) return true;
  const cells = Object.values(value);
  const flat = cells.every((cell) => typeof cell !== 'object' || cell === null);
  return flat && (cells.every((cell) => typeof cell === 'string') || Object.keys(value).every((key) => /^[A-Z]/.test(key)));
}

/** The lines without comments and blanks. */
function meaningfulLines(text: string): readonly string[] {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  return lines.map((line) => line.trimEnd()).filter((line) => line !== '' && !/^ *#/.test(line));
}
