import { describe, expect, it } from '@jest/globals';
import { createBudget, evaluate, namesOf } from '../../site/playground/expression/evaluate.js';
import { freeNames } from '../../site/playground/expression/freeNames.js';
import { readExpression } from '../../site/playground/expression/readExpression.js';
import { globals, vocabulary } from '../../site/playground/expression/vocabulary.js';

const names = namesOf(globals, ...vocabulary.map((each) => each.names));
const run = (code: string, given: object = {}): unknown => evaluate(readExpression(code), namesOf(names, given));

describe('an expression', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['5_000', 5_000],
    ['-1.5e2', -150],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code of an expression.
    ['\'a\' + "b" + `c${1 + 1}d`', 'abc2d'],
    ["'it\\'s\\n\\u0041'", "it's\nA"],
    ['[1, ...[2, 3]].length', 3],
    ['({ a: 1, b: { c: 2 } }).b.c', 2],
    ['({ ...{ a: 1 }, b: 2 })', { a: 1, b: 2 }],
    ['undefined?.a ?? 4', 4],
    ['1 < 2 && "yes" || "no"', 'yes'],
    ['2 > 3 ? 1 : 0', 0],
    ['((a, [b], { c, d: e = 5 }) => a + b + c + e)(1, [2], { c: 3 })', 11],
    ['[1, 2, 3].map((n) => ({ n })).at(-1)', { n: 3 }],
    ['typeof JSON.parse(\'{"a":1}\').a', 'number'],
    ['{ a: 1 }', { a: 1 }],
    ['/* a comment */ 1 // and another', 1],
  ])('%s', (code, value) => {
    expect(run(code)).toEqual(value);
  });

  it.each([
    ['1 +', 'unexpected the end'],
    ['a.', 'unexpected the end'],
    ['f(1', 'unexpected the end, expected ","'],
    ['1 2', 'unexpected "2"'],
    ["'a", 'a text that is not closed'],
    ['a = 1', 'unexpected "="'],
    ['() => { return 1 }', 'a function is one expression here'],
    ['#', 'unexpected character "#"'],
    [`${'('.repeat(100)}1`, 'nested deeper than 60 levels'],
    [`${'!'.repeat(100)}1`, 'nested deeper than 60 levels'],
  ])('%s cannot be read', (code, message) => {
    expect(() => readExpression(code)).toThrow(message);
  });

  it.each([
    'window',
    'globalThis',
    'document',
    'fetch("https://example.com")',
    'eval("1")',
    'Function("return 1")()',
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    '(() => 1).constructor("return globalThis")()',
    '[].constructor.constructor("return globalThis")()',
    '({}).constructor',
    '"a"["const" + "ructor"]',
    '({ __proto__: null }).__proto__',
    'new Subject().constructor',
    'toMessage.call(1)',
    'of.prototype',
    '(({ constructor: c }) => c)(1)',
    '(([{ __proto__: c }]) => c)([1])',
    '"a".repeat(1000000000)',
    'fromWire("/")',
    'fromEvent',
    'import("x")',
    'this',
  ])('%s reaches nothing outside', (code) => {
    expect(() => run(code)).toThrow();
  });

  it('defines a member called __proto__ as any other', () => {
    expect(Object.getPrototypeOf(run('({ __proto__: { a: 1 } })'))).toBe(Object.prototype);
  });

  it('ends after its steps, and where calls are nested too deeply', () => {
    const forever = '((f) => f(f))((f) => f(f))';
    expect(() => run(forever)).toThrow('calls nested deeper than 200');
    const code = readExpression('[1, 2, 3].map((n) => n + 1)');
    expect(() => evaluate(code, names, createBudget(5))).toThrow('more than 5 steps');
  });
});

describe('freeNames', () => {
  it('lists the names that are not bound by a parameter', () => {
    expect([...freeNames('a.b(({ c, d: [e] }, f = g) => c + e + f + h({ i, j: k }))')]).toEqual(['a', 'g', 'h', 'i', 'k']);
  });
});
