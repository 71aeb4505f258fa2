import { invisible, isEscapable } from './characters.js';

/** What is in the parentheses of a link: a destination, and a title. */
export interface LinkTarget {
  readonly place: 'start' | 'bare' | 'angle' | 'space' | 'title' | 'end';
  /** The open parentheses in a bare destination. */
  readonly depth: number;
  /** What ends the title. */
  readonly quote: string;
  readonly escaped: boolean;
}

export const targetStart: LinkTarget = { place: 'start', depth: 0, quote: '', escaped: false };

const mostParentheses = 32;

/** @returns `'closed'` at the closing parenthesis, `'invalid'` if this is no link. */
export function readTarget(target: LinkTarget, character: string): LinkTarget | 'closed' | 'invalid' {
  const { place, depth, escaped } = target;
  if (escaped && isEscapable(character.charCodeAt(0))) return { ...target, escaped: false };
  const isSpace = character === ' ' || character === '\t' || character === '\n';
  const escapes = character === '\\';
  switch (place) {
    case 'start':
      if (isSpace) return target;
      if (character === '<') return { ...target, place: 'angle' };
      return readBare({ ...target, place: 'bare' }, character, isSpace);
    case 'bare':
      return readBare(target, character, isSpace);
    case 'angle':
      if (character === '<' || character === '\n') return 'invalid';
      return character === '>' ? { ...target, place: 'space', escaped: false } : { ...target, escaped: escapes };
    case 'title':
      if (character === target.quote) return { ...target, place: 'end', escaped: false };
      return { ...target, escaped: escapes };
    default:
      if (isSpace) return target;
      if (character === ')' && depth === 0) return 'closed';
      if (place === 'space' && (character === '"' || character === "'")) return { ...target, place: 'title', quote: character };
      return place === 'space' && character === '(' ? { ...target, place: 'title', quote: ')' } : 'invalid';
  }
}

function readBare(target: LinkTarget, character: string, isSpace: boolean): LinkTarget | 'closed' | 'invalid' {
  const { depth } = target;
  if (isSpace) return depth === 0 ? { ...target, place: 'space', escaped: false } : 'invalid';
  if (character.charCodeAt(0) < 32 || depth > mostParentheses) return 'invalid';
  if (character === ')') return depth === 0 ? 'closed' : { ...target, depth: depth - 1, escaped: false };
  return { ...target, depth: depth + (character === '(' ? 1 : 0), escaped: character === '\\' };
}

/** What has to follow so that the link is complete. */
export function closeTarget({ place, depth, quote, escaped }: LinkTarget): string {
  const end = escaped ? invisible : '';
  if (place === 'angle') return `${end}>)`;
  return place === 'title' ? `${end}${quote})` : `${end}${')'.repeat(depth + 1)}`;
}
