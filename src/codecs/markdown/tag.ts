/** A tag or an autolink, from the character after `<` on. */
export type Tag = 'start' | 'name' | 'link' | 'attributes' | 'value' | 'unquoted' | 'double' | 'single' | 'other';

const letter = /[a-z]/i;
const nameCharacter = /[a-z0-9-]/i;
const attributeCharacter = /[a-z0-9_:.\s/-]/i;

/** @returns `'closed'` at the closing `>`, `'invalid'` if this is no tag. */
export function readTag(tag: Tag, character: string): Tag | 'closed' | 'invalid' {
  switch (tag) {
    case 'start':
      if (character === '!' || character === '?') return 'other';
      return letter.test(character) || character === '/' ? 'name' : 'invalid';
    case 'name':
      if (character === '>') return 'closed';
      if (nameCharacter.test(character)) return 'name';
      if (/[:@+.]/.test(character)) return 'link';
      return /[\s/]/.test(character) ? 'attributes' : 'invalid';
    case 'link':
      if (character === '>') return 'closed';
      return /[\s<]/.test(character) ? 'invalid' : 'link';
    case 'attributes':
      if (character === '>') return 'closed';
      if (character === '=') return 'value';
      return attributeCharacter.test(character) ? 'attributes' : 'invalid';
    case 'value':
      if (character === '"') return 'double';
      if (character === "'") return 'single';
      if (/\s/.test(character)) return 'value';
      return /[=<>`]/.test(character) ? 'invalid' : 'unquoted';
    case 'unquoted':
      if (character === '>') return 'closed';
      if (/\s/.test(character)) return 'attributes';
      return /["'=<`]/.test(character) ? 'invalid' : 'unquoted';
    case 'double':
      return character === '"' ? 'attributes' : 'double';
    case 'single':
      return character === "'" ? 'attributes' : 'single';
    default:
      return character === '>' ? 'closed' : 'other';
  }
}
