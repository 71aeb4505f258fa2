import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createSseDecoder } from '../../../src/codecs/sse/sseDecoder.js';
import { createSseOwner, defaultMaxEventBytes, type SseOptions, type SseOwner } from '../../../src/codecs/sse/sseState.js';
import { createBufferDecoding, createStreamDecoding } from '../../../src/codecs/text/textDecoding.js';
import { anyChunking, anyText, cut } from '../../support/chunks.js';
import { recordings } from '../../support/recordings.js';

const encoder = new TextEncoder();
const cases = { numRuns: 1_000 };

interface Message {
  readonly data: string;
  readonly name: string;
  readonly whole: boolean;
}

interface Decoded {
  readonly messages: readonly Message[];
  readonly comments: number;
  readonly lastEventId: string;
  readonly retryMs: number | undefined;
  readonly error: unknown;
}

function decodeChunks(chunks: Iterable<Uint8Array>, options: SseOptions = {}): Decoded {
  const messages: Message[] = [];
  let comments = 0;
  let error: unknown;
  const owner = createSseOwner(options);
  const decoder = createSseDecoder({
    message: (_, data, name, whole) => messages.push({ data, name, whole }),
    comment: () => comments++,
  });
  try {
    for (const chunk of chunks) decoder.write(owner, chunk);
    decoder.end(owner);
  } catch (thrown) {
    error = thrown;
  }
  return { messages, comments, lastEventId: owner.sse.lastEventId, retryMs: owner.sse.retryMs, error };
}

function decode(text: string | Uint8Array, sizes: readonly number[] = [], options: SseOptions = {}): Decoded {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text;
  return decodeChunks(cut(bytes, sizes), options);
}

/** Recognizes data in braces. */
function matchData(_owner: SseOwner, text: string, from: number, prefix: string): number {
  const braces = /\{[^}\r\n]*\}/y;
  braces.lastIndex = from + prefix.length;
  return text.startsWith(prefix, from) && braces.test(text) ? braces.lastIndex : -1;
}

/** Everything that is emitted for a stream, in order. */
function emittedFor(text: string, sizes: readonly number[], matching: boolean, options: SseOptions): readonly unknown[] {
  const emitted: unknown[] = [];
  const emit = ({ sse }: SseOwner, data: string, name: string, whole = true): void => {
    emitted.push([data, name, whole, sse.lastEventId]);
  };
  let from = 0;
  const owner = createSseOwner(options);
  const decoder = createSseDecoder<SseOwner>({
    message: emit,
    comment: () => emitted.push('comment'),
    ...(matching && {
      matchData(owner: SseOwner, text: string, start: number, prefix: string) {
        from = start + prefix.length;
        return matchData(owner, text, start, prefix);
      },
      matched: (owner: SseOwner, text: string, name: string) => emit(owner, text.slice(from, text.indexOf('}', from) + 1), name),
    }),
  });
  try {
    for (const chunk of cut(encoder.encode(text), sizes)) decoder.write(owner, chunk);
    emitted.push(decoder.end(owner));
  } catch (error) {
    emitted.push(String(error));
  }
  return [...emitted, owner.sse.lastEventId, owner.sse.retryMs];
}

const decodings = { Buffer: createBufferDecoding, TextDecoder: createStreamDecoding };

const event = (data: string, name = '', whole = true): Message => ({ data, name, whole });

/** The algorithm of the specification over the whole text at once: slow and simple. */
function decodePlainly(text: string): readonly Message[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  const messages: Message[] = [];
  let data: string[] = [];
  let name = '';
  const dispatch = (whole: boolean): void => {
    if (data.length > 0) messages.push({ data: data.join('\n'), name, whole });
    data = [];
    name = '';
  };
  lines.forEach((line, index) => {
    const last = index === lines.length - 1;
    if (line === '') return last ? undefined : dispatch(true);
    const match = /^([^:]*)(?:: ?(.*))?$/su.exec(line);
    if (match?.[1] === 'data') data.push(match[2] ?? '');
    if (match?.[1] === 'event') name = match[2] ?? '';
  });
  dispatch(false);
  return messages;
}

/** Counts the characters that `indexOf` may have searched. */
function countSearched<T>(work: () => T): { readonly result: T; readonly searched: number } {
  const { indexOf } = String.prototype;
  let searched = 0;
  String.prototype.indexOf = function (this: string, text: string, from = 0): number {
    const found = indexOf.call(this, text, from);
    searched += (found < 0 ? this.length : found + 1) - from;
    return found;
  };
  try {
    return { result: work(), searched };
  } finally {
    String.prototype.indexOf = indexOf;
  }
}

