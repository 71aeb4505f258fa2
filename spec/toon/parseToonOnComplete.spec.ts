import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { encode } from '@toon-format/toon';
import { expectTypeOf } from 'expect-type';
import fc from 'fast-check';
import { concat, from, lastValueFrom, NEVER, type Observable, of, throwError, toArray } from 'rxjs';
import { ParseError } from '../../src/errors.js';
import type { DeltaEvent, FinishReason, JsonValue } from '../../src/events.js';
import type { StandardResult, StandardSchema } from '../../src/structured/standardSchema.js';
import { finish, marbles, reasoning, reset, start, step, text } from '../../src/testing/index.js';
import { type ParseToonOnCompleteOptions, parseToonOnComplete, type ToonResult, toonPrompt } from '../../src/toon/index.js';
import { anyChunking, cut } from '../support/chunks.js';
import { allStreams, decodeStream } from '../support/corpus.js';
import { operatorContract, record } from '../support/operatorContract.js';

const users = [
  { id: 1, name: 'Ann' },
  { id: 2, name: 'Bob' },
];
const table = 'users[2]{id,name}:\n  1,Ann\n  2,Bob';
const nothingElse = { errors: [], truncated: false };

type Options = ParseToonOnCompleteOptions<unknown>;

/** The one result, which must be emitted synchronously. */
function only(source: Observable<DeltaEvent | string>, options: Options = {}): ToonResult<unknown> {
  const { values, end } = record(source, parseToonOnComplete(options));
  expect(end).toBe('complete');
  expect(values).toHaveLength(1);
  return values[0] as ToonResult<unknown>;
}

function parse(whole: string, options?: Options): ToonResult<unknown> {
  return only(of(whole), options);
}

/** All values of a source, once it has completed. */
function all<T>(source: Observable<T>): Promise<T[]> {
  return lastValueFrom(source.pipe(toArray()), { defaultValue: [] });
}

/** The result for an answer with this finish reason, or without a `finish`. */
function ended(whole: string, reason: FinishReason | undefined, options?: Options): ToonResult<unknown> {
  const events = [start(), text(whole), ...(reason ? [finish(reason)] : [])];
  return only(from(events), options);
}

function fenced(language: string, body: string): string {
  return `Here you are:\n\n\`\`\`${language}\n${body}\n\`\`\`\n\nAnything else?`;
}

