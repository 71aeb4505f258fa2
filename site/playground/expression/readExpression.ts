import { type Expression, ExpressionError, type Item, type Pattern, type Property } from './syntax.js';
import { type Token, tokensOf } from './tokens.js';

const deepest = 60;

const strengths: Readonly<Record<string, number>> = {
  '??': 1,
  '||': 2,
  '&&': 3,
  '===': 4,
  '!==': 4,
  '<': 5,
  '>': 5,
  '<=': 5,
  '>=': 5,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
  '%': 7,
};

/**
 * Reads an expression of TypeScript: values, calls, members, arithmetic, and functions with one expression. There are no statements, assignments,
 * classes or loops.
 *
 * @throws ExpressionError with the place of what cannot be read.
 */
export function readExpression(code: string): Expression {
  const reader = createReader(code);
  const expression = reader.expression();
  reader.end();
  return expression;
}

function createReader(code: string): { expression(): Expression; end(): void } {
  const tokens = tokensOf(code);
  let index = 0;
  let depth = 0;

  const peek = (ahead = 0): Token => tokens[Math.min(index + ahead, tokens.length - 1)] as Token;
  const isSign = (sign: string, ahead = 0): boolean => peek(ahead).kind === 'sign' && peek(ahead).text === sign;
  const lastEnd = (): number => tokens[index - 1]?.end ?? 0;

  function next(): Token {
    const token = peek();
    index++;
    return token;
  }

  function take(sign: string): boolean {
    if (!isSign(sign)) return false;
    index++;
    return true;
  }

  function unexpected(token: Token, wanted?: string): ExpressionError {
    const found = token.kind === 'end' ? 'the end' : `"${code.slice(token.start, token.end)}"`;
    return new ExpressionError(`unexpected ${found}${wanted === undefined ? '' : `, expected "${wanted}"`}`, token.start);
  }

  function expect(sign: string): void {
    if (!take(sign)) throw unexpected(peek(), sign);
  }

  function expression(): Expression {
    if (++depth > deepest) throw new ExpressionError(`nested deeper than ${deepest} levels`, peek().start);
    try {
      return isFunction() ? readFunction() : condition();
    } finally {
      depth--;
    }
  }

  /** Whether the parenthesis that opens here closes before an arrow. */
  function isFunction(): boolean {
    if (peek().kind === 'name' && isSign('=>', 1)) return true;
    if (!isSign('(')) return false;
    let open = 0;
    for (let ahead = 0; peek(ahead).kind !== 'end'; ahead++) {
      if (['(', '[', '{'].some((sign) => isSign(sign, ahead))) open++;
      if ([')', ']', '}'].some((sign) => isSign(sign, ahead)) && --open === 0) return isSign('=>', ahead + 1);
    }
    return false;
  }

  function readFunction(): Expression {
    const { start } = peek();
    const parameters = take('(') ? list(')', pattern) : [pattern()];
    expect('=>');
    if (isSign('{'))
      throw new ExpressionError('a function is one expression here: (a) => a.b, or (a) => ({ b: a })', peek().start);
    const body = expression();
    return { kind: 'function', parameters, body, start, end: lastEnd() };
  }

  function pattern(): Pattern {
    if (take('{')) return { kind: 'object', fields: list('}', field) };
    if (take('[')) return { kind: 'array', items: list(']', pattern) };
    const token = next();
    if (token.kind !== 'name') throw unexpected(token);
    return { kind: 'name', name: token.text, initial: take('=') ? expression() : undefined };
  }

  function field(): { readonly key: string; readonly pattern: Pattern } {
    const key = peek();
    if (key.kind !== 'name') throw unexpected(key);
    if (!isSign(':', 1)) return { key: key.text, pattern: pattern() };
    index += 2;
    return { key: key.text, pattern: pattern() };
  }

  function list<T>(close: string, read: () => T): readonly T[] {
    const items: T[] = [];
    while (!take(close)) {
      items.push(read());
      if (!isSign(close)) expect(',');
    }
    return items;
  }

  function condition(): Expression {
    const test = binary(0);
    if (!take('?')) return test;
    const yes = expression();
    expect(':');
    const no = expression();
    return { kind: 'condition', test, yes, no, start: test.start, end: no.end };
  }

  function binary(weakest: number): Expression {
    let left = unary();
    for (;;) {
      const { kind, text } = peek();
      const strength = kind === 'sign' ? (strengths[text] ?? 0) : 0;
      if (strength <= weakest) return left;
      index++;
      const right = binary(strength);
      left = { kind: 'binary', operator: text, left, right, start: left.start, end: right.end };
    }
  }

  function unary(): Expression {
    const { start, text, kind } = peek();
    const isOperator =
      (kind === 'sign' && ['-', '+', '!'].includes(text)) || (kind === 'name' && ['typeof', 'void'].includes(text));
    if (!isOperator) return postfix(primary());
    index++;
    if (++depth > deepest) throw new ExpressionError(`nested deeper than ${deepest} levels`, start);
    const operand = unary();
    depth--;
    return { kind: 'unary', operator: text, operand, start, end: operand.end };
  }

  function postfix(first: Expression): Expression {
    let object = first;
    const { start } = first;
    for (;;) {
      const optional = take('?.');
      if (isSign('(')) {
        const args = argumentsOfCall();
        object = { kind: 'call', callee: object, args, optional, start, end: lastEnd() };
      } else if (take('[')) {
        const key = expression();
        expect(']');
        object = { kind: 'member', object, key, optional, start, end: lastEnd() };
      } else if (optional || take('.')) object = { kind: 'member', object, key: memberName(), optional, start, end: lastEnd() };
      else return object;
    }
  }

  function memberName(): Expression {
    const { kind, text, start, end } = next();
    if (kind !== 'name') throw unexpected(peek(-1));
    return { kind: 'literal', value: text, start, end };
  }

  function argumentsOfCall(): readonly Item[] {
    expect('(');
    return list(')', item);
  }

  function item(): Item {
    return { spread: take('...'), value: expression() };
  }

  function primary(): Expression {
    const token = next();
    const { kind, text, start, end } = token;
    if (kind === 'number') return { kind: 'literal', value: Number(text), start, end };
    if (kind === 'text') return { kind: 'literal', value: text, start, end };
    if (kind === 'template') return template(token);
    if (kind === 'name') return text === 'new' ? creation(start) : named(text, start, end);
    if (kind === 'sign' && text === '(') {
      const inner = expression();
      expect(')');
      return { ...inner, start, end: lastEnd() };
    }
    if (kind === 'sign' && text === '[') return { kind: 'array', items: list(']', item), start, end: lastEnd() };
    if (kind === 'sign' && text === '{') return { kind: 'object', properties: list('}', property), start, end: lastEnd() };
    throw unexpected(token);
  }

  function named(text: string, start: number, end: number): Expression {
    const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
    const value = Object.hasOwn(words, text) ? words[text] : undefined;
    return value === undefined ? { kind: 'name', name: text, start, end } : { kind: 'literal', value, start, end };
  }

  function creation(start: number): Expression {
    const { kind, text, start: from, end } = next();
    if (kind !== 'name') throw unexpected(peek(-1));
    const callee: Expression = { kind: 'name', name: text, start: from, end };
    const args = isSign('(') ? argumentsOfCall() : [];
    return { kind: 'new', callee, args, start, end: lastEnd() };
  }

  function template({ texts = [], holes = [], start, end }: Token): Expression {
    const values = holes.map((hole) => readExpression(code.slice(hole.start, hole.end)));
    return { kind: 'template', texts, values, start, end };
  }

  function property(): Property {
    const { start } = peek();
    if (take('...')) return { key: undefined, value: expression(), start, end: lastEnd() };
    const token = next();
    const isKey = token.kind === 'name' || token.kind === 'text' || token.kind === 'number';
    let key: Expression = { kind: 'literal', value: token.text, start: token.start, end: token.end };
    if (token.kind === 'sign' && token.text === '[') {
      key = expression();
      expect(']');
    } else if (!isKey) throw unexpected(token);
    if (take(':')) return { key, value: expression(), start, end: lastEnd() };
    if (token.kind !== 'name') throw unexpected(peek(), ':');
    return { key, value: named(token.text, token.start, token.end), start, end: lastEnd() };
  }

  return {
    expression,
    end() {
      if (peek().kind !== 'end') throw unexpected(peek());
    },
  };
}
