import { encode } from '@toon-format/toon';
import fc from 'fast-check';
import { createToonDecoder, type ToonDecoderOptions } from '../../src/codecs/toon/decoder.js';
import { createToonValueBuilder } from '../../src/codecs/toon/value.js';
import { cut } from './chunks.js';

/** Decodes a text that arrives in pieces of these sizes. */
export function decodeChunks(text: string, sizes: readonly number[] = [], options: ToonDecoderOptions = {}): unknown {
  const builder = createToonValueBuilder();
  const decoder = createToonDecoder(builder, options);
  for (const piece of cut(text, sizes)) decoder.write(piece);
  decoder.end();
  return builder.value();
}

/** The result of a decoder: its value, or that it threw. */
export type Outcome = { readonly value: unknown } | 'an error';

export function outcome(decode: () => unknown): Outcome {
  try {
    return { value: decode() };
  } catch {
    return 'an error';
  }
}

const cell = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom(
    '',
    ' ',
    '-',
    '- a',
    'a,b',
    'a|b',
    'a\tb',
    'a: b',
    '[2]',
    '{a}',
    '"',
    '\\',
    '\n',
    '\r',
    '#',
    'null',
    '007',
    '1e400',
    '😀',
    '-0',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const name = fc.oneof(
  fc.constantFrom('id', 'a b', '', '__proto__', 'x.y', '"', 'a{b', '[1]', 'constructor'),
  fc.string({ maxLength: 5 }),
);

/** Generates rows with the same columns, some of them in a group. */
export const anyRows: fc.Arbitrary<Record<string, unknown>[]> = fc
  .uniqueArray(name, { minLength: 1, maxLength: 4 })
  .chain((names) =>
    fc.array(
      fc
        .tuple(...names.map((_, index) => (index === 1 ? fc.record({ n: cell, k: cell }) : cell)))
        .map((cells) => fromPairs(names, cells)),
      { minLength: 1, maxLength: 6 },
    ),
  );

/** Generates values of every shape for which TOON has a form of its own. */
export const anyToonValue: fc.Arbitrary<unknown> = fc
  .oneof(
    fc.jsonValue({ maxDepth: 4 }),
    anyRows,
    fc.dictionary(name, anyRows, { maxKeys: 4 }),
    fc.tuple(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), anyRows).map(([keys, rows]) => ({
      keyed: fromPairs(
        keys,
        keys.map((_, index) => rows[index % rows.length]),
      ),
      rest: rows,
    })),
    fc.array(fc.oneof(cell, fc.jsonValue({ maxDepth: 3 }), anyRows), { maxLength: 5 }).map((items) => ({ items })),
  )
  .map((value): unknown => JSON.parse(JSON.stringify(value)));

/** Generates options for encoding and decoding. */
export const anyLayout: fc.Arbitrary<{ readonly delimiter: ',' | '\t' | '|'; readonly indentSize: number }> = fc.record({
  delimiter: fc.constantFrom(',', '\t', '|'),
  indentSize: fc.constantFrom(2, 2, 2, 1, 4),
});

const fragment = fc.constantFrom(
  ...['"', '\\', '\n', '\r', '\n\n', '  ', ' ', '\t', '-', '- ', '[', ']', '{', '}', ':', ',', '|', '#', ':\n', '\ufeff'],
  ...[
    '[2]',
    '[2:]',
    '[1]:',
    '[0]',
    '[]',
    '{a,b}',
    'foo{x}',
    '{a{b},c}',
    '\\u0041',
    '\\ud800',
    'a: 1',
    '  - ',
    '__proto__',
    '007',
    '😀',
    '\ud83d',
  ],
);

/** Generates documents with a few faults. */
export const anyMutation: fc.Arbitrary<string> = fc
  .tuple(
    anyToonValue,
    anyLayout,
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.nat({ max: 20 }), fragment), { maxLength: 4 }),
  )
  .map(([value, layout, faults]) => faults.reduce(mutate, encode(value, layout)));

function mutate(text: string, [place, kind, length, inserted]: readonly [number, number, number, string]): string {
  const at = place % (text.length + 1);
  const before = text.slice(0, at);
  if (kind === 0) return before + text.slice(at + 1 + (length % 4));
  if (kind === 1) return before + text.slice(at, at + length) + text.slice(at);
  return before + inserted + text.slice(at);
}

function fromPairs(keys: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key, index) => [key, values[index]]));
}
