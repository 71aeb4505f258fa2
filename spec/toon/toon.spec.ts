import { describe, expect, it } from '@jest/globals';
import { encode } from '@toon-format/toon';
import { expectTypeOf } from 'expect-type';
import fc from 'fast-check';
import { EMPTY, from, of } from 'rxjs';
import type { JsonValue } from '../../src/events.js';
import { type ParsedText, parseOnComplete } from '../../src/operators/parseOnComplete.js';
import { json } from '../../src/structured/parsers/json.js';
import { text as plainText } from '../../src/structured/parsers/text.js';
import { finish, start, text } from '../../src/testing/index.js';
import { parseToonOnComplete, type ToonOptions, type ToonResult, toon } from '../../src/toon/index.js';
import { allValues } from '../support/allValues.js';
import { laterSchemaOf, schemaOf } from '../support/json.js';
import { record } from '../support/operatorContract.js';
import { anyMutation, anyToonValue } from '../support/toon.js';

const table = 'users[2]{id,name}:\n  1,Ann\n  2,Bob';
const users = [
  { id: 1, name: 'Ann' },
  { id: 2, name: 'Bob' },
];
const countUsers = (value: unknown): number => (value as { users: unknown[] }).users.length;
const hasUsers = schemaOf(countUsers);

function parse(whole: string, options: ToonOptions<unknown> = {}, truncated = false): unknown {
  return toon(options).parse(whole, truncated);
}

