import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, from, NEVER, of } from 'rxjs';
import { ParseError, ValidationError } from '../../src/errors.js';
import type { JsonValue } from '../../src/events.js';
import { type JsonElement, jsonElements } from '../../src/operators/jsonElements.js';
import { parseJsonOnComplete } from '../../src/operators/parseJsonOnComplete.js';
import { partialJson } from '../../src/operators/partialJson.js';
import { finish, start, text } from '../../src/testing/index.js';
import { allValues } from '../support/allValues.js';
import { anyChunking, cut } from '../support/chunks.js';
import { anyBrokenJson, anyJson, laterSchemaOf, schemaOf } from '../support/json.js';
import { record } from '../support/operatorContract.js';
import { chunkSizes, expectReading, readWith } from '../support/readers.js';

const error = { error: true };
const prose = { prose: true };

/** What both readers make of an answer of prose. */
function expectBoth(input: string, expected: unknown, options: object = {}): void {
  expectReading('parseJsonOnComplete', { ...prose, ...options }, input, expected);
  expectReading('partialJson', { ...prose, ...options }, input, expected);
}

// candidates.ts, prose.ts, findValues.ts, readWholeJson.ts and chooseCandidate.ts are tested through the operators.
describe('JSON in an answer of prose', () => {
  it.each<[string, unknown]>([
    ['See [2] and [3]. The result:\n\n{"total": 3}', { total: 3 }],
    ['From [1, 2]: {"a": [1]}.', { a: [1] }],
    ['{"a":1} as in [1] and {}', { a: 1 }],
    ['Steps: [x] done, [ ] open.\n\n[{"id":1},{"id":2}]', [{ id: 1 }, { id: 2 }]],
    ['The ids are [4, 8], as [7] says.', [4, 8]],
    ['Only [1].', [1]],
    ['Use $\u007bHOST} or {name}: {"a":1}', { a: 1 }],
    ['![logo](a.png) [docs](b.html)\n{"a":1}', { a: 1 }],
    ['For x in [0, 1) the answer is {"a":1}', { a: 1 }],
  ])('takes data before citations, links and placeholders: %j', (input, value) => expectBoth(input, value));

  it.each<[string, unknown]>([
    ['```text\n{"a":0}\n```\n```json\n{"a":1}\n```', { a: 1 }],
    ['```json\n{"a":1}\n```\n```\n{"a":0}\n```', { a: 1 }],
    ['Like {"a":0}:\n```\n{"a":1}\n```', { a: 1 }],
    ['```python\nprint({"a": 0})\n```\nIt prints {"a":1}', { a: 1 }],
    ['```js\n{"a":1}\n```\nas in [1]', { a: 1 }],
    ['```js\nlet a = {"a":0}\n```\n~~~JSON\n{"a":1}~~~', { a: 1 }],
    ['Set `{"a":0}` so:\n\n  ```jsonc\n  {"a":1}\n  ```\n', { a: 1 }],
    ['Here: ```json {"a":1}``` done', { a: 1 }],
    ['```json {"a":1}```', { a: 1 }],
    ['```js {1,3-4}\nlet a\n```\n{"a":1}', { a: 1 }],
    ['```json title="x" {2}\n{"a":1}\n```', { a: 1 }],
    ['```json\n"only text"\n```', 'only text'],
    ['```json\n12', 12],
    ['Wrap it in ``` fences, as {"a":1}', { a: 1 }],
  ])('takes fences by their labels: %j', (input, value) => expectBoth(input, value));

  it.each<[string, unknown]>([
    ['{json} is {"a":1}', { a: 1 }],
    ['```json\n{"a": …}\n```\nThat is, {"a":1}', { a: 1 }],
    ['```json\n{"a":1} {"b":2}\n```\n```json\n{"c":3}\n```', { c: 3 }],
    ['{"a": 1, oops}\n\n{"b":2}', { b: 2 }],
    ['[1] then {"a": 1, oops', [1]],
    ['```json\n{"a":1\n```\n[{"b":2},3]', [{ b: 2 }, 3]],
    ['{"a":1} and then an open {', { a: 1 }],
  ])('a candidate that is not a value gives way: %j', (input, value) => expectBoth(input, value));

  it.each<[string]>([
    ['{name: "Ann", "tags": ["a", "b"]}'],
    ['{\n  "a": 1, // one\n\n  "tags": ["a", "b"]\n}'],
    ['```json\n{\n  "a": {"b": 1},\n  "c": {"d": 2},,\n}\n```'],
    ['[\'a\', {"b": 1}, ["c", 2]]'],
  ])('a part of a faulty value is not the value: %j', (input) => expectBoth(input, error));

  it.each<[string, unknown]>([
    ['<think>{"a":0}</think>{"a":1}', { a: 1 }],
    ['\n<thinking>\n```json\n{"a":0}\n```\n</thinking>\n```json\n{"a":1}\n```', { a: 1 }],
    ['Maybe {"a":0}?\n</think>\n{"a":1}', { a: 1 }],
    ['<think>a < b, </thin {"a":0}\n</THINK>\n{"a":1}', { a: 1 }],
    ['Tags like <think> or <b> in words: {"a":"</think>"}', { a: '</think>' }],
  ])('skips thoughts: %j', (input, value) => expectBoth(input, value));

  it.each<[string, unknown]>([
    ['<think>{"a":0}', error],
    ['{"a":0}</think>', error],
    ['{"a":0}</think> none', error],
    ['No data.', error],
    ['', error],
  ])('is not in thoughts, and may be missing: %j', (input, value) => expectBoth(input, value));

  describe('that is ambiguous', () => {
    it.each<[string, unknown[]]>([
      ['{"a":1} or {"b":2}', [{ a: 1 }, { b: 2 }]],
      ['```\n{"a":1}\n```\n```\n[2]\n```\n{"c":3}', [{ a: 1 }, [2]]],
      ['[1], {}, [2]', [[1], {}, [2]]],
      ['```json\n{"a":1}\n```\n```json\n{"a":1}\n```', [{ a: 1 }, { a: 1 }]],
    ])('errors with the values: %j', (input, values) => {
      expectBoth(input, error);
      for (const reader of ['parseJsonOnComplete', 'partialJson'])
        for (const size of chunkSizes) expect(readWith(reader, prose, input, size).error).toMatchObject({ value: values });
      expect(String(readWith('partialJson', prose, input, 3).error)).toMatch(/offsets \d+, \d+/);
    });

    it('errors in partialJson and jsonElements as soon as no better value can follow', () => {
      const two = concat(of('```json\n[1]\n```\n```json\n[2]\n```\n'), NEVER);
      expect(record(two, partialJson(prose)).end).toBeInstanceOf(ParseError);
      expect(record(two, jsonElements(prose))).toMatchObject({ values: [{ value: 1 }], end: { kind: 'parse' } });
    });

    it.each<[string, unknown]>([
      ['{"a":1} or {"b":2}', { a: 1 }],
      ['[1], [2]', [1]],
      ['```json\n{"a":1}\n```\n```json\n{"b":2}\n```', { a: 1 }],
      ['```json\n{"a":1} {"b":2}\n```', { a: 1 }],
    ])("takes the first with trailing: 'ignore': %j", (input, value) => expectBoth(input, value, { trailing: 'ignore' }));

    it.each<[string, unknown[]]>([
      ['First {"a":1}, then {"b":2}.', [{ a: 1 }, { b: 2 }]],
      ['```jsonl\n{"a":1}\n{"b":2}\n```\n', [{ a: 1 }, { b: 2 }]],
      ['[1] {x} {"b":2}', [[1], { b: 2 }]],
    ])("is one value after another with trailing: 'next': %j", (input, values) => {
      for (const size of chunkSizes) {
        const options = { ...prose, trailing: 'next', onIncomplete: 'emit' } as const;
        const { values: seen, end } = record(from(cut(input, [size])), partialJson(options));
        expect(end).toBe('complete');
        const whole = seen.filter((snapshot) => (snapshot as { complete: boolean }).complete);
        expect(whole.map((snapshot) => (snapshot as { value: unknown }).value)).toEqual(values);
      }
    });

    it.each<[string, unknown]>([
      ['From [1]: {"a":1}\n', { a: 1 }],
      ['```json\n{"a":1}\n```\n\n', { a: 1 }],
      ['{"a":1} or {"b":2}', { b: 2 }],
      ['{"a":1} Bye', error],
      ['```json\n{"a":1}\n``` Bye', error],
    ])("is the value that ends the answer with trailing: 'error': %j", (input, value) =>
      expectBoth(input, value, { trailing: 'error' }),
    );
  });

  describe('with a schema', () => {
    const reply = schemaOf((value) => {
      if ((value as { kind?: string }).kind !== 'REPLY') throw new Error('No reply');
      return { reply: true };
    });
    const examples = '```json\n{"kind":"EXAMPLE"}\n```\n```json\n{"kind":"REPLY"}\n```';
    const mixed = '{"kind":"REPLY"}\n```json\n{"kind":"EXAMPLE"}\n```';
    const none = '{"kind":"A"} {"kind":"B"}';

    it('is the value that the schema accepts', async () => {
      for (const input of [examples, mixed, '{"kind":"REPLY"} or {"kind":"OTHER"}', '{"kind":"REPLY"}']) {
        for (const size of chunkSizes) {
          const source = from(cut(input, [size]));
          const later = laterSchemaOf(() => 'later');
          expect(record(source, parseJsonOnComplete({ ...prose, schema: reply })).values).toEqual([{ reply: true }]);
          expect(record(source, partialJson({ ...prose, schema: reply })).values.at(-1)).toEqual({ reply: true });
          if (input === mixed)
            await expect(allValues(source.pipe(partialJson({ ...prose, schema: later })))).resolves.toContain('later');
        }
      }
    });

    it('errors if it accepts none, or several of one kind', () => {
      for (const operator of [parseJsonOnComplete({ ...prose, schema: reply }), partialJson({ ...prose, schema: reply })]) {
        expect(record(of(none), operator).end).toBeInstanceOf(ValidationError);
        expect(record(of('{"kind":"REPLY"} {"kind":"REPLY"}'), operator).end).toMatchObject({ kind: 'parse' });
        expect(record(of('nothing'), operator).end).toMatchObject({ kind: 'parse' });
      }
    });

    it('emits with every snapshot whether it is complete, and nothing after unsubscribe', async () => {
      const options = { ...prose, schema: reply, onIncomplete: 'emit' } as const;
      const { values } = record(of('{"kind":"REPLY"}', '[1]'), partialJson(options));
      expect(values).toEqual([
        { complete: false, index: 0, value: { kind: 'REPLY' } },
        { complete: true, index: 0, value: { reply: true } },
      ]);
      const seen: unknown[] = [];
      const later = laterSchemaOf((value) => value);
      of('{"a":1}')
        .pipe(partialJson({ ...prose, schema: later }))
        .subscribe({
          next: (value) => seen.push(value),
          error: (error: unknown) => seen.push(error),
          complete: () => seen.push('end'),
        })
        .unsubscribe();
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      expect(seen).toEqual([{ a: 1 }]);
    });
  });

  it('begins again in partialJson when a candidate gives way', () => {
    const pieces = ['[1] ', '{"a":"x', 'y"} ', '```json\n', '{"b":1', '2}', '\n```\n'];
    expect(record(from(pieces), partialJson(prose)).values).toEqual([[1], { a: 'x' }, { a: 'xy' }, {}, { b: 12 }]);
    const events = record(from(['[1] ', '{"a":1}']), partialJson({ ...prose, mode: 'events' })).values;
    expect(events.map((event) => (event as { type: string }).type)).toEqual([
      ...['start', 'value', 'end'],
      ...['reset', 'start', 'value', 'end'],
    ]);
    const growing = record(from(['{x} {"a":1} ', '```json\n{"b"', '\n```']), partialJson({ ...prose, mode: 'mutable' }));
    expect(growing.values.at(-1)).toEqual({ a: 1 });
  });

  describe('in jsonElements', () => {
    const elements = (input: string, size = input.length): { values: unknown[]; end: unknown } => {
      const { values, end } = record(from(cut(input, [size])), jsonElements(prose));
      return { values: values.map((element) => (element as JsonElement<unknown>).value), end };
    };

    it.each(['See {x}: [{"a":1},{"a":2}].', '```json\n{"list":[{"a":1},{"a":2}]}\n```', '{} {"list":[{"a":1},{"a":2}]}'])(
      'emits those of the answer: %j',
      (input) => {
        for (const size of chunkSizes) expect(elements(input, size)).toEqual({ values: [{ a: 1 }, { a: 2 }], end: 'complete' });
      },
    );

    it.each<[string, unknown[]]>([
      ['As in [1]: [{"a":1}]', [1]],
      ['["a", "b", c] ["d", "e"]', ['a', 'b']],
      ['["a","b"]\n```json\n["c"]\n```', ['a', 'b']],
      ['["a","b"] ["c","d"]', ['a', 'b']],
    ])('errors when the candidate that they are from gives way: %j', (input, values) => {
      for (const size of chunkSizes) expect(elements(input, size)).toMatchObject({ values, end: { kind: 'parse' } });
    });
  });

  it('of a truncated answer is a whole value that nothing better had begun to replace', () => {
    const read = (input: string) => record(from([start(), text(input), finish('length')]), parseJsonOnComplete(prose));
    expect(read('Here: {"a":1} an')).toEqual({ values: [{ a: 1 }], end: 'complete' });
    expect(read('```json\n{"a":1}\n``').values).toEqual([{ a: 1 }]);
    for (const input of ['{"a":1}\n```json\n{"b":', '{"a":', '```json\n12', 'Here'])
      expect(read(input).end).toMatchObject({ kind: 'parse' });
  });

  it('is not looked for in fences without the option fences', () => {
    expectBoth('```json\n{"a":1}\n```', { a: 1 }, { fences: false });
    expectBoth('{"a":1}\n```json\n{"b":1}\n```', error, { fences: false });
  });

  it('is found in linear time', () => {
    const pieces = [
      '{',
      '[',
      '{"',
      '[1',
      '[1] ',
      '`',
      '```',
      '~~~\n',
      '```json\n',
      '<',
      '<think>',
      '</',
      '{"a":1} ',
      '[[]',
      '{}',
    ];
    for (const piece of pieces) {
      const input = piece.repeat(100_000 / piece.length);
      expect(() => record(from(cut(input, [1_000])), partialJson(prose))).not.toThrow();
    }
  }, 30_000);

  const words = fc.constantFrom(
    'Note ',
    '[1] ',
    '{x} ',
    '`a` ',
    '\n',
    '\n\n',
    '```\n',
    '```json\n',
    '~~~\n',
    '```js\n',
    '</think>',
    '\n<think>',
    ' 12 ',
    '"',
  );
  const anyAnswer = fc
    .array(fc.oneof(words, words, anyJson(), anyBrokenJson()), { maxLength: 10 })
    .map((parts) => parts.join(''));

  it('is the same however the text is cut, and for every reader', () => {
    const anyOptions = fc.record({
      fences: fc.boolean(),
      controlCharacters: fc.boolean(),
      trailing: fc.constantFrom(undefined, 'error' as const, 'ignore' as const),
    });
    fc.assert(
      fc.property(anyAnswer, anyChunking, anyOptions, (answer, sizes, { trailing, ...options }) => {
        const rules = { ...prose, ...options, ...(trailing && { trailing }) };
        const whole = record(of(answer), parseJsonOnComplete(rules));
        const partial = record(from(['', ...cut(answer, sizes)]), partialJson(rules));
        const accepting = record(of(answer), parseJsonOnComplete({ ...rules, schema: schemaOf((value) => value) }));
        expect(accepting.values).toEqual(whole.values);
        if (whole.end === 'complete') {
          expect(partial.end).toBe('complete');
          expect(partial.values.at(-1)).toEqual(whole.values[0]);
        } else {
          expect(partial.end).toMatchObject({ kind: 'parse' });
          expect((partial.end as ParseError).value).toEqual((whole.end as ParseError).value);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is read without prose by every reader alike', () => {
    const anyFenced = fc
      .tuple(
        fc.constantFrom('', '```json\n', '```', '~~~~ js\n', '\ufeff', '  ```\n'),
        fc.oneof(anyJson(), anyBrokenJson()),
        fc.constantFrom('', '```', '\n```\n', '~~~~', '\n``', ' x'),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(anyFenced, anyChunking, (answer, sizes) => {
        const message = readWith('message.json', {}, answer, 5);
        const whole = readWith('parseJsonOnComplete', {}, answer, 5);
        const partial = record(from([start(), ...cut(answer, sizes).map((piece) => text(piece)), finish()]), partialJson());
        expect(JSON.stringify(message.value)).toBe(JSON.stringify(whole.value as JsonValue));
        expect(partial.end === 'complete').toBe(whole.error === undefined);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('raw control characters in strings', () => {
  it.each<[string, unknown]>([
    ['{"a":"line 1\nline 2"}', { a: 'line 1\nline 2' }],
    ['["tab\there\r\n"]', ['tab\there\r\n']],
    ['```json\n{"k\n1":"\u0001"}\n```', { 'k\n1': '\u0001' }],
  ])('are read on request: %j', (input, value) => {
    for (const reader of ['parseJsonOnComplete', 'partialJson']) {
      expectReading(reader, { controlCharacters: true }, input, value);
      expectReading(reader, {}, input, error);
    }
  });
});

describe('the value of an error', () => {
  it.each<[string, unknown]>([
    ['{"a":"one\\Two"}', { a: 'one' }],
    ['["x\ty"]', ['x']],
    ['{"a":[1,2,"thr\\u00g"]}', { a: [1, 2, 'thr'] }],
    ['{"a":"😀\\😀', { a: '😀' }],
    ['["x\ud83d\n', ['x']],
    ['{"a":12 x', { a: 12 }],
  ])('is the same however the text is cut: %j', (input, value) => {
    for (const reader of ['parseJsonOnComplete', 'partialJson'])
      for (const size of [1, 2, 3, 5, 7, 100]) expect(readWith(reader, {}, input, size).error).toMatchObject({ value });
  });
});