// candidates.ts, readPart.ts, fences.ts, toonForm.ts and decideFormat.ts are tested through the operator.
describe('parseToonOnComplete', () => {
  operatorContract(() => parseToonOnComplete(), { kind: 'fold' });

  it(
    'emits the text of the last attempt once, when the stream completes',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream('s-a-b-R-s-c-d-f|', { a: text('not'), b: text(' this'), c: text('a: 1\n'), d: text('b: 2') });
      const subscription = ' ^--------------!';
      const result = '       ---------------(x|)';
      const x = { format: 'toon', value: { a: 1, b: 2 }, text: 'a: 1\nb: 2', ...nothingElse };
      expectObservable(source.pipe(parseToonOnComplete())).toBe(result, { x });
      expectSubscriptions(source.subscriptions).toBe(subscription);
    }),
  );

  it('reads choice 0, the phase `answer` and the last round of a tool loop, without what a reset voids', () => {
    const events = [
      start(),
      text('{"a":'),
      reasoning('thinking'),
      text('other choice', { choice: 1 }),
      text('commentary', { phase: 'commentary' }),
      step(1),
      text('nonsense'),
      reset({ step: 1 }),
      text('{"b":1}'),
      finish(),
    ];
    expect(only(from(events))).toEqual({ format: 'json', value: { b: 1 }, text: '{"b":1}', ...nothingElse });
  });

  it('reads a source of strings, and its completion as the end of the answer', () => {
    expect(only(of('users[2]{id,na', 'me}:\n  1,Ann\n', '  2,Bob'))).toMatchObject({
      format: 'toon',
      value: { users },
      truncated: false,
    });
  });

  it('emits text for an empty text', () => {
    expect(parse('')).toEqual({ format: 'text', value: '', text: '', ...nothingElse });
    expect(parse(' \n ')).toEqual({ format: 'text', value: ' \n ', text: ' \n ', ...nothingElse });
    expect(only(from([start(), finish()]))).toEqual({ format: 'text', value: '', text: '', ...nothingElse });
  });

  it('types its value by the schema, and as JSON without one', async () => {
    const schema = schemaOf((value) => ({ value: (value as { id: number }).id }));
    const [typed] = await all(of('id: 1').pipe(parseToonOnComplete({ schema })));
    expect(typed?.value).toBe(1);
    expectTypeOf(typed?.value).toEqualTypeOf<number | string | undefined>();
    const [plain] = await all(of<DeltaEvent[]>(start(), text('{}'), finish()).pipe(parseToonOnComplete()));
    expectTypeOf(plain?.value).toEqualTypeOf<JsonValue | undefined>();
    if (plain?.format === 'text') expectTypeOf(plain.value).toEqualTypeOf<string>();
  });

  describe('a fenced block', () => {
    it.each([
      ['toon', table, 'toon', { users }],
      ['toon', 'Hello world', 'toon', 'Hello world'],
      ['toon', '42', 'toon', 42],
      ['TOON', table, 'toon', { users }],
      ['toon title="users.toon"', table, 'toon', { users }],
      ['toon', '{"a":1}', 'json', { a: 1 }],
      ['json', '{"a":1}', 'json', { a: 1 }],
      ['json', '"only text"', 'json', 'only text'],
      ['', '{"a":1}', 'json', { a: 1 }],
      ['', '[1,2]', 'json', [1, 2]],
      ['', table, 'toon', { users }],
      ['', '[2]: a,b', 'toon', ['a', 'b']],
      ['yaml', table, 'toon', { users }],
      ['text', `page: 1\n${table}`, 'toon', { page: 1, users }],
      ['csv', `$ cat users.toon\n${table}`, 'toon', { users }],
    ])('labelled "%s" with %j is %s', (language, body, format, value) => {
      const answer = fenced(language, body);
      expect(parse(answer)).toMatchObject({ format, value, text: answer });
    });

    it.each([
      ['toon', 'users[3]{id,name}:\n  1,Ann'],
      ['json', table],
      ['json', '{"a":1'],
      ['', 'npm install rxllm'],
      ['', 'Full name: Ann'],
      ['', 'server:\n  port: 8080'],
      ['', '42'],
      ['python', 'name: Ann\nage: 3'],
      ['yaml', 'name: Ann\nage: 3'],
      ['text', '{"a":1}'],
      ['text', 'users[3]{id,name}:\n  1,Ann'],
    ])('labelled "%s" with %j is text', (language, body) => {
      expect(parse(fenced(language, body)).format).toBe('text');
    });

    it('without a label needs no header if plain keys are accepted', () => {
      expect(parse(fenced('', 'name: Ann'), { accept: 'keys' })).toMatchObject({ format: 'toon', value: { name: 'Ann' } });
    });

    it('may have tildes, more than three marks, an indentation, no closing line, or lines that end with CRLF', () => {
      const answers = [
        `~~~toon\n${table}\n~~~`,
        `\`\`\`\`toon\n${table}\n\`\`\`\`\``,
        `1. Here:\n   \`\`\`toon\n   ${table.replaceAll('\n', '\n   ')}\n   \`\`\``,
        `\`\`\`toon\n${table}`,
        `\`\`\`toon\n${table}\n\`\`\``.replaceAll('\n', '\r\n'),
      ];
      for (const answer of answers) expect(parse(answer)).toMatchObject({ format: 'toon', value: { users } });
    });

    it('is not closed by a shorter fence, or by a fence of the other mark', () => {
      expect(parse('````toon\nmark[2]:\n  - ```\n  - ~~~~\n````')).toMatchObject({ value: { mark: ['```', '~~~~'] } });
    });

    it('that is rejected is followed by the next one, and its error has the line within the whole text', () => {
      const answer = `A first try:\n\`\`\`toon\nusers[3]{id,name}:\n  1,Ann\n\`\`\`\nBetter:\n\`\`\`json\n{"id":1}\n\`\`\``;
      const rejected = { format: 'toon', message: 'Expected 3 rows, got 1', line: 4 };
      expect(parse(answer)).toMatchObject({
        format: 'json',
        value: { id: 1 },
        text: answer,
        errors: [rejected],
        truncated: false,
      });
    });
  });

  describe('the whole text as JSON', () => {
    it.each(['{"a":1}', '[1,2,3]', '{}', '[]', ' \n{"a": [\n1]}\n', '\ufeff{"a":1}'])('is JSON: %j', (answer) => {
      expect(parse(answer)).toMatchObject({ format: 'json', value: JSON.parse(answer.trim()), errors: [] });
    });

    it.each(['"text"', '42', 'null', '{"a":1} and more', '{"a":1'])('is text: %j', (answer) => {
      expect(parse(answer)).toMatchObject({ format: 'text', value: answer });
    });

    it('keeps __proto__ an own property', () => {
      const { value } = parse('{"__proto__":{"x":1}}');
      expect(Object.keys(value as object)).toEqual(['__proto__']);
      expect(({} as { x?: unknown }).x).toBeUndefined();
    });
  });

  it('does not try TOON for a text that starts like JSON and has no header', () => {
    for (const answer of ['{"a":1', '[a]: b', '[see]: x\nb: 1']) {
      const { format, errors } = parse(answer, { accept: 'keys' });
      expect(format).toBe('text');
      expect(errors.map((error) => error.format)).toEqual(['json']);
    }
    expect(parse(fenced('toon', '[]'), { formats: ['toon'] })).toMatchObject({ format: 'toon', value: [] });
  });

  describe('the whole text as TOON by its header', () => {
    it.each([
      [table, { users }],
      ['[2]{id,name}:\n  1,Ann\n  2,Bob', users],
      ['[1]{"a\u2028b"}:\n  1', [{ 'a\u2028b': 1 }]],
      ['[2:]{id}:\n  a: 1\n  b: 2', { a: { id: 1 }, b: { id: 2 } }],
      ['tags[2|]: a|b', { tags: ['a', 'b'] }],
      ['"odd key"[1]: 1', { 'odd key': [1] }],
      ['page: 1\nlist[2]:\n  - id: 1\n  - tags[1]: x', { page: 1, list: [{ id: 1 }, { tags: ['x'] }] }],
      [`# People\n\n${table}`, { users }],
      ['a[1]: 1.0', { a: [1] }],
    ])('%j', (answer, value) => {
      expect(parse(answer, { accept: 'header' })).toMatchObject({ format: 'toon', value });
    });

    it.each([
      `${table}\n\nAnd:\n\n${table}`,
      'Here is the data:\n\nusers[3]{id,name}:\n  1,Ann',
      'The list[1]: one',
      'x[1]: one\n\nThat is all.',
      'a: 1\nb: 2',
      'see [1]: the report',
      'a: 1\nb: [1]: 2',
    ])('is text: %j', (answer) => {
      expect(parse(answer, { accept: 'header' }).format).toBe('text');
    });
  });

  it.each([
    `Here is the data:\n\n${table}`,
    `Here is the data:\n${table}`,
    `${table}\nAs you see: two of them`,
    `${table}\nThat is all.`,
    `${table}\n\nNote: all values are current.`,
    `Users:\n\n${table}\n\n# Remarks\n\nNone.`,
    `1. The users:\n\n   ${table.replaceAll('\n', '\n   ')}\n\n2. That is all.`,
    `<think>\n${table}\n</think>\nHere:\n\n${table}`,
    `${table.replaceAll('\n', '\r\n')}\r\n\r\nDone: yes`,
  ])('finds a table with prose around it by its header: %j', (answer) => {
    for (const accept of ['header', 'canonical'] as const)
      expect(parse(answer, { accept })).toMatchObject({ format: 'toon', value: { users } });
  });

  it('ends a document without a fence before what is not indented and follows a blank line, unless that is a header', () => {
    expect(parse('users[1]{id}:\n  1\n\ntags[2]: a,b\n\nDone: yes')).toMatchObject({
      value: { users: [{ id: 1 }], tags: ['a', 'b'] },
    });
    expect(parse('a: 1\nb: 2\n\nNote: current')).toMatchObject({ format: 'text' });
    expect(parse('a: 1\n\nb: 2', { accept: 'keys' })).toMatchObject({ format: 'toon', value: { a: 1 } });
  });

  describe('several documents', () => {
    const json = (body: string) => `\`\`\`json\n${body}\n\`\`\``;

    it.each([
      [`${json('{"a":1}')}\n${json('{"b":2}')}`, [{ a: 1 }, { b: 2 }]],
      [`${fenced('toon', 'a: 1')}\n${json('{"b":2}')}`, [{ a: 1 }, { b: 2 }]],
      [`${fenced('', '{"a":1}')}\n${fenced('', '{"b":2}')}`, [{ a: 1 }, { b: 2 }]],
      [`First:\n\n${table}\n\nSecond one:\n\n${table}`, [{ users }, { users }]],
    ])('of one kind are text without a schema: %j', (answer, values) => {
      const { format, errors } = parse(answer);
      expect(format).toBe('text');
      expect(errors.at(-1)).toMatchObject({ message: 'Expected one document, got 2 of the same kind', value: values });
    });

    it.each([
      [`${fenced('', '{"a":0}')}\n${json('{"a":1}')}`],
      [`For example\n\n{"a":0}\n\n${json('{"a":1}')}`],
      [`${json('{"a":')}\n${json('{"a":1}')}`],
      [`<think>${json('{"a":0}')}</think>\n{"a":1}`],
      ['Here it is:\n\n{"a":1}\n\nThat is all.'],
      ['```text\n{"a":1}\n```'],
      ['```json {"a":1}```'],
      ['```\n{"a":1}```'],
    ])('of different kinds are the best one: %j', (answer) => {
      expect(parse(answer)).toMatchObject({ format: 'json', value: { a: 1 } });
    });

    it.each(['Use {"a":1} here.', 'Either\n\n{"a":1}\n\nor\n\n{"a":2}', '$ curl x\n{"a":1}\n$ ls'])(
      'inside of sentences are none: %j',
      (answer) => {
        expect(parse(answer)).toMatchObject({ format: 'text' });
      },
    );
  });

  it.each([
    '```toon\nusers[2]{id,name}:\n  1,Ann\n  2,Bob```',
    '~~~toon\nusers[2]{id,name}:\n  1,Ann\n  2,Bob~~~\nThat is all.',
    '  ```\n  users[2]{id,name}:\n    1,Ann\n    2,Bob``` \n',
  ])('reads a fence that is closed after the last row: %j', (answer) => {
    expect(parse(answer)).toMatchObject({ format: 'toon', value: { users } });
  });

  describe('with strict: false', () => {
    it.each([
      ['users[3]{id,name}:\n  1,Ann\n  2,Bob', ['Expected 3 rows, got 2']],
      ['users[1]{id,name}:\n  1,Ann\n  2,Bob', ['Expected 1 rows, got more', 'Expected 1 rows, got 2']],
      [
        'users[N]{id,name}:\n  1,Ann\n  2,Bob',
        ['Expected a whole number in brackets', 'Expected a header such as users[2]{id,name}:', 'Expected 0 rows, got 2'],
      ],
      ['users[]{id,name}:\n  1,Ann\n  2,Bob', expect.any(Array)],
      ['users[2]{id,name}:\n  1,Ann\n\n  2,Bob', ['Expected no blank line between rows']],
      ['users [2] {id, name} :\n  1,Ann\n  2,Bob', expect.any(Array)],
      ['users[2]{id,name}:\n\t1,Ann\n\t2,Bob', ['Expected no tab in the indentation']],
      ['users[2]{id\tname}:\n  1\tAnn\n  2\tBob', expect.any(Array)],
      ['users[2]{id,name}:\n    1,Ann\n    2,Bob', ['Expected no more than 1 levels of indentation']],
      ['users[2]{id,name}:\n   1,Ann\n   2,Bob', ['Expected an indentation by a multiple of 2']],
    ])('reads what models get wrong, and reports it: %j', (document, messages) => {
      for (const answer of [document, fenced('toon', document), fenced('', document), `Here:\n\n${document}\n\nThat is all.`]) {
        expect(parse(answer, { formats: ['toon'] }).format).toBe('text');
        const { format, value, errors } = parse(answer, { formats: ['toon'], strict: false });
        expect({ format, value }).toEqual({ format: 'toon', value: { users } });
        if (answer === fenced('toon', document)) expect(errors.map(({ message }) => message)).toEqual(messages);
        expect(errors.length).toBeGreaterThan(0);
        const lines = answer.split('\n').length;
        for (const { line } of errors) if (line !== undefined) expect(line).toBeLessThanOrEqual(lines);
      }
    });

    it.each([
      ['items[2]:\n    - id: 1\n      tags[3]: a,b\n    - id: 2', { items: [{ id: 1, tags: ['a', 'b'] }, { id: 2 }] }],
      [
        'a:\n    b:\n        c: 1\nl[1]:\n    - x:\n          y: 1\n      z: 2',
        { a: { b: { c: 1 } }, l: [{ x: { y: 1 }, z: 2 }] },
      ],
      ['t[1]{a}:\n  1\nt[1]{a}:\n  2', { t: [{ a: 2 }] }],
    ])('reads nested documents: %j', (document, value) => {
      expect(parse(fenced('toon', document), { strict: false })).toMatchObject({
        format: 'toon',
        value,
        errors: expect.any(Array),
      });
    });

    it('prefers what is right, and still rejects what has no value', () => {
      const wrong = fenced('toon', 'users[9]{id,name}:\n  1,Ann');
      expect(parse(`${wrong}\n${fenced('toon', table)}`, { strict: false })).toMatchObject({ value: { users } });
      expect(parse(table, { strict: false })).toMatchObject({ value: { users }, errors: [] });
      expect(parse(fenced('toon', 'users[2]{id,name}:\n  1,Ann,x'), { strict: false })).toMatchObject({ format: 'text' });
      expect(parse('As [n] has it: well', { strict: false })).toMatchObject({ format: 'text' });
    });
  });

  describe('the whole text as TOON by its canonical form', () => {
    it.each([
      ['a: 1\nb: two', { a: 1, b: 'two' }],
      ['user:\n  age: 36', { user: { age: 36 } }],
      ['name: Ann\nage: 36', { name: 'Ann', age: 36 }],
      ['Name: Ann\nage: 36', { Name: 'Ann', age: 36 }],
      ['# a comment\na: 1\nb: "2"\n\n', { a: 1, b: '2' }],
      ['\ufeffa: 1\r\nb: 2  \r\n', { a: 1, b: 2 }],
    ])('%j', (answer, value) => {
      expect(parse(answer)).toMatchObject({ format: 'toon', value });
    });

    it.each([
      'a: 1',
      '# a comment\na: 1',
      '# only\n# comments',
      'Lunch: soup\nDinner: fish',
      'Total: 42\nAverage: 7',
      'lunch: soup\ndinner: fish',
      '# Weekly report\n\nopen: 3\nclosed: 4',
      '# settings\ndebug: true\nlevel: 3',
      'title: A Long Way\nyear: 2017',
      'meta:\n  name: settings\ndata:\n  level: debug',
      'a: 1\nb: 2.0',
      'a:  1\nb: 2',
      'a: 1\nfull name: Ann',
      'time: 10:30\nplace: here',
      'a: 1\nb: 2\na: 3',
    ])('is text: %j', (answer) => {
      expect(parse(answer)).toMatchObject({ format: 'text', value: answer });
    });
  });

  describe('a text that a TOON decoder may misread', () => {
    it.each<[string, string, ToonResult<unknown>['format'], unknown?]>([
      ['fewer rows', 'users[3]{id,name}:\n  1,Ann\n  2,Bob', 'text'],
      ['extra rows', 'users[1]{id,name}:\n  1,Ann\n  2,Bob', 'text'],
      ['a wrong cell count', 'users[2]{id,name}:\n  1\n  2,Bob', 'text'],
      ['an unterminated string', 'users[1]{id,name}:\n  1,"Ann', 'text'],
      ['a bad escape', 'users[1]{id,name}:\n  1,"A\\x"', 'text'],
      ['a header cut short', 'users[3', 'text'],
      ['a header cut short in its fields', 'users[3]{id,na', 'text'],
      ['trailing blanks', `${table}  \n\n \n`, 'toon', { users }],
      ['CRLF', table.replaceAll('\n', '\r\n'), 'toon', { users }],
      ['a BOM', `\ufeff${table}`, 'toon', { users }],
      ['a blank line between rows', 'users[2]{id,name}:\n  1,Ann\n\n  2,Bob', 'text'],
      ['a toon fence', `\`\`\`toon\n${table}\n\`\`\``, 'toon', { users }],
      ['a json fence', '```json\n{"a":1}\n```', 'json', { a: 1 }],
      ['prose before the table', `Here is the data:\n\n${table}`, 'toon', { users }],
      ['prose after the table', `${table}\nThat is all.`, 'toon', { users }],
      ['prose with a colon after the table', `${table}\nThat is all: two.`, 'toon', { users }],
      ['a duplicate key', `${table}\nusers: 1`, 'text'],
      ['__proto__', '__proto__[1]{a}:\n  1', 'toon', JSON.parse('{"__proto__":[{"a":1}]}')],
      ['prose', 'Hello world', 'text'],
      ['a heading', '# Title', 'text'],
      ['a heading and text', '# T\n\nText', 'text'],
      ['a JSON object', '{"a":1}', 'json', { a: 1 }],
      ['a JSON array', '[1,2,3]', 'json', [1, 2, 3]],
      ['an empty JSON object', '{}', 'json', {}],
      ['rows written as list items', 'users[2]{id,name}:\n  - 1,Ann\n  - 2,Bob', 'text'],
      [
        'numbers past the precision',
        'n[4]: 9007199254740993,1e400,007,2025-01-01',
        'toon',
        { n: [2 ** 53, '1e400', '007', '2025-01-01'] },
      ],
    ])('%s', (_name, answer, format, value = answer) => {
      const result = parse(answer);
      expect({ format: result.format, value: result.value }).toEqual({ format, value });
      if (format === 'toon') expect(Object.keys(result.value as object)).toEqual(Object.keys(value as object));
    });

    it('reads a word with a colon after the table as a key, because nothing distinguishes them', () => {
      expect(parse(`${table}\nNote: two`)).toMatchObject({ format: 'toon', value: { users, Note: 'two' } });
    });
  });

  it('reports why each candidate was rejected, with its line and the value read before', () => {
    expect(parse('users[3]{id,name}:\n  1,Ann').errors).toEqual([
      {
        format: 'toon',
        message: 'Expected 3 rows, got 1',
        line: 2,
        value: { users: [users[0]] },
      },
    ]);
    expect(parse('[2]: a').errors).toMatchObject([{ format: 'toon', message: 'Expected 2 values, got 1', line: 1 }]);
    expect(parse('\n{"a":1,\n"b"').errors).toEqual([
      { format: 'json', message: 'The text ends before its JSON value does', line: 3, value: { a: 1 } },
    ]);
    expect(parse(fenced('json', '{\n"a":1,\n}')).errors).toMatchObject([
      { format: 'json', message: 'Expected a key', line: 6, value: { a: 1 } },
    ]);
  });

  describe('options', () => {
    it("accept: 'keys' accepts any text that decodes to plain keys", () => {
      expect(parse('name: Ann Smith', { accept: 'keys' })).toMatchObject({ format: 'toon', value: { name: 'Ann Smith' } });
      expect(parse('a:  1\nb: 2.0', { accept: 'keys' })).toMatchObject({ format: 'toon', value: { a: 1, b: 2 } });
      for (const answer of ['full name: Ann', 'Hello world', '# Title'])
        expect(parse(answer, { accept: 'keys' }).format).toBe('text');
    });

    it("accept: 'any' accepts any text that decodes, before JSON is tried", () => {
      expect(parse('full name: Ann', { accept: 'any' })).toMatchObject({ format: 'toon', value: { 'full name': 'Ann' } });
      expect(parse('{"a":1}', { accept: 'any' })).toMatchObject({ format: 'toon', value: { '{"a"': '1}' } });
      expect(parse('[1,2]', { accept: 'any' })).toMatchObject({ format: 'json', value: [1, 2] });
      expect(parse(fenced('toon', table), { accept: 'any' })).toMatchObject({ format: 'toon', value: { users } });
      expect(parse('Hello world', { accept: 'any' }).format).toBe('text');
    });

    it('formats limits the formats that are tried', () => {
      expect(parse('{"a":1}', { formats: ['toon'] })).toMatchObject({ format: 'text', errors: [] });
      expect(parse(table, { formats: ['json'] })).toMatchObject({ format: 'text', errors: [] });
      expect(parse(table, { formats: [] })).toMatchObject({ format: 'text', errors: [] });
    });

    it("allowPrimitive accepts one JSON primitive, and with accept: 'any' any line", () => {
      for (const value of [42, 'text', null, true]) {
        expect(parse(JSON.stringify(value), { allowPrimitive: true })).toMatchObject({ format: 'json', value });
      }
      expect(parse('Hello world', { allowPrimitive: true }).format).toBe('text');
      expect(parse('Hello world', { allowPrimitive: true, accept: 'any' })).toMatchObject({
        format: 'toon',
        value: 'Hello world',
      });
    });

    it('are checked at call time', () => {
      // @ts-expect-error: a wrong name
      expect(() => parseToonOnComplete({ salvge: true })).toThrow('did you mean "salvage"?');
      // @ts-expect-error: a wrong value
      expect(() => parseToonOnComplete({ accept: 'all' })).toThrow(TypeError);
      // @ts-expect-error: a wrong value
      expect(() => parseToonOnComplete({ formats: ['yaml'] })).toThrow(TypeError);
      // @ts-expect-error: a wrong value
      expect(() => parseToonOnComplete({ schema: {} })).toThrow('must be a Standard Schema');
    });
  });

  describe('with a schema', () => {
    const hasId = schemaOf((value) =>
      typeof (value as { id?: unknown }).id === 'number'
        ? { value: value as { id: number } }
        : { issues: [{ message: 'Expected a number', path: [{ key: 'id' }] }, { message: 'Another' }] },
    );

    it('accepts plain keys that the schema finds valid', () => {
      expect(parse('id: 1', { schema: hasId })).toMatchObject({ format: 'toon', value: { id: 1 } });
      const answer = 'Note: be careful';
      const issues = [
        { message: 'Expected a number', path: ['id'] },
        { message: 'Another', path: [] },
      ];
      const rejected = {
        format: 'toon',
        message: 'Expected a number (at id), and 1 more',
        issues,
        value: { Note: 'be careful' },
      };
      expect(parse(answer, { schema: hasId })).toEqual({
        format: 'text',
        value: answer,
        text: answer,
        errors: [rejected],
        truncated: false,
      });
    });

    it('does not change an explicit accept', () => {
      expect(parse('id: 1', { schema: hasId, accept: 'header' }).format).toBe('text');
    });

    it('tries the next candidate after one that is not valid', () => {
      const answer = `${fenced('json', '{"no":1}')}\n${fenced('toon', 'id: 7')}`;
      expect(parse(answer, { schema: hasId })).toMatchObject({ format: 'toon', value: { id: 7 }, errors: [{ format: 'json' }] });
    });

    it('emits the output of the schema', () => {
      const doubled = schemaOf((value) => ({ value: (value as { id: number }).id * 2 }));
      expect(parse('id: 21', { schema: doubled }).value).toBe(42);
    });

    it('treats a throw and a rejection of the schema as an invalid value', async () => {
      const throwing = schemaOf(() => {
        throw new Error('from a transform');
      });
      expect(parse('id: 1', { schema: throwing })).toMatchObject({ format: 'text', errors: [{ message: 'from a transform' }] });
      const rejecting = schemaOf(() => Promise.reject(new Error('from a transform')));
      const [result] = await all(of('id: 1').pipe(parseToonOnComplete({ schema: rejecting })));
      expect(result).toMatchObject({ format: 'text', errors: [{ message: 'from a transform' }] });
    });

    it('awaits an asynchronous schema, candidate by candidate', async () => {
      const later = schemaOf((value) => Promise.resolve(hasId['~standard'].validate(value)));
      const answer = `${fenced('json', '{"no":1}')}\n${fenced('toon', 'id: 7')}`;
      const [result] = await all(of(answer).pipe(parseToonOnComplete({ schema: later })));
      expect(result).toMatchObject({ format: 'toon', value: { id: 7 }, errors: [{ format: 'json' }] });
    });

    it('emits nothing when it is unsubscribed before the schema has answered', async () => {
      const answered = Promise.resolve<StandardResult<unknown>>({ value: 1 });
      const seen: unknown[] = [];
      const see = (notification: string) => () => seen.push(notification);
      const parsed = of('id: 1').pipe(parseToonOnComplete({ schema: schemaOf(() => answered) }));
      parsed.subscribe({ next: see('next'), error: see('error'), complete: see('complete') }).unsubscribe();
      // More turns than any chain of promises inside the operator.
      for (let turn = 0; turn < 10; turn++) await answered;
      expect(seen).toEqual([]);
    });
  });

  describe('a truncated answer', () => {
    const cutTable = 'users[3]{id,name}:\n  1,Ann\n  2,Bo';

    it.each<FinishReason | undefined>([undefined, 'length', 'paused', 'aborted', 'budget'])(
      'is text, even if it could be read (%s)',
      (reason) => {
        for (const answer of [cutTable, table, '{"a":1}', fenced('json', '{"a":1}')]) {
          expect(ended(answer, reason)).toEqual({ format: 'text', value: answer, text: answer, errors: [], truncated: true });
        }
      },
    );

    it.each<FinishReason>(['refusal', 'content-filter', 'tool-calls'])(
      'is not a finish with %s, which is a ParseError with the reason and the text',
      (reason) => {
        for (const salvage of [false, true]) {
          const source = from([start(), text('{"a":1}'), finish(reason)]);
          const { values, end } = record(source, parseToonOnComplete({ salvage }));
          expect(values).toEqual([]);
          expect(end).toBeInstanceOf(ParseError);
          expect(end).toMatchObject({ kind: 'parse', finishReason: reason, text: '{"a":1}', partial: { text: '{"a":1}' } });
        }
      },
    );

    it.each<FinishReason>(['stop', 'other'])('is not a finish with %s', (reason) => {
      expect(ended(table, reason)).toMatchObject({ format: 'toon', truncated: false });
    });

    it('is an answer that has no finish after its reset', () => {
      const events = [start(), text('a'), finish(), reset(), start(), text('{"a":1}')];
      expect(only(from(events))).toMatchObject({ format: 'text', truncated: true });
    });

    it.each([
      [cutTable, 'toon', { users: [users[0]] }],
      [`Here:\n\`\`\`toon\n${cutTable}`, 'toon', { users: [users[0]] }],
      [`Here:\n\`\`\`toon\n${table}\n\`\``, 'toon', { users }],
      [fenced('toon', table), 'toon', { users }],
      ['a:\n  b: 1\n  c: 2', 'toon', { a: { b: 1 } }],
      ['```json\n{"a":1}\n``', 'json', { a: 1 }],
      ['{"a":[1,2,{"b":"half', 'json', { a: [1, 2, { b: 'half' }] }],
      ['{"a":tru', 'json', {}],
      ['{"a":1,"b', 'json', { a: 1 }],
      ['{"a":1,"b":', 'json', { a: 1 }],
      ['{"a":12', 'json', {}],
      ['{"a":12 ', 'json', { a: 12 }],
      ['[[1,2],[3,4', 'json', [[1, 2], [3]]],
      ['["x\\', 'json', ['x']],
      ['["x\\\\', 'json', ['x\\']],
      ['["x\\\\ud83d', 'json', ['x\\ud83d']],
      ['["x\\ud83d\\ude0', 'json', ['x']],
      ['["x\ud83d', 'json', ['x']],
      ['[{},{', 'json', [{}, {}]],
      ['{"a":1}', 'json', { a: 1 }],
    ])('is salvaged if the option is set: %j', (answer, format, value) => {
      expect(ended(answer, 'length', { salvage: true })).toMatchObject({ format, value, truncated: true });
    });

    it.each(['users[2]{id', 'Hello world', 'Hello\nworld', '{"a":1} and', '{"a" 1,', '12', '```toon\nusers[2'])(
      'is text if there is nothing to salvage: %j',
      (answer) => {
        expect(ended(answer, undefined, { salvage: true, allowPrimitive: true })).toMatchObject({
          format: 'text',
          truncated: true,
        });
      },
    );

    it('is never salvaged if the stream is whole', () => {
      expect(parse(cutTable, { salvage: true }).format).toBe('text');
      expect(ended(cutTable, 'stop', { salvage: true }).format).toBe('text');
    });
  });

  describe('survives', () => {
    it.each([
      ['nested JSON', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
      ['JSON of 257 levels', `${'['.repeat(257)}${']'.repeat(257)}`],
      ['nested TOON', Array.from({ length: 3_000 }, (_, depth) => `${'  '.repeat(depth)}a:`).join('\n')],
      ['listed arrays', `t[1]:\n${Array.from({ length: 3_000 }, (_, depth) => `${'  '.repeat(depth + 1)}- [1]:`).join('\n')}`],
      ['field groups', `t[1]${'{a'.repeat(20_000)}${'}'.repeat(20_000)}:\n  1`],
    ])('deep nesting: %s', (_name, answer) => {
      expect(parse(answer, { accept: 'keys' }).format).toBe('text');
    });

    it.each([
      ['a JSON string', `{"a":"${'x'.repeat(10_000_000)}"}`, 'json'],
      ['a JSON string without an end', `{"a":"${'x'.repeat(10_000_000)}`, 'text'],
      ['a TOON string', `tags[1]: "${'x'.repeat(10_000_000)}"`, 'toon'],
      ['a quoted key', `"${'\\"'.repeat(5_000_000)}": 1\nb: 2`, 'toon'],
      ['one word', 'x'.repeat(10_000_000), 'text'],
    ])('10 MB: %s', (_name, answer, format) => {
      expect(parse(answer).format).toBe(format);
    });

    it('a lone surrogate, which no encoder writes', () => {
      expect(parse('a: \ud83d\nb: 1').format).toBe('text');
      expect(parse('a[1]: \ud83d')).toMatchObject({ format: 'toon', value: { a: ['\ud83d'] } });
    });

    it('256 levels', () => {
      const nest = (levels: number): unknown => (levels === 0 ? 1 : { a: nest(levels - 1) });
      expect(parse(JSON.stringify(nest(256)))).toMatchObject({ format: 'json' });
      expect(parse(encode(nest(256)))).toMatchObject({ format: 'toon', value: nest(256) });
    });
  });

  it('forwards the error of its source', () => {
    const error = new Error('from the source');
    const source = concat(
      of(start(), text(table)),
      throwError(() => error),
    );
    expect(record(source, parseToonOnComplete()).end).toBe(error);
    expect(record(concat(of(start(), text(table)), NEVER), parseToonOnComplete())).toEqual({ values: [], end: 'open' });
  });

  describe('properties', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    );
    const tables = fc
      .uniqueArray(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1, maxLength: 5 })
      .chain((names) =>
        fc.array(
          fc.tuple(...names.map(() => cell)).map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index]]))),
          { minLength: 1, maxLength: 8 },
        ),
      )
      .map((rows): unknown => JSON.parse(JSON.stringify(rows)));

    it('reads back every table that toonPrompt writes, as a list and as a property, fenced and not', () => {
      fc.assert(
        fc.property(tables, fc.constantFrom(',', '\t', '|'), fc.boolean(), fc.boolean(), (rows, delimiter, fence, named) => {
          const data = named ? { rows } : rows;
          const { text: prompt } = toonPrompt(data, { delimiter, fence });
          expect(parse(prompt)).toMatchObject({ format: 'toon', value: data });
        }),
        { numRuns: 1_000 },
      );
    });

    const answers = fc.oneof(
      tables.map((rows) => toonPrompt({ rows }).text),
      tables.map((rows) => JSON.stringify(rows)),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(table, 'Hello: world\nand 😀', fenced('', 'a: 1\nb: 😀')),
    );

    it('emits the same result for any chunking of the text', () => {
      fc.assert(
        fc.property(answers, anyChunking, (answer, sizes) => {
          const deltas = cut(answer, sizes).map((piece) => text(piece));
          expect(only(from([start(), ...deltas, finish()]))).toEqual(ended(answer, 'stop'));
        }),
        { numRuns: 1_000 },
      );
    });

    it('never reads a truncated text as data', () => {
      fc.assert(
        fc.property(answers, fc.nat(), fc.constantFrom<FinishReason | undefined>(undefined, 'length'), (answer, at, reason) => {
          const rest = answer.slice(0, at % (answer.length + 1));
          expect(ended(rest, reason)).toEqual({ format: 'text', value: rest, text: rest, errors: [], truncated: true });
        }),
        { numRuns: 1_000 },
      );
    });

    it('salvages from a table only rows that the whole table has', () => {
      fc.assert(
        fc.property(tables, fc.nat(), (rows, at) => {
          const whole = toonPrompt({ rows }, { fence: false }).text;
          const result = ended(whole.slice(0, at % (whole.length + 1)), 'length', { salvage: true });
          if (result.format === 'text') return;
          const salvaged = (result.value as { rows: unknown[] }).rows;
          expect(salvaged).toEqual((rows as unknown[]).slice(0, salvaged.length));
        }),
        { numRuns: 1_000 },
      );
    });

    it('salvages from any cut of a JSON object or array', () => {
      fc.assert(
        fc.property(
          fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())),
          fc.nat(),
          fc.boolean(),
          (data, at, pretty) => {
            const whole = JSON.stringify(data, null, pretty ? 2 : 0);
            const part = whole.slice(0, 1 + (at % whole.length));
            expect(ended(part, 'length', { salvage: true })).toMatchObject({ format: 'json', truncated: true });
          },
        ),
        { numRuns: 1_000 },
      );
    });
  });

  describe('documents of models', () => {
    const data = {
      table: { users },
      nested: {
        page: 1,
        orders: [
          { id: 1, total: 9.5 },
          { id: 2, total: 3 },
        ],
        tags: ['a', 'b'],
      },
      list: {
        items: [
          { id: 1, tags: ['a'] },
          { id: 2, name: 'Bob' },
        ],
      },
      object: { id: 7, ok: true, user: { name: 'Ann', age: 36 } },
    };
    const writers: Readonly<Record<string, (value: object) => string>> = {
      TOON: (value) => encode(value),
      JSON: (value) => JSON.stringify(value, null, 2),
      'compact JSON': (value) => JSON.stringify(value),
    };
    const dressings: Readonly<Record<string, (body: string, label: string) => string>> = {
      fenced: (body, label) => `\`\`\`${label}\n${body}\n\`\`\``,
      'fenced, with prose': (body, label) => `Here is the data:\n\n\`\`\`${label}\n${body}\n\`\`\`\n\nAnything else?`,
      'fenced without a label': (body) => `Sure!\n\n\`\`\`\n${body}\n\`\`\``,
      'fenced, closed after the last line': (body, label) => `\`\`\`${label}\n${body}\`\`\``,
      'fenced in a list': (body, label) => `1. The data:\n   \`\`\`${label}\n   ${body.replaceAll('\n', '\n   ')}\n   \`\`\``,
      'after a shell block': (body, label) => `\`\`\`\n$ ls -la\ntotal 3\n\`\`\`\n\n\`\`\`${label}\n${body}\n\`\`\``,
      'after thoughts': (body) => `<think>\nThe user wants {data}.\n</think>\n\n${body}`,
      unfenced: (body) => body,
      'unfenced, with blanks': (body) => `\n${body}\n\n`,
      'unfenced, with prose before': (body) => `Here is the data:\n\n${body}`,
      'unfenced, with prose after': (body) => `${body}\n\nNote: all values are current.`,
    };
    const mistakes: Readonly<Record<string, (body: string) => string>> = {
      'a wrong count': (body) => body.replace(/\[2\]/, '[3]'),
      'no count': (body) => body.replace(/\[2\]\{/, '[N]{'),
      'blank lines': (body) => body.replace(/\n( +2)/, '\n\n$1'),
      tabs: (body) => body.replaceAll('\n  ', '\n\t'),
      'four spaces': (body) => body.replaceAll('\n  ', '\n    '),
      'spaces in the header': (body) => body.replace('[2]{', ' [2] {'),
    };

    function foundIn(answers: readonly (readonly [answer: string, value: object])[], options: Options): number {
      return answers.filter(([answer, value]) => JSON.stringify(parse(answer, options).value) === JSON.stringify(value)).length;
    }

    const rows = Object.entries(dressings).map(([name, dress]) => {
      const answers = Object.values(data).flatMap((value) =>
        Object.entries(writers).map(
          ([format, write]) => [dress(write(value), format === 'TOON' ? 'toon' : 'json'), value] as const,
        ),
      );
      return { name, found: foundIn(answers, {}), count: answers.length };
    });
    const faulty = Object.entries(mistakes).map(([name, spoil]) => {
      const answers = [data.table, { page: 1, orders: data.nested.orders }].flatMap((value) =>
        Object.values(dressings).map((dress) => [dress(spoil(encode(value)), 'toon'), value] as const),
      );
      return { name, found: foundIn(answers, { strict: false }), count: answers.length };
    });
    const all = [...rows, ...faulty];
    const share = all.reduce((sum, { found }) => sum + found, 0) / all.reduce((sum, { count: each }) => sum + each, 0);
    const figures = all.map(({ name, found, count: each }) => `${name} ${found}/${each}`).join(', ');

    it(`are found, nine of ten (${figures}; all ${(100 * share).toFixed(1)} %)`, () => {
      expect(share).toBeGreaterThanOrEqual(0.9);
    });
  });

  describe('ordinary prose', () => {
    const kinds = ['answers', 'lists', 'keyValues', 'headings', 'code', 'json'].map((kind) => {
      const paragraphs = readFileSync(join('spec/fixtures/prose', `${kind}.md`), 'utf8')
        .trimEnd()
        .split('\n%%%\n');
      return { kind, paragraphs };
    });
    const total = kinds.reduce((sum, { paragraphs }) => sum + paragraphs.length, 0);

    function isWholeJson(paragraph: string): boolean {
      try {
        return typeof JSON.parse(paragraph) === 'object';
      } catch {
        return false;
      }
    }

    /** A whole JSON text must be read as JSON. For other texts with JSON, such as lines of JSON or JSON with prose, only TOON is wrong. */
    function isMistaken(kind: string, paragraph: string, format: string): boolean {
      if (kind !== 'json') return format !== 'text';
      return isWholeJson(paragraph) ? format !== 'json' : format === 'toon';
    }

    function count(accept: 'header' | 'canonical'): { readonly mistaken: number; readonly figures: string } {
      const counts = kinds.map(({ kind, paragraphs }) => {
        const mistaken = paragraphs.filter((paragraph) =>
          isMistaken(kind, paragraph, parse(paragraph, { accept }).format),
        ).length;
        return { mistaken, figure: `${kind} ${mistaken}/${paragraphs.length}` };
      });
      const mistaken = counts.reduce((sum, kind) => sum + kind.mistaken, 0);
      return { mistaken, figures: `${counts.map(({ figure }) => figure).join(', ')}; all ${mistaken}/${total}` };
    }

    it.each(kinds)('has at least 65 different paragraphs of $kind', ({ paragraphs }) => {
      expect(paragraphs.length).toBeGreaterThanOrEqual(65);
      expect(new Set(paragraphs).size).toBe(paragraphs.length);
    });

    const byDefault = count('canonical');
    const answers = recordedAnswers();
    const data = answers.filter((answer) => parse(answer).format !== 'text' && !isWholeJson(answer));
    const all = total + answers.length;
    const figures = `${byDefault.figures}; recorded answers ${data.length}/${answers.length}`;
    it(`is read as data in at most one of five hundred texts (${figures})`, () => {
      // Without the recordings one paragraph is more than that.
      expect(byDefault.mistaken + data.length).toBeLessThanOrEqual(Math.max(1, all / 500));
    });

    const byHeader = count('header');
    it(`is never read as TOON by its header (${byHeader.figures})`, () => {
      expect(byHeader.mistaken).toBe(0);
    });
  });
});

/** The different texts that the models of the corpus answered, as far as they are more than a word. */
function recordedAnswers(): readonly string[] {
  const answers = allStreams.map(({ wire, bytes }) => {
    const { events } = decodeStream(wire, [bytes]);
    return events.map((event) => (event.type === 'text-delta' && event.choice === 0 ? event.text : '')).join('');
  });
  return [...new Set(answers)].filter((answer) => answer.length >= 20);
}

function schemaOf<Output>(
  validate: (value: unknown) => StandardResult<Output> | PromiseLike<StandardResult<Output>>,
): StandardSchema<Output> {
  return { '~standard': { version: 1, vendor: 'spec', validate } };
}
