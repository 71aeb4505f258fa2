/** How a character counts beside a delimiter run. */
export type CharacterClass = 'space' | 'punctuation' | 'other';

const punctuation = /[\p{P}\p{S}]/u;
const whiteSpace = /\s/u;

/** A surrogate pair is asked for by its first half: the emoji are symbols, and most other pairs are letters. */
export function characterClass(code: number): CharacterClass {
  if (code >= 0xd83c && code <= 0xd83e) return 'punctuation';
  const character = String.fromCharCode(code);
  if (whiteSpace.test(character)) return 'space';
  return punctuation.test(character) ? 'punctuation' : 'other';
}

export function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

/** Whether a backslash before the character escapes it. */
export function isEscapable(code: number): boolean {
  return (code >= 33 && code <= 47) || (code >= 58 && code <= 64) || (code >= 91 && code <= 96) || (code >= 123 && code <= 126);
}

/** Neither white space nor punctuation, and not seen: it has a delimiter flank something. */
export const invisible = '\u200b';
