import { describe, expect, it } from '@jest/globals';
import { decode } from '@toon-format/toon';
import fc from 'fast-check';
import { tiktokenCounter } from '../../src/tiktoken/index.js';
import { toonPrompt } from '../../src/toon/index.js';

const products = [
  { id: 1, name: 'Lamp', price: 49.5 },
  { id: 2, name: 'Desk, oak', price: 649 },
];
const productsToon = '[2]{id,name,price}:\n  1,Lamp,49.5\n  2,"Desk, oak",649';

describe('toonPrompt', () => {
  it('writes a table as a fenced TOON block', () => {
    expect(toonPrompt(products)).toEqual({
      text: `\`\`\`toon\n${productsToon}\n\`\`\``,
      format: 'toon',
      tokens: undefined,
      saving: undefined,
    });
  });

  it('writes no fence if `fence` is false', () => {
    expect(toonPrompt(products, { fence: false }).text).toBe(productsToon);
  });

  it('writes a fence that no line of the data can close', () => {
    const { text } = toonPrompt({ lines: [{ mark: '```' }, { mark: '`````' }] });
    expect(text).toBe('``````toon\nlines[2]{mark}:\n  ```\n  `````\n``````');
  });

  it('puts the chosen delimiter between the cells', () => {
    const { text } = toonPrompt(products, { delimiter: '|', fence: false });
    expect(text).toBe('[2|]{id|name|price}:\n  1|Lamp|49.5\n  2|Desk, oak|649');
  });

  describe('picks the format', () => {
    const nested = [
      {
        id: 1,
        lines: [
          { sku: 'a', notes: [] },
          { sku: 'b', tags: ['x'] },
        ],
      },
      { id: 2 },
    ];

    it('TOON by default, even if it is longer', () => {
      expect(toonPrompt(nested).format).toBe('toon');
    });

    it("by characters with 'auto' and no countTokens", () => {
      expect(toonPrompt(products, { pick: 'auto' }).format).toBe('toon');
      expect(toonPrompt(nested, { pick: 'auto' })).toMatchObject({ format: 'json', tokens: undefined });
    });

    it("by tokens with 'auto' and countTokens, compared with compact JSON", () => {
      const costlyBraces = (text: string): number => text.replace(/[^{}]/g, '').length * 100 + text.length;
      const cheapBraces = (text: string): number => text.replace(/[{}"]/g, '').length;
      expect(toonPrompt(nested, { pick: 'auto', countTokens: costlyBraces }).format).toBe('toon');
      expect(toonPrompt(nested, { pick: 'auto', countTokens: cheapBraces }).format).toBe('json');
    });

    it("compact JSON, in a json fence, with 'json'", () => {
      expect(toonPrompt([{ id: 1 }], { pick: 'json' })).toMatchObject({ text: '```json\n[{"id":1}]\n```', format: 'json' });
    });
  });

  it('returns the tokens of each format and the saving against compact JSON', () => {
    const { tokens, saving } = toonPrompt(products, { countTokens: (text) => text.length });
    const json = JSON.stringify(products).length;
    const jsonPretty = JSON.stringify(products, null, 2).length;
    expect(tokens).toEqual({ toon: productsToon.length, json, jsonPretty });
    expect(saving).toBeCloseTo(1 - productsToon.length / json);
  });

  it('counts the same with a counter and with a function', async () => {
    const counter = tiktokenCounter('gpt-4o');
    await counter.load();
    const table = Array.from({ length: 100 }, (_, id) => ({ id, name: `Product ${id}`, price: id * 1.25 }));
    const { tokens, saving } = toonPrompt(table, { countTokens: counter });
    expect(tokens).toEqual(toonPrompt(table, { countTokens: counter.count }).tokens);
    expect(tokens?.toon).toBe(counter.count(toonPrompt(table, { fence: false }).text));
    expect(saving).toBeGreaterThan(0.25);
  });

  it('throws the error of a counter that is not loaded', () => {
    expect(() => toonPrompt(products, { countTokens: tiktokenCounter('r50k_base') })).toThrow(/not loaded/);
  });

  describe('reads values as JSON does', () => {
    class Point {
      readonly x = 1;
      get y(): number {
        return 2;
      }
    }
    it.each([
      ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
      ['toJSON', { toJSON: (key: string) => `key ${key}` }, 'key v'],
      ['a URL', new URL('http://a.example/b'), '"http://a.example/b"'],
      ['the own fields of an instance', new Point(), '\n  x: 1'],
      ['an object without a prototype', Object.assign(Object.create(null), { x: 1 }), '\n  x: 1'],
      ['no undefined property', { x: undefined, y: 1 }, '\n  y: 1'],
      ['minus zero', -0, '0'],
    ])('%s', (_name, value, expected) => {
      expect(toonPrompt({ v: value }, { fence: false }).text).toBe(
        expected.startsWith('\n') ? `v:${expected}` : `v: ${expected}`,
      );
    });
  });

  it.each([
    [
      'a Map as an object',
      new Map<string | number, number>([
        ['a', 1],
        [2, 3],
      ]),
      '"2": 3\na: 1',
    ],
    ['a Set as an array', new Set([1, 2]), '[2]: 1,2'],
    ['a bigint as a number', 10n, '10'],
    ['a bigint past the safe integers as its digits', 2n ** 64n, '"18446744073709551616"'],
  ])('writes %s', (_name, value, expected) => {
    expect(toonPrompt(value, { fence: false }).text).toBe(expected);
  });

  it('keeps __proto__ an own key', () => {
    const data: unknown = JSON.parse('{"__proto__":{"x":1}}');
    expect(toonPrompt(data, { fence: false }).text).toBe('__proto__:\n  x: 1');
  });

  describe('rejects a value that cannot be encoded, with its path', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = { again: [cycle] };
    const nest = (levels: number): unknown => (levels === 0 ? 1 : [nest(levels - 1)]);
    it.each([
      ['a function', { users: [{ name: () => 1 }] }, 'a function at $.users[0].name'],
      ['a symbol', [Symbol('x')], 'a symbol at $[0]'],
      ['undefined', undefined, 'undefined at the root'],
      ['undefined in an array', [1, undefined], 'undefined at $[1]'],
      ['a hole in an array', Object.assign([], { length: 1 }), 'undefined at $[0]'],
      ['NaN', { 'a key': NaN }, 'NaN at $["a key"]'],
      ['an infinity', { v: -Infinity }, '-Infinity at $.v'],
      ['an invalid date', { at: new Date(NaN) }, 'an invalid date at $.at'],
      ['a lone surrogate', { v: 'x\ud800' }, 'a lone surrogate at $.v'],
      ['a key with a lone surrogate', { '\udc00': 1 }, 'a key with a lone surrogate at the root'],
      ['a RegExp', { v: /x/ }, 'a value of type RegExp at $.v'],
      ['a promise', [Promise.resolve(1)], 'a value of type Promise at $[0]'],
      ['an error', { cause: new Error('x') }, 'a value of type Error at $.cause'],
      ['a typed array', new Uint8Array(2), 'a value of type Uint8Array at the root'],
      ['a boxed number', { v: Object(1) }, 'a value of type Number at $.v'],
      ['a key of a Map that is an object', new Map([[{}, 1]]), 'a key that is no string at the root'],
      ['a cycle', cycle, 'a cycle at $.self.again[0]'],
      ['more than 256 levels', nest(257), 'more than 256 levels at $[0][0]'],
    ])('%s', (_name, data, where) => {
      expect(() => toonPrompt(data)).toThrow(TypeError);
      expect(() => toonPrompt(data)).toThrow(where);
    });

    it('but accepts 256 levels, and the same object twice', () => {
      const shared = { x: 1 };
      expect(toonPrompt(nest(256)).format).toBe('toon');
      expect(toonPrompt({ a: shared, b: [shared] }).format).toBe('toon');
    });

    it('and forwards the error of a getter', () => {
      const error = new Error('from the getter');
      const data = {
        get broken(): never {
          throw error;
        },
      };
      expect(() => toonPrompt(data)).toThrow(error);
    });
  });

  it('checks its options at call time', () => {
    // @ts-expect-error: a wrong name
    expect(() => toonPrompt([], { delimeter: ',' })).toThrow('did you mean "delimiter"?');
    // @ts-expect-error: a wrong value
    expect(() => toonPrompt([], { delimiter: ';' })).toThrow(TypeError);
    // @ts-expect-error: a wrong value
    expect(() => toonPrompt([], { pick: 'yaml' })).toThrow(TypeError);
    // @ts-expect-error: a wrong value
    expect(() => toonPrompt([], { countTokens: 5 })).toThrow(TypeError);
    // @ts-expect-error: a wrong value
    expect(() => toonPrompt([], { countTokens: {} })).toThrow(TypeError);
  });

  it('writes any JSON value so that a TOON decoder returns the same value', () => {
    const value = fc.jsonValue({ maxDepth: 4, noUnicodeString: false });
    fc.assert(
      fc.property(value, fc.constantFrom(',', '\t', '|'), (data, delimiter) => {
        const plain: unknown = JSON.parse(JSON.stringify(data));
        fc.pre(isWellFormed(JSON.stringify(plain)));
        expect(decode(toonPrompt(plain, { delimiter, fence: false }).text)).toEqual(plain);
      }),
      { numRuns: 500 },
    );
  });
});

function isWellFormed(json: string): boolean {
  return !/\\ud[89a-f]/i.test(json);
}
