import { describe, expect, it } from '@jest/globals';
import { encode } from '@toon-format/toon';
import { expectTypeOf } from 'expect-type';
import fc from 'fast-check';
import { concat, from, NEVER, type Observable, of, Subject, take } from 'rxjs';
import { LimitError, ParseError } from '../../src/errors.js';
import type { DeltaEvent, FinishReason, JsonObject } from '../../src/events.js';
import { finish, marbles, reasoning, reset, start, step, text } from '../../src/testing/index.js';
import { type ToonRow, type ToonRowsOptions, toonRows } from '../../src/toon/index.js';
import { anyChunking, cut } from '../support/chunks.js';
import { operatorContract, record } from '../support/operatorContract.js';
import { anyRows } from '../support/toon.js';

const table = 'users[2]{id,name}:\n  1,Ann\n  2,Bob';
const ann = { path: ['users'], index: 0, row: { id: 1, name: 'Ann' }, expected: 2, line: 2 };
const bob = { path: ['users'], index: 1, row: { id: 2, name: 'Bob' }, expected: 2, line: 3 };

interface Read {
  readonly rows: readonly ToonRow<unknown>[];
  readonly end: unknown;
}

function read(source: Observable<DeltaEvent | string>, options?: ToonRowsOptions): Read {
  const { values, end } = record(source, toonRows(options));
  return { rows: values as readonly ToonRow<unknown>[], end };
}

/** The rows of a whole text. */
function rowsOf(whole: string, options?: ToonRowsOptions): Read {
  return read(of(whole), options);
}

/** The rows of an answer that ended with this finish reason, or without `finish`. */
function ended(whole: string, reason: FinishReason | undefined, options?: ToonRowsOptions): Read {
  return read(from([start(), text(whole), ...(reason ? [finish(reason)] : [])]), options);
}