describe('toon', () => {
  it('accepts a document, in a fence or as the whole text', () => {
    expect(parse(table)).toEqual({ accepted: true, value: { users } });
    expect(parse(`Here:\n\`\`\`toon\n${table}\n\`\`\`\nDone.`)).toEqual({ accepted: true, value: { users } });
  });

  it('rejects JSON, in a fence too', () => {
    for (const answer of ['{"a":1}', '[1,2]', '```json\n{"a":1}\n```', '```toon\n{"a":1}\n```'])
      expect(parse(answer)).toMatchObject({ accepted: false });
  });

  it('reports the fault, its line in the text and the value read before', () => {
    const cutTable = 'users[3]{id,name}:\n  1,Ann\n  2,Bob';
    const wrong = { accepted: false, message: 'Expected 3 rows, got 2', value: { users } };
    expect(parse(cutTable)).toEqual({ ...wrong, line: 3 });
    expect(parse(`Here:\n\`\`\`toon\n${cutTable}\n\`\`\``)).toEqual({ ...wrong, line: 5 });
    expect(parse('Hello world')).toEqual({
      accepted: false,
      message: 'A single primitive, as any line of prose is',
      value: 'Hello world',
    });
    for (const answer of ['', ' \n', '{"a":1}'])
      expect(parse(answer)).toEqual({ accepted: false, message: 'Nothing in the text may be TOON' });
  });

  it('rejects a cut text, or with salvage reads its whole lines', () => {
    expect(parse(table, {}, true)).toEqual({ accepted: false, message: 'The text is cut' });
    expect(parse(table, { salvage: true }, true)).toEqual({ accepted: true, value: { users: [users[0]] } });
    expect(parse('users[2]{id', { salvage: true }, true)).toEqual({ accepted: false, message: 'No whole line' });
  });

  it('accepts the forms of its options', () => {
    expect(parse('name: Ann', { accept: 'keys' })).toEqual({ accepted: true, value: { name: 'Ann' } });
    expect(parse('full name: Ann', { accept: 'any' })).toEqual({ accepted: true, value: { 'full name': 'Ann' } });
    expect(parse('Hello', { accept: 'any' })).toMatchObject({ accepted: false });
    expect(parse('Hello', { accept: 'any', allowPrimitive: true })).toEqual({ accepted: true, value: 'Hello' });
  });

  it('validates with a schema, synchronous or asynchronous', async () => {
    expect(parse(table, { schema: hasUsers })).toEqual({ accepted: true, value: 2 });
    const rejected = {
      accepted: false,
      message: expect.any(String),
      issues: [{ message: expect.any(String), path: ['id'] }],
      value: { a: 1 },
    };
    expect(parse('a: 1', { schema: hasUsers })).toEqual(rejected);
    await expect(parse(table, { schema: laterSchemaOf(countUsers) })).resolves.toEqual({ accepted: true, value: 2 });
    await expect(parse('a: 1', { schema: laterSchemaOf(countUsers) })).resolves.toEqual(rejected);
  });

  it('checks its options at call time', () => {
    // @ts-expect-error: a wrong value
    expect(() => toon({ formats: ['toon'] })).toThrow(TypeError);
    // @ts-expect-error: a wrong name
    expect(() => toon({ salvge: true })).toThrow('did you mean "salvage"?');
    // @ts-expect-error: a wrong value
    expect(() => toon({ accept: 'all' })).toThrow(TypeError);
    // @ts-expect-error: a wrong value
    expect(() => toon({ schema: {} })).toThrow('must be a Standard Schema');
  });

  it('is one of the parsers of parseOnComplete', async () => {
    const parsed = parseOnComplete(toon({ schema: hasUsers }), json(), plainText());
    const [result] = await allValues(of(table).pipe(parsed));
    expectTypeOf(result).toEqualTypeOf<
      ParsedText<'toon', number> | ParsedText<'json', JsonValue> | ParsedText<'text', string> | undefined
    >();
    expect(result).toEqual({ format: 'toon', value: 2, text: table, errors: [], truncated: false });
    expect(record(of('{"a":1}'), parsed).values).toMatchObject([
      { format: 'json', value: { a: 1 }, errors: [{ format: 'toon' }] },
    ]);
    expect(record(of('Hello'), parsed).values).toMatchObject([{ format: 'text' }]);
    expect(record(EMPTY, parsed)).toEqual({ values: [], end: 'complete' });
  });

  it('with strict: false, gives the value and what is wrong with the text', () => {
    const wrong = 'users[3]{id,name}:\n  1,Ann\n\n  2,Bob';
    const count = { message: 'Expected 3 rows, got 2', line: 4 };
    const blank = { message: 'Expected no blank line between rows', line: 3 };
    expect(parse(wrong, { strict: false })).toMatchObject({ accepted: true, value: { users }, deviations: [count, blank] });
    expect(parse(table, { strict: false })).toEqual({ accepted: true, value: { users }, deviations: [] });
    const { values } = record(of(wrong), parseOnComplete(json(), toon({ strict: false })));
    expect(values).toMatchObject([
      {
        format: 'toon',
        value: { users },
        errors: [{ format: 'json' }, { format: 'toon', ...count }, { format: 'toon', ...blank }],
      },
    ]);
    // @ts-expect-error: a wrong name
    expect(() => toon({ strickt: false })).toThrow('did you mean "strict"?');
  });

  it('as the only parser, makes a bad document a ParseError with its line and the value read before', () => {
    const answer = 'users[2]{id,name}:\n  1,Ann\n  2';
    const { end } = record(from([start(), text(answer), finish()]), parseOnComplete(toon()));
    expect(end).toMatchObject({ kind: 'parse', line: 3, value: { users: [users[0]] }, text: answer, finishReason: 'stop' });
  });

  it('accepts every document that parseToonOnComplete reads as TOON, and never throws', () => {
    const documents = fc.oneof(
      anyMutation,
      anyToonValue.map((value) => encode(value)),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(documents, fc.constantFrom('header', 'canonical', 'keys'), (document, accept) => {
        const formats = ['toon'] as const;
        const [result] = record(of(document), parseToonOnComplete({ accept, formats })).values as [ToonResult<unknown>];
        const expected = result.format === 'toon' ? { accepted: true, value: result.value } : { accepted: false };
        expect(parse(document, { accept })).toMatchObject(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});
