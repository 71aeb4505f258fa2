import fc from 'fast-check';
import type { StandardResult, StandardSchema } from '../../src/structured/standardSchema.js';

export interface AnyJsonOptions {
  /** Whether keys may repeat, look like indices or be `__proto__`. @defaultValue true */
  readonly oddKeys?: boolean;
}

const space = fc.stringMatching(/^[ \t\n\r]{0,2}$/);
const escapeSequence = fc.constantFrom(
  '\\"',
  '\\\\',
  '\\/',
  '\\b',
  '\\f',
  '\\n',
  '\\r',
  '\\t',
  '\\u0000',
  '\\u00e9',
  '\\uD83D\\uDE00',
);
const surrogate = fc.constantFrom('\\ud83d', '\\uDE00', '\ud83d', '\ude00', '😀', '\\ud83d\ude00');
const plain = fc.constantFrom('a', 'b', 'é', '漢', ' ', '{', ']', ',', ':', '\u2028', '\u007f');
const string = fc
  .array(fc.oneof({ weight: 5, arbitrary: plain }, escapeSequence, surrogate), { maxLength: 8 })
  .map((units) => `"${units.join('')}"`);
const number = fc.oneof(
  fc.constantFrom('0', '-0', '1', '-1.5', '1e3', '2E-2', '0.0', '10.25e+10', '1e400', '9007199254740993'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
);
const literal = fc.constantFrom('true', 'false', 'null');

/** Generates JSON texts with any white space and any escapes. */
export function anyJson({ oddKeys = true }: AnyJsonOptions = {}): fc.Arbitrary<string> {
  const oddKey = fc.oneof(fc.constantFrom('"a"', '"b"', '"0"', '"1"', '"__proto__"', '"constructor"', '""'), string);
  const { value } = fc.letrec<{ value: string; array: string; object: string }>((tie) => ({
    value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, number, literal, string, tie('array'), tie('object')),
    array: fc
      .array(fc.tuple(space, tie('value'), space), { maxLength: 4 })
      .map((elements) => `[${elements.map((parts) => parts.join('')).join(',')}]`),
    object: fc
      .array(fc.tuple(space, oddKey, space, space, tie('value'), space), { maxLength: 4 })
      .map((members) => `{${members.map((member, index) => writeMember(member, oddKeys ? undefined : index)).join(',')}}`),
  }));
  return fc.tuple(space, value, space).map((parts) => parts.join(''));
}

function writeMember(member: readonly string[], index: number | undefined): string {
  const [before, key, afterKey, beforeValue, value, after] = member;
  return `${before}${index === undefined ? key : `"key${index}"`}${afterKey}:${beforeValue}${value}${after}`;
}

/** Generates JSON texts with a few characters removed, inserted or cut off: most of them are not JSON any more. */
export function anyBrokenJson(): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    '',
    ',',
    ':',
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    '0',
    '-',
    '.',
    'e',
    't',
    'u',
    ' ',
    '\n',
    '\u0001',
    '\ud83d',
  );
  const edit = fc.record({ at: fc.nat(), removed: fc.nat({ max: 3 }), added: piece });
  return fc.tuple(anyJson(), fc.array(edit, { maxLength: 3 }), fc.option(fc.nat())).map(([text, edits, end]) => {
    let broken = text;
    for (const { at, removed, added } of edits) {
      const index = at % (broken.length + 1);
      broken = broken.slice(0, index) + added + broken.slice(index + removed);
    }
    return end === null ? broken : broken.slice(0, end % (broken.length + 1));
  });
}

/** Creates a schema like those of schema libraries: `make` returns the value, or throws the issue. */
export function schemaOf<Output>(make: (value: unknown) => Output): StandardSchema<Output> {
  return { '~standard': { version: 1, vendor: 'spec', validate: (value) => judge(make, value) } };
}

/** Does the same for a schema that validates asynchronously. */
export function laterSchemaOf<Output>(make: (value: unknown) => Output): StandardSchema<Output> {
  return { '~standard': { version: 1, vendor: 'spec', validate: async (value) => judge(make, value) } };
}

function judge<Output>(make: (value: unknown) => Output, value: unknown): StandardResult<Output> {
  try {
    return { value: make(value) };
  } catch (error) {
    return { issues: [{ message: (error as Error).message, path: ['id'] }] };
  }
}