describe('toonRows', () => {
  operatorContract(() => toonRows());

  it(
    'emits each row as soon as its line is complete',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream('s-a-b-c-f|', { a: text('users[2]{id,name}:\n  1,A'), b: text('nn\n'), c: text('  2,Bob\n') });
      const subscription = ' ^--------!';
      const result = '       ----1-2--|';
      const provisional = undefined;
      const key = undefined;
      expectObservable(source.pipe(toonRows())).toBe(result, {
        1: { ...ann, key, provisional },
        2: { ...bob, key, provisional },
      });
      expectSubscriptions(source.subscriptions).toBe(subscription);
    }),
  );

  it('reads strings too', () => {
    expect(rowsOf(table)).toEqual({ rows: [ann, bob], end: 'complete' });
  });

  it('reads keyed tables, with the key of each entry', () => {
    expect(rowsOf('m[2:]{v}:\n  a: 1\n  "b c": 2').rows).toEqual([
      { path: ['m'], index: 0, key: 'a', row: { v: 1 }, expected: 2, line: 2 },
      { path: ['m'], index: 1, key: 'b c', row: { v: 2 }, expected: 2, line: 3 },
    ]);
  });

  it('reads tables at the root, and with nested field groups', () => {
    const row = { id: 1, c: { n: 'Ann', k: 'DE' } };
    expect(rowsOf('[1]{id,c{n,k}}:\n  1,Ann,DE').rows).toEqual([{ path: [], index: 0, row, expected: 1, line: 2 }]);
  });

  const several = 'a:\n  b[1]{x}:\n    1\nl[3]:\n  - x\n  - [1]: 2\n  - t[1]{x}:\n      3\n    u: 4\nc[1]{x}:\n  5';

  it('emits the path of each table', () => {
    const { rows, end } = rowsOf(several);
    expect(rows.map(({ path, row }) => [path, row])).toEqual([
      [['a', 'b'], { x: 1 }],
      [['l', 2, 't'], { x: 3 }],
      [['c'], { x: 5 }],
    ]);
    expect(end).toBe('complete');
  });

  it('reads only the table at the path', () => {
    expect(rowsOf(several, { path: 'c' }).rows).toMatchObject([{ path: ['c'] }]);
    expect(rowsOf(several, { path: ['l', 2, 't'] }).rows).toMatchObject([{ path: ['l', 2, 't'] }]);
    expect(rowsOf(several, { path: [] }).rows).toEqual([]);
    expect(rowsOf('[1]{x}:\n  1', { path: [] }).rows).toMatchObject([{ path: [] }]);
  });

  it('emits no rows for a text without a table, and for an empty source', () => {
    for (const whole of ['', 'a: 1', 'users: []', 'Hello world']) expect(rowsOf(whole)).toEqual({ rows: [], end: 'complete' });
    expect(read(from([]))).toEqual({ rows: [], end: 'complete' });
  });

  it('reads choice 0 and the phase answer only', () => {
    const source = from([
      start(),
      text('users[2]{id,name}:\n', { phase: 'commentary' }),
      text(table.slice(0, 25)),
      text('other', { choice: 1 }),
      reasoning('thinking'),
      text(table.slice(25)),
      finish(),
    ]);
    expect(read(source)).toEqual({ rows: [ann, bob], end: 'complete' });
  });

  it('keeps __proto__ an own property of a row', () => {
    const [{ row } = { row: undefined }] = rowsOf('[1]{__proto__}:\n  1').rows;
    expect(Object.hasOwn(row as object, '__proto__')).toBe(true);
  });

  it('emits nothing more once downstream has unsubscribed, in the middle of a piece', () => {
    const seen: unknown[] = [];
    of(`${table}\nnot a field`)
      .pipe(toonRows(), take(2))
      .subscribe({ next: (row) => seen.push(row), error: (error: unknown) => seen.push(error) });
    expect(seen).toHaveLength(2);
  });

  describe('with an invalid row', () => {
    const bad = 'users[4]{id,name}:\n  1,Ann\n  2,Bob,x\n  "3,Eve\n  4,Joe\n';

    it('errors with its line, after the rows before it', () => {
      const { rows, end } = rowsOf(bad);
      expect(rows).toMatchObject([{ index: 0 }]);
      expect(end).toBeInstanceOf(ParseError);
      expect(end).toMatchObject({ kind: 'parse', line: 3, text: bad, retryable: false, partial: { text: bad } });
    });

    it('skips it on request, and counts it', () => {
      const { rows, end } = rowsOf(bad, { onRowError: 'skip' });
      expect(rows).toMatchObject([
        { index: 0, line: 2 },
        { index: 3, line: 5 },
      ]);
      expect(end).toBe('complete');
    });

    it('errors at a row that is written as a list item', () => {
      expect(rowsOf('users[1]{id,name}:\n  - 1,Ann').end).toMatchObject({ kind: 'parse', line: 2 });
    });
  });

  it('errors at the end of a table, after its rows, for a fault that shows only there', () => {
    for (const [whole, line] of [
      ['users[3]{id,name}:\n  1,Ann\n  2,Bob\nmore: 1', 3],
      ['users[1]{id,name}:\n  1,Ann\n  2,Bob', 3],
      ['users[2]{id,name}:\n  1,Ann\n\n  2,Bob', 3],
    ] as const) {
      const { rows, end } = rowsOf(whole);
      expect(rows.map(({ row }) => row)).toEqual([ann.row, bob.row].slice(0, rows.length));
      expect(rows.length).toBeGreaterThan(0);
      expect(end).toMatchObject({ kind: 'parse', line });
    }
  });

  it('accepts wrong counts and blank lines when it is not strict', () => {
    const { rows, end } = rowsOf('users[9]{id,name}:\n  1,Ann\n\n  2,Bob', { strict: false });
    expect(rows).toHaveLength(2);
    expect(end).toBe('complete');
  });

  it('errors beyond 256 levels', () => {
    const deep = Array.from({ length: 300 }, (_, level) => `${'  '.repeat(level)}a:`).join('\n');
    expect(rowsOf(deep).end).toBeInstanceOf(LimitError);
  });

  it('errors with the message so far, also at the end of the stream', () => {
    const deep = Array.from({ length: 300 }, (_, level) => `${'  '.repeat(level)}a:\n`).join('');
    expect(ended(deep, 'stop').end).toMatchObject({ kind: 'limit', partial: { text: deep, finishReason: undefined } });
    const short = 'users[2]{id,name}:\n  1,Ann\n  2';
    const partial = { text: short, finishReason: 'stop' };
    expect(ended(short, 'stop').end).toMatchObject({ kind: 'parse', line: 3, finishReason: 'stop', partial });
  });

  it('reads the deltas of several blocks in the order of the stream', () => {
    const deltas = [
      text('users[2]{id,name}:\n  1,', { block: 1 }),
      text('Ann\n', { block: 3 }),
      text('  2,Bob,x\n', { block: 1 }),
    ];
    const { rows, end } = read(from([start(), ...deltas, finish()]));
    expect(rows).toEqual([ann]);
    expect(end).toMatchObject({ kind: 'parse', line: 3, text: 'users[2]{id,name}:\n  1,Ann\n  2,Bob,x\n' });
  });

  it('reads another indentation', () => {
    expect(rowsOf('a:\n    t[1]{x}:\n        1', { indentSize: 4 }).rows).toHaveLength(1);
  });

  describe('when the stream ends early', () => {
    const early: readonly (FinishReason | undefined)[] = [undefined, 'length', 'paused', 'aborted', 'budget'];

    it.each(early)('emits a last row with all its cells as provisional (%s)', (reason) => {
      expect(ended(table, reason)).toEqual({ rows: [ann, { ...bob, provisional: true }], end: 'complete' });
    });

    it.each(early)('does not emit a last row without all its cells (%s)', (reason) => {
      for (const cutText of [`${table.slice(0, -4)}`, 'users[2]{id,name}:\n  1,Ann\n', 'users[2]{id,name}:\n  1,Ann\n  2,"B']) {
        expect(ended(cutText, reason)).toEqual({ rows: [ann], end: 'complete' });
      }
    });

    it('emits the row of a last line without a line end when the answer is whole', () => {
      expect(ended(table, 'stop')).toEqual({ rows: [ann, bob], end: 'complete' });
    });

    it.each(['refusal', 'content-filter', 'tool-calls'] as const)('errors with the reason %s', (reason) => {
      const { rows, end } = ended(`${table}\n`, reason);
      expect(rows).toHaveLength(2);
      expect(end).toMatchObject({ kind: 'parse', finishReason: reason, text: `${table}\n` });
    });
  });

  describe('with something around the document', () => {
    const fenced = `\`\`\`toon\n${table}\n\`\`\`\n`;

    it('removes a fence, and reads nothing after it', () => {
      expect(rowsOf(`${fenced}\nAnything else?`).rows).toMatchObject([{ line: 3 }, { line: 4 }]);
      expect(rowsOf(`\n  ~~~\n  ${table.replaceAll('\n', '\n  ')}\n  ~~~`).rows).toHaveLength(2);
    });

    it('errors at prose before the document', () => {
      expect(rowsOf(`Here are they\n\n${table}`).end).toMatchObject({ kind: 'parse', line: 1 });
      expect(rowsOf('```json\n{"a": 1}\n```').end).toMatchObject({ kind: 'parse' });
    });

    it.each([
      '```toon\nusers[2]{id,name}:\n  1,Ann\n  2,Bob```',
      '~~~\nusers[2]{id,name}:\n  1,Ann\n  2,Bob~~~~  \n\nusers: 3',
      '  ```\n  users[2]{id,name}:\n    1,Ann\n    2,Bob``` \nmore',
      `${table}\n\nNote: all values are current.\n\nNote: twice`,
      `${table}\n\nThat is all.`,
    ])('ends the document where its fence ends, or before a paragraph: %j', (whole) => {
      for (const size of [1, 3, 7, whole.length]) {
        const { rows, end } = read(from(cut(whole, [size])));
        expect(rows.map(({ row }) => row)).toEqual([ann.row, bob.row]);
        expect(end).toBe('complete');
      }
    });

    it.each([
      `\`\`\`\n$ ls -la\ntotal 3\n\`\`\`\n\n${fenced}`,
      `\`\`\`yaml\nversion: 3\nname: x\n\`\`\`\n\n${fenced}`,
      `\`\`\`\nkey: value\n- one\n\`\`\`\n\n${table}\n`,
      `\`\`\`yaml\n${table}\n\`\`\`\n`,
      `\`\`\`text\n$ cat users.toon\n${table}\`\`\`\n`,
      `\`\`\`\npage: 1\n${table}\n\`\`\`\n`,
      `<think>\nmaybe users[1]{id}:\n  1\n</think>\n${table}`,
    ])('skips blocks without a table, and thoughts, when it is lenient: %j', (whole) => {
      for (const size of [1, 3, 7, whole.length]) {
        const { rows, end } = read(from(cut(whole, [size])), { lenient: true });
        expect(rows.map(({ row, path }) => [path, row])).toEqual([
          [['users'], ann.row],
          [['users'], bob.row],
        ]);
        expect(end).toBe('complete');
        for (const { line, row } of rows) expect(whole.split('\n')[line - 1]).toContain(Object.values(row as object).join(','));
      }
    });

    it('reads the tables of several paragraphs when it is lenient', () => {
      const { rows } = rowsOf(`${table}\n\nAnd the others:\n\nothers[1]{id}:\n  3\n`, { lenient: true });
      expect(rows.map(({ path }) => path)).toEqual([['users'], ['users'], ['others']]);
    });

    it.each([
      `Here are they:\n\n${fenced}`,
      `Here are they [1]:\n\n${table}`,
      `# Users\n\nNote: all of them.\n\n- one\n\n${table}\n\nThat is all: **two** users.`,
      `Here is JSON\n\`\`\`json\n{"users[1]{x}:": 1}\n\`\`\`\nand TOON\n${fenced}`,
      `Here are they:\n\n    ${table.replaceAll('\n', '\n    ')}\n\nBye`,
    ])('skips prose on request: %j', (whole) => {
      const { rows, end } = rowsOf(whole, { lenient: true });
      expect(rows.map(({ row }) => row)).toEqual([ann.row, bob.row]);
      expect(end).toBe('complete');
      for (const { line, row } of rows) expect(whole.split('\n')[line - 1]).toContain(Object.values(row as object).join(','));
    });
  });

  describe('on reset', () => {
    const one = text('users[2]{id,name}:\n  1,Ann\n');
    const two = text('  2,Bob\n');

    it('errors with the fault when rows were emitted, after the source was unsubscribed', () => {
      const source = new Subject<DeltaEvent>();
      const ends: unknown[] = [];
      source.pipe(toonRows()).subscribe({ error: (error: unknown) => ends.push(error) });
      for (const event of [start(), one, reset()]) source.next(event);
      expect(ends).toMatchObject([{ kind: 'connection', retryable: true, partial: { text: one.text } }]);
      expect(source.observed).toBe(false);
    });

    it('begins again at index 0 on request', () => {
      const { rows, end } = read(from([start(), one, reset(), start(), one, two, finish()]), { onReset: 'restart' });
      expect(rows).toEqual([ann, ann, bob]);
      expect(end).toBe('complete');
    });

    it('continues when no row was emitted', () => {
      const { rows, end } = read(from([start(), text('users[9]{a'), reset(), start(), one, two, finish()]));
      expect(rows).toEqual([ann, bob]);
      expect(end).toBe('complete');
    });

    it('changes nothing when the reset removes no text', () => {
      const events = [start(), one, text('  2,', { block: 1 }), reset({ step: 1 }), text('Bob\n', { block: 1 }), finish()];
      expect(read(from(events))).toEqual({ rows: [ann, bob], end: 'complete' });
    });

    it('begins again at each round of a tool loop, and keeps the rows of earlier rounds', () => {
      const second = text('  2,Bob\n', { block: 1 });
      const events = [start(), one, step(1), one, text('  2,B', { block: 1 }), reset({ step: 1 })];
      expect(read(from(events)).end).toMatchObject({ kind: 'connection' });
      const silent = [start(), one, step(1), text('users[9]{a'), reset({ step: 1 }), one, second, finish()];
      expect(read(from(silent))).toEqual({ rows: [ann, ann, bob], end: 'complete' });
      expect(read(from([...events, one, second, finish()]), { onReset: 'restart' })).toEqual({
        rows: [ann, ann, ann, bob],
        end: 'complete',
      });
    });
  });

  it('emits the rows that were encoded, however the text is chunked', () => {
    fc.assert(
      fc.property(anyRows, anyChunking, fc.boolean(), (rows, sizes, keyed) => {
        const plain = JSON.parse(JSON.stringify(rows)) as readonly unknown[];
        const data = keyed ? Object.fromEntries(plain.map((row, index) => [`k${index}`, row])) : plain;
        const result = read(from(cut(encode({ data }), sizes)));
        expect(result.end).toBe('complete');
        // An object in a cell, or an empty row, makes it a list. A line that ends so is a header: a quoted '}:' ends with its quote.
        if (/\}:$/m.test(encode({ data }))) expect(result.rows.map(({ row }) => row)).toEqual(plain);
      }),
      { numRuns: 1_000 },
    );
  });

  it('emits a prefix of the final rows for every truncated document, apart from a provisional one', () => {
    fc.assert(
      fc.property(anyRows, anyRows, fc.nat(), anyChunking, (first, second, place, sizes) => {
        const whole = encode({ first, l: [{ second, x: 1 }], last: 1 });
        const length = place % (whole.length + 1);
        const all = read(of(whole));
        const some = read(concat(from(cut(whole.slice(0, length), sizes)).pipe(), NEVER));
        expect(some.end).toBe('open');
        expect(some.rows).toEqual(all.rows.slice(0, some.rows.length));
        const { rows, end } = ended(whole.slice(0, length), 'length');
        expect(end).toBe('complete');
        expect(rows.slice(0, some.rows.length)).toEqual(some.rows);
        expect(rows.slice(some.rows.length).every(({ provisional }) => provisional)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('types the row', () => {
    expectTypeOf(of('').pipe(toonRows())).toEqualTypeOf<Observable<ToonRow<JsonObject>>>();
    expectTypeOf(of('').pipe(toonRows<{ id: number }>())).toEqualTypeOf<Observable<ToonRow<{ id: number }>>>();
  });

  it('throws on unknown options and values at call time', () => {
    expect(() => toonRows({ pth: 'a' } as ToonRowsOptions)).toThrow('did you mean "path"');
    // @ts-expect-error
    expect(() => toonRows({ onRowError: 'ignore' })).toThrow(TypeError);
    // @ts-expect-error
    expect(() => toonRows({ onReset: 'again' })).toThrow(TypeError);
    // @ts-expect-error
    expect(() => toonRows({ path: 1 })).toThrow(TypeError);
    expect(() => toonRows({ indentSize: 0 })).toThrow(RangeError);
    expect(() => toonRows({ indentSize: 1.5 })).toThrow(RangeError);
  });
});
