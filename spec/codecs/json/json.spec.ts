import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createJsonParser, type JsonParserOptions } from '../../../src/codecs/json/parser.js';
import { JsonSyntaxError } from '../../../src/codecs/json/syntaxError.js';
import { isStreamError, type LimitError } from '../../../src/errors.js';
import type { JsonValue } from '../../../src/events.js';
import { anyChunking, cut } from '../../support/chunks.js';
import { anyBrokenJson, anyJson } from '../../support/json.js';

// scanner.ts, string.ts, word.ts, text.ts and snapshotValue.ts are tested through the parser; mutableValue.ts and events.ts through
// partialJson, and elements.ts through jsonElements (spec/operators).

const cases = { numRuns: 2_000 };
const strict = { fences: false } as const;

/** The value that the parser reads, or `undefined` if it rejects the text. */
function read(pieces: readonly string[], options: JsonParserOptions = strict): { value: JsonValue } | undefined {
  const parser = createJsonParser(options);
  try {
    for (const piece of pieces) parser.write(piece);
    if (!parser.end()) return undefined;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
  const value = parser.value();
  return value === undefined ? undefined : { value };
}

function parse(text: string): { value: JsonValue } | undefined {
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch {
    return undefined;
  }
}

/** The value after every piece. */
function snapshotsOf(pieces: readonly string[]): (JsonValue | undefined)[] {
  const parser = createJsonParser(strict);
  const snapshots = pieces.map((piece) => {
    parser.write(piece);
    return parser.value();
  });
  parser.end();
  return [...snapshots, parser.value()];
}

/** The emitted snapshots: `!` marks a complete one, `=` one that equals the previous one. */
function emittedSnapshots(pieces: readonly string[], options: JsonParserOptions = {}): string[] {
  const seen: string[] = [];
  const onSnapshot = (value: JsonValue, complete: boolean, changed: boolean): void => {
    seen.push(`${JSON.stringify(value)}${complete ? '!' : ''}${changed ? '' : '='}`);
  };
  const parser = createJsonParser({ ...options, onSnapshot });
  for (const piece of pieces) parser.write(piece);
  parser.end();
  return seen;
}

function failure(text: string, options: JsonParserOptions = {}): unknown {
  try {
    createJsonParser(options).write(text);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('createJsonParser', () => {
  it('returns the value of JSON.parse, or rejects what it rejects, however the text is cut', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson(), anyBrokenJson()), anyChunking, (text, sizes) => {
        const expected = parse(text);
        const actual = read(cut(text, sizes));
        expect(JSON.stringify(actual)).toBe(JSON.stringify(expected));
        return isDeepStrictEqual(actual, expected);
      }),
      cases,
    );
  });

  it('never mutates a snapshot that it returned', () => {
    fc.assert(
      fc.property(anyJson(), anyChunking, (text, sizes) => {
        const parser = createJsonParser({ ...strict, onSnapshot: (value) => deepFreeze(value) });
        const held = cut(text, sizes).map((piece) => {
          parser.write(piece);
          const snapshot = parser.value();
          return { snapshot, clone: structuredClone(snapshot) };
        });
        parser.end();
        return held.every(({ snapshot, clone }) => isDeepStrictEqual(JSON.stringify(snapshot), JSON.stringify(clone)));
      }),
      cases,
    );
  });

  it('shares closed parts with every later snapshot, only extends strings, and returns the same reference if nothing changed', () => {
    fc.assert(
      fc.property(anyJson({ oddKeys: false }), anyChunking, (text, sizes) => {
        const snapshots = snapshotsOf(cut(text, sizes)).filter((snapshot) => snapshot !== undefined);
        return snapshots.every((later, index) => {
          const earlier = snapshots[index - 1];
          if (earlier === undefined) return true;
          return extendsIt(earlier, later) && (later === earlier || !isDeepStrictEqual(earlier, later));
        });
      }),
      cases,
    );
  });

  it('shows no lone surrogate that the final value lacks', () => {
    fc.assert(
      fc.property(anyJson({ oddKeys: false }), anyChunking, (text, sizes) => {
        const final = stringsOf(JSON.parse(text) as JsonValue);
        for (const snapshot of snapshotsOf(cut(text, sizes))) {
          if (snapshot === undefined) continue;
          for (const [index, string] of stringsOf(snapshot).entries()) {
            const whole = final[index] ?? '';
            if (!whole.startsWith(string) || endsInsidePair(string, whole)) return false;
          }
        }
        return true;
      }),
      cases,
    );
  });

  it('emits the whole value as its last snapshot, whichever snapshots it skips before', () => {
    fc.assert(
      fc.property(anyJson(), anyChunking, (text, sizes) => {
        const seen = emittedSnapshots(cut(text, sizes), strict);
        const last = (seen.at(-1) ?? '').replace(/=$/, '');
        return last === `${JSON.stringify(JSON.parse(text))}!`;
      }),
      cases,
    );
  });

  it('grows strings, and shows numbers, literals, escapes and keys when they are whole', () => {
    const text = '{"name":"A\\u00e9","age":41,"ok":true,"tags":[]}';
    expect(emittedSnapshots([...text])).toEqual([
      '{}',
      '{"name":""}',
      '{"name":"A"}',
      '{"name":"Aé"}',
      '{"name":"Aé","age":41}',
      '{"name":"Aé","age":41,"ok":true}',
      '{"name":"Aé","age":41,"ok":true,"tags":[]}',
      '{"name":"Aé","age":41,"ok":true,"tags":[]}!=',
    ]);
  });

  it('holds back half of a surrogate pair, literal or escaped, across pieces', () => {
    expect(emittedSnapshots(['"a\ud83d', '\ude00b"'])).toEqual(['"a"', '"a😀b"!']);
    expect(emittedSnapshots(['"\\ud8', '3d', '\\ude', '00"'])).toEqual(['""', '"😀"!']);
    expect(read(['"\\ud83d', 'x"'])).toEqual({ value: '\ud83dx' });
    expect(read(['"\\ud83d', '"'])).toEqual({ value: '\ud83d' });
  });

  it('emits a number at the root only when it ends', () => {
    expect(emittedSnapshots(['1', '2'])).toEqual(['12!']);
    expect(emittedSnapshots(['1', '2', ' '])).toEqual(['12!']);
    const parser = createJsonParser();
    parser.write('12');
    expect(parser.complete).toBe(false);
    expect(parser.value()).toBeUndefined();
    expect(parser.end()).toBe(true);
  });

  it('sets __proto__ as an own property', () => {
    const { value } = read(['{"__proto__":{"admin":true},"a":{"__proto__":1}}']) as { value: object };
    expect(Object.keys(value)).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect((value as { admin?: boolean }).admin).toBeUndefined();
    expect(emittedSnapshots(['{"__proto__":"a', 'b"}'])).toEqual(['{"__proto__":"a"}', '{"__proto__":"ab"}!']);
  });

  it('keeps the last value of a duplicate key', () => {
    expect(read(['{"a":1,"b":2,"a":{"c":', '3}}'])).toEqual({ value: { a: { c: 3 }, b: 2 } });
  });

  it.each([
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['[1}', 2],
    ['{"a" 1}', 5],
    ['{a:1}', 1],
    ["{'a':1}", 1],
    ['[NaN]', 1],
    ['[nul]', 4],
    ['[01]', 2],
    ['[1.]', 3],
    ['[-a]', 2],
    ['["\\x"]', 3],
    ['["\\u12g4"]', 6],
    ['["a\nb"]', 3],
    ['[1] x', 4],
    ['{} // done', 3],
    ['``{}', 2],
    ['', 0],
  ])('reports the offset of the error in %j', (text, offset) => {
    const pieces = [...text];
    const parser = createJsonParser();
    const attempt = (): void => {
      for (const piece of pieces) parser.write(piece);
      if (!parser.end()) throw new JsonSyntaxError('The end', parser.offset);
    };
    expect(attempt).toThrow(expect.objectContaining({ name: 'JsonSyntaxError', offset }) as unknown as Error);
    if (text !== '') expect(failure(text)).toMatchObject({ offset });
  });

  it('quotes nothing of the text in its message', () => {
    expect((failure('{"secret":§}') as Error).message).toBe('Expected a value (offset 10)');
  });

  it('throws past maxDepth, and reads deep nesting without a stack overflow', () => {
    const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(failure(deep(256))).toBeUndefined();
    const error = failure(deep(100_000));
    expect(isStreamError(error, 'limit')).toBe(true);
    expect(error as LimitError).toMatchObject({ limit: 'maxDepth', value: 256 });
    expect(failure(deep(100_000), { maxDepth: Number.POSITIVE_INFINITY })).toBeUndefined();
    expect(failure(deep(3), { maxDepth: 2 })).toMatchObject({ value: 2 });
  });

  it.each([
    ['white space and a byte order mark', '\ufeff \n{"a":1}\n'],
    ['a fence', '```json\n{"a":1}\n```\n'],
    ['a fence without a label', '```\n{"a":1}\n```'],
    ['a fence of tildes', '~~~~ JSON\n{"a":1}~~~~'],
    ['a fence in one line', '```{"a":1}```'],
    ['a fence that is cut', '```json\n{"a":1}\n``'],
  ])('skips %s', (_, text) => {
    for (let size = 1; size <= text.length; size++) {
      expect(read(cut(text, [size]), {})).toEqual({ value: { a: 1 } });
    }
  });

  it('skips prose only with the option prose', () => {
    const text = 'Here is `the` value:\n\n```json\n{"a":1}\n```\nAnything else?';
    expect(failure(text)).toMatchObject({ offset: 0 });
    for (const size of [1, 3, text.length]) expect(read(cut(text, [size]), { prose: true })).toEqual({ value: { a: 1 } });
    expect(read(['Sure: [1] Bye'], { prose: true, trailing: 'error' })).toBeUndefined();
  });

  it('rejects a fence without the option fences, and a lone closing fence', () => {
    expect(failure('```\n1', strict)).toMatchObject({ offset: 0 });
    expect(failure('{} ```')).toMatchObject({ offset: 3 });
  });

  it.each([1, 2, 5, 100])('follows the option trailing after the value, in pieces of %i', (size) => {
    expect(emittedSnapshots(cut('{"a":1} {]', [size]), { trailing: 'ignore' }).at(-1)).toMatch(/^\{"a":1\}!/);
    const lines = emittedSnapshots(cut('1\n"x"\n{"a":2}\n{"a":2}[] ', [size]), { trailing: 'next' }).filter((line) =>
      line.includes('!'),
    );
    expect(lines.map((line) => line.replace('=', ''))).toEqual(['1!', '"x"!', '{"a":2}!', '{"a":2}!', '[]!']);
  });

  it('reports whether a text of several values ends with a whole one', () => {
    const parser = createJsonParser({ trailing: 'next' });
    parser.write('{}\n');
    expect(parser.complete).toBe(true);
    parser.write('[');
    expect(parser.complete).toBe(false);
    expect(parser.end()).toBe(false);
  });

  it('emits on flush what was too small for a snapshot', () => {
    const wide = `{${Array.from({ length: 100 }, (_, index) => `"k${index}":0`).join(',')}`;
    const seen: unknown[] = [];
    const parser = createJsonParser({ onSnapshot: (value) => seen.push(value) });
    parser.write(wide);
    parser.write(',"a":"b"');
    expect(seen).toHaveLength(1);
    parser.flush();
    expect(seen).toHaveLength(2);
    expect(seen[1]).toHaveProperty('a', 'b');
    parser.flush();
    expect(seen).toHaveLength(2);
  });

  it('shows a string of hundreds of pieces correctly after each piece', () => {
    const anyPieces = fc.array(fc.stringMatching(/^[a-zé\u{1f600} ]{1,4}$/u), { maxLength: 300 });
    fc.assert(
      fc.property(fc.tuple(anyPieces, anyPieces), ([first, second]) => {
        const snapshots = snapshotsOf(['["', ...first, '","', ...second, '"]']);
        const whole = first.join('');
        const expected = [
          ...['', ...prefixes(first)].map((text) => [text]),
          ...['', ...prefixes(second)].map((text) => [whole, text]),
        ];
        expect(snapshots.slice(0, expected.length)).toEqual(expected);
        expect(snapshots.at(-1)).toEqual(expected.at(-1));
      }),
      cases,
    );
  });

  it('emits few snapshots while wide containers are open, and one at the end', () => {
    const text = JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key ${index}`, index])));
    const seen = emittedSnapshots(cut(text, [4]));
    expect(seen.length).toBeLessThan(300);
    expect(seen.at(-1)).toBe(`${text}!`);
  });

  it('reads a string of 10 MB', () => {
    const text = JSON.stringify({ text: 'lorem ipsum '.repeat(870_000) });
    expect(read(cut(text, [4_000]))).toEqual({ value: JSON.parse(text) });
  });
});

/** Whether the later value has every part of the earlier one unchanged; only the last part may have grown. */
function extendsIt(earlier: JsonValue, later: JsonValue): boolean {
  if (typeof earlier === 'string') return typeof later === 'string' && later.startsWith(earlier);
  if (typeof earlier !== 'object' || earlier === null) return Object.is(later, earlier);
  const laterParts = Object.values(later as object) as JsonValue[];
  const parts = Object.values(earlier) as JsonValue[];
  return parts.every((part, index) => {
    const laterPart = laterParts[index] as JsonValue;
    return index < parts.length - 1 ? Object.is(laterPart, part) : extendsIt(part, laterPart);
  });
}

/** The text after each piece. */
function prefixes(pieces: readonly string[]): string[] {
  let text = '';
  return pieces.map((piece) => {
    text += piece;
    return text;
  });
}

/** All strings of a value, in order. */
function stringsOf(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((part) => stringsOf(part as JsonValue));
}

/** Whether a prefix of a text ends between the halves of a surrogate pair. */
function endsInsidePair(beginning: string, whole: string): boolean {
  return /[\ud800-\udbff]$/.test(beginning) && /^[\udc00-\udfff]/.test(whole.slice(beginning.length));
}

function deepFreeze(value: JsonValue): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part as JsonValue);
}
