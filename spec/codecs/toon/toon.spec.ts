import { describe, expect, it } from '@jest/globals';
import { decode, encode } from '@toon-format/toon';
import fc from 'fast-check';
import { createToonDecoder, type ToonDecoderOptions } from '../../../src/codecs/toon/decoder.js';
import type { ToonSink } from '../../../src/codecs/toon/sink.js';
import { ToonSyntaxError } from '../../../src/codecs/toon/syntaxError.js';
import { createToonValueBuilder } from '../../../src/codecs/toon/value.js';
import { LimitError } from '../../../src/errors.js';
import { anyChunking } from '../../support/chunks.js';
import { anyLayout, anyMutation, anyToonValue, decodeChunks, outcome } from '../../support/toon.js';

// All files of the room are tested through the decoder and the value builder.

/** The calls that the sink receives for a text, each with its line. */
function sinkCalls(text: string, options?: ToonDecoderOptions): readonly string[] {
  const calls: string[] = [];
  const note = (call: string) => (line: number) => void calls.push(`${line} ${call}`);
  const sink: ToonSink = {
    table: (rows) => calls.push(`table of ${rows}`),
    startObject: note('{'),
    endObject: note('}'),
    startArray: (length, line) => calls.push(`${line} [${length}`),
    endArray: note(']'),
    key: (key, line) => calls.push(`${line} ${key}:`),
    primitive: (value, line) => calls.push(`${line} ${JSON.stringify(value)}`),
    row: (value, line, levels) => calls.push(`${line} ${JSON.stringify(value)}, ${levels} deep`),
  };
  const decoder = createToonDecoder(sink, options);
  decoder.write(text);
  decoder.end();
  return calls;
}

/** The line of the error, `undefined` without one. */
function faultyLine(text: string, options?: ToonDecoderOptions): number | undefined {
  try {
    decodeChunks(text, [3], options);
  } catch (error) {
    if (error instanceof ToonSyntaxError) return error.line;
    throw error;
  }
  return undefined;
}