const anyLine = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('data: ', 'data:', 'data:  '), anyText).map(([field, text]) => field + text) },
  fc.constantFrom(
    '',
    '',
    '',
    'data',
    ':',
    ': keep-alive',
    'event: delta',
    'event:',
    'id: 7',
    'retry: 10',
    'other: x',
    'datum: x',
    ' data: x',
  ),
  anyText,
);
const anyStream = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(anyLine, fc.constantFrom('\n', '\n', '\r\n', '\r')), { maxLength: 24 }))
  .map(([mark, lines]) => (mark ? '\ufeff' : '') + lines.map((line) => line.join('')).join(''));

describe('createSseDecoder', () => {
  describe('reads fields', () => {
    it('emits an event at its blank line', () => {
      expect(decode('data: a\n\ndata: b\n\n').messages).toEqual([event('a'), event('b')]);
    });

    it('names an event by its own event field only', () => {
      expect(decode('event: x\ndata: a\n\ndata: b\n\n').messages).toEqual([event('a', 'x'), event('b')]);
    });

    it('discards the name of an event without data', () => {
      expect(decode('event: x\n\ndata: b\n\n').messages).toEqual([event('b')]);
    });

    it('joins data lines, including empty ones', () => {
      expect(decode('data: a\ndata\ndata:\ndata: b\n\n').messages).toEqual([event('a\n\n\nb')]);
    });

    it('removes one space after the colon, and no more', () => {
      expect(decode('data:a\n\ndata: a\n\ndata:  a\n\ndata:\ta\n\n').messages).toEqual([
        event('a'),
        event('a'),
        event(' a'),
        event('\ta'),
      ]);
    });

    it('emits comments and ignores unknown fields', () => {
      const { messages, comments } = decode(': one\n:\ndatum: x\n data: x\ndata: a\n: two\n\n');
      expect({ messages, comments }).toEqual({ messages: [event('a')], comments: 3 });
    });

    it('keeps the last id until another one arrives', () => {
      expect(decode('id: 1\ndata: a\n\ndata: b\n\n').lastEventId).toBe('1');
      expect(decode('id: 1\ndata: a\n\nid\n\n').lastEventId).toBe('');
    });

    it('ignores an id that contains NUL, and the id of an event that is cut', () => {
      expect(decode('id: 1\n\nid: 2\u00003\n\n').lastEventId).toBe('1');
      expect(decode('id: 1\n\nid: 2\ndata: a\n').lastEventId).toBe('1');
    });

    it('reads a retry of digits only', () => {
      expect(decode('retry: 1500\n').retryMs).toBe(1_500);
      expect(decode('retry: 15x\nretry: -1\nretry:\nretry: 1.5\n').retryMs).toBeUndefined();
    });
  });

  describe('reads lines', () => {
    it.each([
      ['LF', '\n'],
      ['CRLF', '\r\n'],
      ['CR', '\r'],
    ])('that end in %s, at every cut', (_, end) => {
      const text = 'event: x\ndata: a\ndata: é漢😀\n\n: c\ndata: b\n\n'.replaceAll('\n', end);
      const expected = [event('a\né漢😀', 'x'), event('b')];
      const bytes = encoder.encode(text);
      for (let at = 0; at <= bytes.length; at++) {
        expect(decodeChunks([bytes.subarray(0, at), bytes.subarray(at)]).messages).toEqual(expected);
      }
      expect(decode(text, [1]).messages).toEqual(expected);
    });

    it('emits an event at once when a CR ends its blank line, and skips an LF after it', () => {
      const messages: string[] = [];
      const owner = createSseOwner();
      const decoder = createSseDecoder({ message: (_, data) => messages.push(data), comment: () => undefined });
      decoder.write(owner, encoder.encode('data: a\r\n\r'));
      expect(messages).toEqual(['a']);
      decoder.write(owner, encoder.encode('\ndata: b\n\n'));
      expect(messages).toEqual(['a', 'b']);
    });

    it('drops a byte order mark at the beginning only', () => {
      expect(decode('\ufeffdata: a\n\n', [1]).messages).toEqual([event('a')]);
      expect(decode('\ufeff\ufeffdata: a\n\n').messages).toEqual([]);
      expect(decode('data: \ufeffa\n\n\ufeffdata: b\n\n').messages).toEqual([event('\ufeffa')]);
    });
  });

  describe('ends', () => {
    it('emits a last event without a blank line, marked as not whole', () => {
      expect(decode('data: a\n\ndata: b\n').messages).toEqual([event('a'), event('b', '', false)]);
      expect(decode('event: x\ndata: {"b').messages).toEqual([event('{"b', 'x', false)]);
    });

    it('emits nothing for a last event without data', () => {
      expect(decode('data: a\n\nevent: x').messages).toEqual([event('a')]);
      expect(decode('').messages).toEqual([]);
    });

    it('stops in the middle of a chunk', () => {
      for (const end of ['\n', '\r\n']) {
        const seen: string[] = [];
        const owner = createSseOwner();
        const decoder = createSseDecoder({
          message(owner, data) {
            seen.push(data);
            if (data === 'b') decoder.stop(owner);
          },
          comment: () => seen.push(':'),
        });
        decoder.write(owner, encoder.encode('data: a\n\ndata: b\n\ndata: c\n\n:\ndata: d'.replaceAll('\n', end)));
        decoder.write(owner, encoder.encode('data: e\n\n'));
        decoder.end(owner);
        expect(seen).toEqual(['a', 'b']);
      }
    });
  });

  it.each([
    ['', false],
    ['data: a\n\n', false],
    [': comment', false],
    ['data: a\n\n: comment\n', false],
    ['d', true],
    ['data: ', true],
    ['event: a\n', true],
    ['data: a\n\ndata: b\n', true],
  ])('reports for %j whether it ends inside an event', (text, inside) => {
    const owner = createSseOwner();
    const decoder = createSseDecoder({ message: () => undefined, comment: () => undefined });
    decoder.write(owner, encoder.encode(text));
    expect(decoder.end(owner)).toBe(inside);
  });

  describe('limits an event', () => {
    const limit = { limit: 'maxEventBytes', value: 100, kind: 'limit', retryable: false };

    it('throws past maxEventBytes, after it emitted the events before', () => {
      const { messages, error } = decode(`data: a\n\ndata: ${'x'.repeat(200)}\n\n`, [], { maxEventBytes: 100 });
      expect(messages).toEqual([event('a')]);
      expect(error).toMatchObject(limit);
    });

    it('counts bytes, not characters', () => {
      expect(decode(`data: ${'漢'.repeat(31)}\n\n`, [], { maxEventBytes: 100 }).error).toBeUndefined();
      expect(decode(`data: ${'漢'.repeat(32)}\n\n`, [], { maxEventBytes: 100 }).error).toMatchObject(limit);
    });

    it('counts all lines of an event, and each event separately', () => {
      expect(decode(`data: ${'x'.repeat(60)}\ndata: ${'x'.repeat(60)}\n\n`, [], { maxEventBytes: 100 }).error).toMatchObject(
        limit,
      );
      expect(decode(`data: ${'x'.repeat(60)}\n\n`.repeat(9), [], { maxEventBytes: 100 }).error).toBeUndefined();
    });

    it('throws before a line ends, whether it is data or a comment', () => {
      for (const field of ['data: ', ': ', 'event: ', '']) {
        const decoder = createSseDecoder({ message: () => undefined, comment: () => undefined });
        const owner = createSseOwner({ maxEventBytes: 100 });
        expect(() => decoder.write(owner, encoder.encode(field + 'x'.repeat(101)))).toThrow('maxEventBytes');
      }
    });

    it('counts empty data lines', () => {
      expect(decode(`${'data:\n'.repeat(102)}\n`, [], { maxEventBytes: 100 }).error).toMatchObject(limit);
    });

    it('defaults to 16 MiB', () => {
      expect(defaultMaxEventBytes).toBe(16_777_216);
      const piece = encoder.encode('x'.repeat(1_048_576));
      const chunks = (count: number): Uint8Array[] => [encoder.encode('data: '), ...Array<Uint8Array>(count).fill(piece)];
      expect(decodeChunks(chunks(15)).error).toBeUndefined();
      expect(decodeChunks(chunks(16)).error).toMatchObject({ kind: 'limit', value: 16_777_216 });
    });

    it('emits the same events and throws the same error however the bytes are cut', () => {
      fc.assert(
        fc.property(anyStream, anyChunking, fc.integer({ min: 1, max: 60 }), (text, sizes, maxEventBytes) => {
          expect(decode(text, sizes, { maxEventBytes })).toEqual(decode(text, [], { maxEventBytes }));
        }),
        cases,
      );
    });
  });

  it.each(Object.entries(decodings))('decodes with %s as specified, however the bytes are cut', (_, create) => {
    fc.assert(
      fc.property(anyStream, anyChunking, (text, sizes) => {
        const plain = decodePlainly(new TextDecoder('utf-8', { ignoreBOM: true }).decode(encoder.encode(text)));
        expect(decode(text, sizes, { decoding: create() }).messages).toEqual(plain);
      }),
      cases,
    );
  });

  it('decodes a character that is cut by the end to U+FFFD', () => {
    const bytes = Uint8Array.from([...encoder.encode('data: a'), 0xf0, 0x9f]);
    for (const create of Object.values(decodings)) {
      expect(decode(bytes, [1], { decoding: create() }).messages).toEqual([event('a\ufffd', '', false)]);
    }
  });

  it('emits the same events for any line ending and any comment', () => {
    const anyEvents = fc.array(
      fc.string({ maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, '')),
      { maxLength: 8 },
    );
    const anyEnding = fc.constantFrom('\n', '\r\n', '\r');
    fc.assert(
      fc.property(anyEvents, anyEnding, fc.boolean(), anyChunking, (texts, end, comments, sizes) => {
        const text = texts.map((data) => `${comments ? `: c${end}` : ''}event: x${end}data: ${data}${end}${end}`).join('');
        expect(decode(text, sizes).messages).toEqual(texts.map((data) => event(data, 'x')));
      }),
      cases,
    );
  });

  describe('with data that matchData recognizes', () => {
    const anyName = fc.constantFrom('event: x\n', 'event: y\n', 'event:x\n', 'event: x\r\n', '', '');
    const anyOther = fc.constantFrom('', '', '', '', ': c\n', 'id: 1\n', 'retry: 5\n', '\n', 'data: {\n', '\ufeff');
    const anyData = fc.constantFrom(
      'data: {a}',
      'data: {a}',
      'data: {b\u00e9}',
      'data: {}',
      'data:{a}',
      'data: {a} ',
      'data: a',
      'data: {a}{b}',
    );
    const anyEnd = fc.constantFrom('\n\n', '\n\n', '\n\n', '\n: c\n\n', '\ndata: {c}\n\n', '\r\n\r\n', '\nid: 2\n\n', '\n', '');
    const anyFrame = fc.tuple(anyName, anyOther, anyData, anyEnd).map((parts) => parts.join(''));
    const anyFrames = fc.array(anyFrame, { maxLength: 12 }).map((frames) => frames.join(''));

    it('emits the same in the same order, for any chunks and any limit', () => {
      fc.assert(
        fc.property(anyFrames, anyChunking, fc.constantFrom(6, 20, 1_000), (text, sizes, maxEventBytes) => {
          expect(emittedFor(text, sizes, true, { maxEventBytes })).toEqual(emittedFor(text, sizes, false, { maxEventBytes }));
        }),
        { numRuns: 5_000 },
      );
    });

    it('searches no lines where events have the same prefix, wherever a chunk begins', () => {
      const frame = 'event: x\ndata: {a}\n\n';
      const chunks = [frame, frame.repeat(3), frame].map((text) => encoder.encode(text));
      const matched: string[] = [];
      const handlers = { message: () => undefined, comment: () => undefined, matchData };
      const owner = createSseOwner();
      const decoder = createSseDecoder({ ...handlers, matched: (_owner, _text, name) => matched.push(name) });
      const { searched } = countSearched(() => chunks.forEach((chunk) => void decoder.write(owner, chunk)));
      expect(matched).toEqual(Array(5).fill('x'));
      // For a carriage return in every chunk, and for a line feed in the first one only.
      expect(searched).toBeLessThan(6 * frame.length);
    });

    it('stops between two of those events', () => {
      let matched = 0;
      const owner = createSseOwner();
      const stopping = createSseDecoder({
        message: () => undefined,
        comment: () => undefined,
        matchData,
        matched(owner) {
          if (++matched === 3) stopping.stop(owner);
        },
      });
      stopping.write(owner, encoder.encode('event: x\ndata: {a}\n\n'.repeat(9)));
      expect(matched).toBe(3);
    });
  });

  it.each([
    [100_000, 1],
    [1_000_000, 100],
    [10_000_000, 65_536],
  ])('decodes an event of %d bytes in chunks of %d, and searches each character once', (size, chunk) => {
    const pieces = Array<Uint8Array>(Math.ceil(size / chunk)).fill(encoder.encode('x'.repeat(chunk)));
    const { result, searched } = countSearched(() => decodeChunks([encoder.encode('data: '), ...pieces, encoder.encode('\n\n')]));
    expect(result.messages[0]?.data.length).toBe(pieces.length * chunk);
    // Once for a carriage return and once for a line feed.
    expect(searched).toBeLessThan(2.1 * pieces.length * chunk + 100);
  });

  for (const wire of ['chat', 'responses', 'anthropic'] as const) {
    const all = recordings(wire);
    (all.length > 0 ? it : it.skip)(`decodes the recordings of ${wire} as specified`, () => {
      for (const { name, bytes } of all) {
        const { messages } = decode(bytes, [997]);
        expect({ name, messages }).toEqual({ name, messages: decodePlainly(new TextDecoder().decode(bytes)) });
      }
    });
  }
});
