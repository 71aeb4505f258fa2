import { ExpressionError } from './syntax.js';

export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'sign' | 'template' | 'end';
  /** A sign or a name as it is written; a text without its quotes and escapes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Of a template: its texts, and the places of the expressions between them. */
  readonly texts?: readonly string[];
  readonly holes?: readonly { readonly start: number; readonly end: number }[];
}

const longest = 20_000;
const signs = ['...', '===', '!==', '=>', '==', '!=', '<=', '>=', '&&', '||', '??', '?.', '**', ...'+-*/%<>!?:,.;()[]{}='];

/** Cuts the text of an expression into tokens. @throws ExpressionError for a character that begins none. */
export function tokensOf(code: string): readonly Token[] {
  if (code.length > longest) throw new ExpressionError(`longer than ${longest} characters`, longest);
  const tokens: Token[] = [];
  let at = 0;
  while (at < code.length) {
    const skipped = /(?:\s|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)+/y;
    skipped.lastIndex = at;
    at += skipped.exec(code)?.[0].length ?? 0;
    if (at >= code.length) break;
    const token = readToken(code, at);
    tokens.push(token);
    at = token.end;
  }
  return [...tokens, { kind: 'end', text: 'the end', start: code.length, end: code.length }];
}

function readToken(code: string, at: number): Token {
  const character = code[at] ?? '';
  if (character === "'" || character === '"') return readText(code, at, character);
  if (character === '`') return readTemplate(code, at);
  const number = matchAt(/(?:\d[\d_]*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y, code, at);
  if (number !== undefined) return { kind: 'number', text: number.replaceAll('_', ''), start: at, end: at + number.length };
  const name = matchAt(/[\p{ID_Start}$_][\p{ID_Continue}$]*/uy, code, at);
  if (name !== undefined) return { kind: 'name', text: name, start: at, end: at + name.length };
  const sign = signs.find((each) => code.startsWith(each, at) && !(each === '?.' && /\d/.test(code[at + 2] ?? '')));
  if (sign === undefined) throw new ExpressionError(`unexpected character "${character}"`, at);
  return { kind: 'sign', text: sign, start: at, end: at + sign.length };
}

function matchAt(pattern: RegExp, code: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(code)?.[0];
}

function readText(code: string, start: number, quote: string): Token {
  const parts: string[] = [];
  for (let at = start + 1; at < code.length; ) {
    const character = code[at] ?? '';
    if (character === quote) return { kind: 'text', text: parts.join(''), start, end: at + 1 };
    if (character === '\n') break;
    const [text, length] = readCharacter(code, at);
    parts.push(text);
    at += length;
  }
  throw new ExpressionError('a text that is not closed', start);
}

function readTemplate(code: string, start: number): Token {
  const texts: string[] = [];
  const holes: { readonly start: number; readonly end: number }[] = [];
  let parts: string[] = [];
  for (let at = start + 1; at < code.length; ) {
    if (code[at] === '`') return { kind: 'template', text: '', start, end: at + 1, texts: [...texts, parts.join('')], holes };
    if (code.startsWith('${', at)) {
      const end = code.indexOf('}', at);
      if (end < 0) break;
      holes.push({ start: at + 2, end });
      texts.push(parts.join(''));
      parts = [];
      at = end + 1;
    } else {
      const [text, length] = readCharacter(code, at);
      parts.push(text);
      at += length;
    }
  }
  throw new ExpressionError('a template that is not closed', start);
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', '0': '\0' };

/** One character, or what its escape means, and its length as written. */
function readCharacter(code: string, at: number): readonly [text: string, length: number] {
  const character = code[at] ?? '';
  if (character !== '\\') return [character, 1];
  const escaped = code[at + 1] ?? '';
  const hex = matchAt(/\\(?:u[\da-fA-F]{4}|x[\da-fA-F]{2})/y, code, at);
  if (hex !== undefined) return [String.fromCharCode(Number.parseInt(hex.slice(2), 16)), hex.length];
  return [escapes[escaped] ?? escaped, 2];
}