const documents: readonly (readonly [string, string, unknown])[] = [
  ['nothing', '', {}],
  ['a primitive', '42', 42],
  ['an object', 'a: 1\nb: x y\nc:', { a: 1, b: 'x y', c: {} }],
  ['nested objects', 'a:\n  b:\n    c: true\n  d: null', { a: { b: { c: true }, d: null } }],
  ['an inline array', 'tags[3|]: a|b,c|"d|e"', { tags: ['a', 'b,c', 'd|e'] }],
  ['an empty array', 'a: []\nb[0]:', { a: [], b: [] }],
  ['an array at the root', '[2]: 1,2', [1, 2]],
  [
    'a table',
    'u[2]{id,name}:\n  1,Ann\n  2,"Bo,b"',
    {
      u: [
        { id: 1, name: 'Ann' },
        { id: 2, name: 'Bo,b' },
      ],
    },
  ],
  ['a table with tabs', 'u[1\t]{a\tb}:\n  1\tx,y', { u: [{ a: 1, b: 'x,y' }] }],
  ['nested field groups', 'o[1]{id,c{n,k{z}},s}:\n  1,Ann,DE,9', { o: [{ id: 1, c: { n: 'Ann', k: { z: 'DE' } }, s: 9 }] }],
  ['a keyed table', 'm[2:]{v,w}:\n  a: 1,2\n  "b c": 3,4', { m: { a: { v: 1, w: 2 }, 'b c': { v: 3, w: 4 } } }],
  ['a keyed table at the root', '[1:]{v}:\n  a: 1', { a: { v: 1 } }],
  ['a list', 'l[4]:\n  - 1\n  - a: 2\n    b: 3\n  - [2]: 4,5\n  -', { l: [1, { a: 2, b: 3 }, [4, 5], {}] }],
  ['a table in a list', 'l[1]:\n  - t[1]{x}:\n      1\n    y: 2', { l: [{ t: [{ x: 1 }], y: 2 }] }],
  ['comments', '# one\na[1]{x}:\n  # two\n  1\n# three', { a: [{ x: 1 }] }],
  ['escapes', 'a: "\\"\\\\\\n\\r\\t\\u00e9 😀"', { a: '"\\\n\r\té 😀' }],
  [
    'words and numbers',
    '[9]: true,false,null,-0,1e3,1e400,007,-,TRUE',
    [true, false, null, 0, 1000, '1e400', '007', '-', 'TRUE'],
  ],
  ['a byte order mark and CRLF', '\ufeffa: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
];

describe('createToonDecoder', () => {
  it.each(documents)('decodes %s, however it is cut', (_what, text, value) => {
    for (const size of [1, 2, 3, 7, Infinity]) expect(decodeChunks(text, [size])).toEqual(value);
  });

  it('emits a row as soon as its line is complete', () => {
    const rows: unknown[] = [];
    const nothing = (): undefined => undefined;
    const decoder = createToonDecoder({
      startObject: nothing,
      endObject: nothing,
      startArray: nothing,
      endArray: nothing,
      key: nothing,
      primitive: nothing,
      row: (value) => rows.push(value),
    });
    decoder.write('u[2]{id,name}:\n  1,Ann');
    expect(rows).toEqual([]);
    decoder.write('\n');
    expect(rows).toEqual([{ id: 1, name: 'Ann' }]);
  });

  it('passes the line of every part to the sink', () => {
    expect(sinkCalls('a:\n\n  b[1]{x}:\n    1\nc[2]: 2,3')).toEqual([
      ...['1 {', '1 a:', '1 {', '3 b:', 'table of 1', '3 [1', '4 {"x":1}, 1 deep', '4 ]', '4 }'],
      ...['5 c:', '5 [2', '5 2', '5 3', '5 ]', '5 }'],
    ]);
  });

  it.each([
    ['a wrong count of cells', 'a[2]{x,y}:\n  1,2\n  3', 3],
    ['too few rows, at the last row', 'a[3]{x}:\n  1\n  2\nb: 1', 3],
    ['a row too many', 'a[1]{x}:\n  1\n  2', 3],
    ['a blank line between rows, at the end of the table', 'a[2]{x}:\n  1\n\n  2', 3],
    ['too few entries', 'm[2:]{v}:\n  a: 1', 2],
    ['too few values', 'a: 1\nb[2]: 1', 2],
    ['an item too many', 'a[1]:\n  - 1\n  - 2', 3],
    ['an unterminated string', 'a: 1\nb: "x', 2],
    ['an invalid escape', 'a: "\\x"', 1],
    ['an escaped surrogate', 'a: "\\ud83d\\ude00"', 1],
    ['a malformed header', 'a: 1\nb[x]: 2', 2],
    ['a duplicate field', 'a[1]{x,x}:\n  1,2', 1],
    ['a duplicate key', 'a: 1\nb: 2\na: 3', 3],
    ['a tab in the indentation', 'a:\n\tb: 1', 2],
    ['an odd indentation', 'a:\n   b: 1', 2],
    ['a line that is indented too far', 'a:\n    b: 1', 2],
    ['a line without a colon', 'a: 1\nb', 2],
    ['a line after the root array', '[1]: 1\na: 2', 2],
    ['a table in a list without a key', 'a[1]:\n  - [1]{x}:\n      1', 2],
  ])('reports the line of %s', (_what, text, line) => {
    expect(faultyLine(text)).toBe(line);
  });

  it('quotes neither a key nor a value in an error', () => {
    for (const text of ['secret: 1\nsecret: 2', 'secret[1]{secret,secret}:\n  1', 'secret[secret]: 1', '"secret']) {
      expect(() => decodeChunks(text)).toThrow(expect.not.objectContaining({ message: expect.stringContaining('secret') }));
    }
  });

  it('accepts wrong counts, blank lines, odd indentation and duplicate keys when it is not strict', () => {
    const text = 'a[5]{x}:\n   1\n\n   2\nb: 1\nb: 2';
    expect(decodeChunks(text, [], { strict: false })).toEqual({ a: [{ x: 1 }, { x: 2 }], b: 2 });
  });

  it('skips an invalid row and reads on, if onRowError receives its error', () => {
    const errors: ToonSyntaxError[] = [];
    const value = decodeChunks('a[4]{x,y}:\n  1,2\n  3\n  "4,5\n  6,7', [], { onRowError: (error) => errors.push(error) });
    expect(value).toEqual({
      a: [
        { x: 1, y: 2 },
        { x: 6, y: 7 },
      ],
    });
    expect(errors.map(({ line }) => line)).toEqual([3, 4]);
  });

  it('rejects rows that are written as list items only with rejectListedRows', () => {
    const text = 'a[1]{x}:\n  - 1';
    expect(decodeChunks(text)).toEqual({ a: [{ x: '- 1' }] });
    expect(faultyLine(text, { rejectListedRows: true })).toBe(2);
  });

  it('sets __proto__ as an own property of each row and of each group in it', () => {
    const rows = decodeChunks('[2]{__proto__{__proto__,a},b}:\n  1,2,3\n  4,5,6') as readonly object[];
    expect(JSON.stringify(rows)).toBe('[{"__proto__":{"__proto__":1,"a":2},"b":3},{"__proto__":{"__proto__":4,"a":5},"b":6}]');
    for (const row of rows) expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
  });

  it('builds separate group objects for each row', () => {
    const rows = decodeChunks('[2]{a{x,y},b}:\n  1,2,3\n  4,5,6');
    expect(rows).toEqual([
      { a: { x: 1, y: 2 }, b: 3 },
      { a: { x: 4, y: 5 }, b: 6 },
    ]);
  });

  it('sets __proto__ as an own property', () => {
    for (const text of ['__proto__: 1', '__proto__[1]{__proto__}:\n  1', '[1:]{__proto__}:\n  __proto__: 1']) {
      const value = decodeChunks(text) as object;
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(Object.hasOwn(value, '__proto__')).toBe(true);
    }
  });

  it('decodes what was encoded, however it is cut', () => {
    fc.assert(
      fc.property(anyToonValue, anyLayout, anyChunking, (value, layout, sizes) => {
        expect(decodeChunks(encode(value, layout), sizes, { indentSize: layout.indentSize })).toEqual(value);
      }),
      { numRuns: 2_000 },
    );
  });

  it('agrees with the reference decoder on faulty documents', () => {
    fc.assert(
      fc.property(anyMutation, fc.boolean(), anyChunking, (text, strict, sizes) => {
        const ours = outcome(() => decodeChunks(text, sizes, { strict }));
        expect(ours).toEqual(outcome(() => decode(text, { strict })));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('createToonDecoder limits nesting and time', () => {
  const nested = (depth: number): string => Array.from({ length: depth }, (_, level) => `${'  '.repeat(level)}a:`).join('\n');
  const groups = (depth: number): string => `a[0]${'{g'.repeat(depth)}${'}'.repeat(depth)}:`;
  const lists = (depth: number): string =>
    `a[1]:\n${Array.from({ length: depth }, (_, level) => `${'  '.repeat(level + 1)}- [1]:`).join('\n')}`;

  it('reads 256 levels and no more', () => {
    expect(() => decodeChunks(nested(255))).not.toThrow();
    expect(() => decodeChunks(nested(256))).toThrow(LimitError);
    expect(() => decodeChunks(groups(256))).not.toThrow();
    expect(() => decodeChunks(groups(257))).toThrow(LimitError);
  });

  it('throws LimitError for deeper nesting, without a stack overflow', () => {
    for (const text of [nested(2_000), lists(2_000), groups(100_000)]) {
      expect(() => decodeChunks(text, [1_000])).toThrow(LimitError);
    }
  });

  it('reads a string of 10 MB, and a million blank lines between rows', () => {
    const long = 'x'.repeat(10_000_000);
    expect(decodeChunks(`a: "${long}"`, [1_000])).toEqual({ a: long });
    const rows = `a[2]{x}:\n  1\n${'\n'.repeat(1_000_000)}  2`;
    expect(faultyLine(rows)).toBe(3);
    expect(decodeChunks(rows, [1_000], { strict: false })).toEqual({ a: [{ x: 1 }, { x: 2 }] });
  });
});

describe('createToonValueBuilder', () => {
  it('returns undefined until the value is whole', () => {
    const builder = createToonValueBuilder();
    expect(builder.value()).toBeUndefined();
    builder.startArray(1, 1);
    expect(builder.value()).toBeUndefined();
    builder.endArray(1);
    expect(builder.value()).toEqual([]);
  });
});
