import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  EmptyStreamError,
  fromErrorInfo,
  HttpError,
  isStreamError,
  LimitError,
  RetryExhaustedError,
  StreamTimeoutError,
  toErrorInfo,
} from '../../../src/errors.js';
import type { DeltaEvent, ErrorInfo, JsonValue } from '../../../src/events.js';
import { createEncoder, sse } from '../../../src/http/index.js';
import { createMessageFold } from '../../../src/message/messageFold.js';
import { blockEnd, finish, ping, raw, reset, start, text, toolResult, usage } from '../../../src/testing/index.js';
import { anyStream, anyStreamError } from '../../support/anyStream.js';
import { allStreams, formats } from '../../support/corpus.js';
import { decodeBytes } from '../../support/decodeBytes.js';
import { anyChunksOf, bytesOf, framesOf, type Reading, readingOf } from '../../support/wires.js';

const wire = sse();
const answer = [start(), text('Hel'), text('lo'), finish()];

/** Reads these frames, whole. */
const read = (...frames: readonly string[]): Reading => readingOf(wire, [bytesOf(frames)]);
const frame = (payload: unknown): string => JSON.stringify(payload);

function partialOf(events: readonly DeltaEvent[]): unknown {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.partial();
}

function nested(depth: number): JsonValue {
  let value: JsonValue = 0;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

describe('sse', () => {
  it('writes each event as one frame of JSON, without a name', () => {
    expect(framesOf(wire, { events: [start(), text('a\nb'), finish()], error: undefined })).toEqual([
      '{"type":"start","id":"id-1","model":"model-1","provider":"test"}',
      '{"type":"text-delta","text":"a\\nb","block":0,"choice":0,"phase":"answer"}',
      '{"type":"finish","reason":"stop","rawReason":"stop","choices":[{"choice":0,"reason":"stop","rawReason":"stop"}],"metadata":{}}',
    ]);
  });

  it('loses nothing of any stream, in any chunks', () => {
    const property = fc.property(
      anyStream().chain((stream) => anyChunksOf(bytesOf(framesOf(wire, stream))).map((chunks) => ({ stream, chunks }))),
      ({ stream: { events, error }, chunks }) => {
        const reading = readingOf(wire, chunks);
        expect(reading.events).toStrictEqual(events);
        if (error) expect(toErrorInfo(reading.error)).toMatchObject({ name: error.name, kind: error.kind });
        else
          expect(reading.error?.kind).toBe(
            events.at(-1)?.type === 'finish' ? undefined : events.length > 0 ? 'truncated' : 'empty',
          );
        if (reading.error) expect(reading.error.partial).toEqual(partialOf(events));
      },
    );
    fc.assert(property, { numRuns: 1_000 });
  });

  it.each(allStreams.map((stream) => [`${stream.wire}/${stream.name}`, stream] as const))(
    'loses nothing of %s',
    (_, { wire: kind, bytes }) => {
      const { events, error } = decodeBytes(formats[kind], [bytes]);
      const sent = bytesOf(framesOf(wire, { events, error: error === undefined ? undefined : toErrorInfo(error) }));
      const reading = readingOf(wire, [sent]);
      expect(reading.events).toStrictEqual(events);
      expect(reading.error === undefined).toBe(error === undefined);
    },
  );

  it('takes what it reads for the end only with the finish: each beginning of a stream is a TruncatedError', () => {
    const property = fc.property(anyStream({ ends: ['finish'], maxMoves: 8 }), (stream) => {
      const bytes = bytesOf(framesOf(wire, stream));
      for (let length = 1; length < bytes.length; length++) {
        const { events, error } = readingOf(wire, [bytes.subarray(0, length)]);
        if (events.at(-1)?.type === 'finish') expect(error).toBeUndefined();
        else expect(error?.kind).toBe('truncated');
        expect(events).toEqual(stream.events.slice(0, events.length));
      }
    });
    fc.assert(property, { numRuns: 20 });
  });

  it('takes [DONE] for no end', () => {
    const { events, error } = read(...framesOf(wire, { events: answer.slice(0, 3), error: undefined }), '[DONE]');
    expect(events).toEqual(answer.slice(0, 3));
    expect(error).toMatchObject({ kind: 'truncated', partial: { text: 'Hello' } });
  });

  it('reads nothing after the finish', () => {
    expect(read(...framesOf(wire, { events: answer, error: undefined }), '[DONE]', frame(text('more')))).toEqual({
      events: answer,
      error: undefined,
    });
  });

  it('writes nothing after the finish, and nothing after an error', () => {
    const error = toErrorInfo(new EmptyStreamError());
    expect(framesOf(wire, { events: [...answer, text('more')], error })).toHaveLength(answer.length);
    const encoder = createEncoder(wire);
    const frames: string[] = [];
    encoder.fail(error, (data) => frames.push(data));
    encoder.encode(text('more'), (data) => frames.push(data));
    encoder.fail(error, (data) => frames.push(data));
    expect(frames).toHaveLength(1);
  });

  it('reads a body without a frame as an EmptyStreamError', () => {
    expect(readingOf(wire, []).error).toBeInstanceOf(EmptyStreamError);
  });

  describe('an error', () => {
    it('arrives as one of the same class, kind and fields, with the message so far', () => {
      const property = fc.property(anyStreamError, (error) => {
        const reading = readingOf(wire, [bytesOf(framesOf(wire, { events: answer.slice(0, 3), error: toErrorInfo(error) }))]);
        const { partial: _partial, ...info } = toErrorInfo(error);
        expect(reading.error?.constructor).toBe(error.constructor);
        expect(reading.error?.partial).toEqual(partialOf(answer.slice(0, 3)));
        expect(toErrorInfo(reading.error)).toEqual({ ...info, partial: partialOf(answer.slice(0, 3)) });
      });
      fc.assert(property, { numRuns: 300 });
    });

    it('of several attempts arrives with the error of each, without what was void', () => {
      const failed = new HttpError('Too many requests', { kind: 'rate-limit', status: 429 });
      const partial = { ...toErrorInfo(failed), partial: partialOf(answer) } as ErrorInfo;
      const error = toErrorInfo(new RetryExhaustedError([fromErrorInfo(partial), new StreamTimeoutError('first', 100)]));
      const { error: arrived } = readingOf(wire, [bytesOf(framesOf(wire, { events: [], error }))]);
      expect(arrived).toBeInstanceOf(RetryExhaustedError);
      expect(isStreamError(arrived, 'retry-exhausted') && arrived.errors).toMatchObject([
        { kind: 'rate-limit', status: 429, partial: undefined },
        { phase: 'first', limitMs: 100 },
      ]);
    });

    it('that is not ours arrives by its name', () => {
      const { error } = readingOf(wire, [bytesOf(framesOf(wire, { events: [], error: toErrorInfo(new RangeError('secret')) }))]);
      expect(error).toMatchObject({ name: 'RangeError', kind: 'unknown', message: 'RangeError' });
    });

    it('that is too large is sent without its details', () => {
      const error = { ...toErrorInfo(new LimitError('maxDepth', 1)), details: { value: nested(300) } };
      expect(readingOf(wire, [bytesOf(framesOf(wire, { events: [], error }))]).error).toMatchObject({
        name: 'LimitError',
        kind: 'limit',
      });
    });

    it('of the framework of the server, in a frame of its own, ends the stream', () => {
      const bytes = new TextEncoder().encode('event: error\ndata: Internal server error\n\n');
      expect(readingOf(wire, [bytes]).error).toMatchObject({ name: 'ProviderError', kind: 'server', retryable: true });
    });

    it('with details of another class arrives without them', () => {
      const info = toErrorInfo(new RetryExhaustedError([new EmptyStreamError()]));
      for (const details of [{ errors: [5] }, { errors: 'all' }, { errors: [{ name: 'HttpError' }] }, [], 'none']) {
        const { error } = read(frame({ type: 'error', error: { ...info, details } }));
        expect(error).toMatchObject({ name: 'RetryExhaustedError', kind: 'retry-exhausted' });
        expect(error).not.toHaveProperty('errors');
      }
    });
  });

  describe('a frame', () => {
    it('of an event that this version does not know becomes a raw event', () => {
      const payload = { type: 'telepathy', thought: 1 };
      expect(read(frame(payload)).events).toEqual([{ type: 'raw', provider: 'rxllm', name: 'telepathy', data: payload }]);
    });

    it('of another name becomes a raw event', () => {
      const bytes = new TextEncoder().encode('event: heartbeat\ndata: {"n":1}\n\nevent: note\ndata: hello\n\n');
      expect(readingOf(wire, [bytes]).events).toEqual([
        { type: 'raw', provider: 'rxllm', name: 'heartbeat', data: { n: 1 } },
        { type: 'raw', provider: 'rxllm', name: 'note', data: 'hello' },
      ]);
    });

    it('of the name message is one without a name', () => {
      const bytes = new TextEncoder().encode('event: message\ndata: {"type":"ping"}\n\n');
      expect(readingOf(wire, [bytes]).events).toEqual([ping()]);
    });

    it('with fields that this version does not know loses them, and has all others', () => {
      expect(read('{"type":"start","provider":"test","later":1}').events).toStrictEqual([
        { type: 'start', id: undefined, model: undefined, provider: 'test' },
      ]);
    });

    it('with null in place of an absent field has it as undefined', () => {
      expect(read('{"type":"start","id":null,"model":null,"provider":"test"}').events).toStrictEqual([
        { type: 'start', id: undefined, model: undefined, provider: 'test' },
      ]);
    });

    it('with a word of a later version reads as the nearest one of this', () => {
      const [event] = read(frame({ ...finish(), reason: 'bored' })).events;
      expect(event).toMatchObject({ reason: 'other' });
    });

    it.each([
      ['no JSON', '{'],
      ['no object', '1'],
      ['a list', '[]'],
      ['null', 'null'],
      ['no type', '{}'],
      ['a type that is no text', '{"type":1}'],
      ['a text that is none', frame({ ...text('a'), text: 1 })],
      ['a block that is none', frame({ ...text('a'), block: -1 })],
      ['a choice that is none', frame({ ...text('a'), choice: 1.5 })],
      ['a number without end', '{"type":"text-delta","text":"a","block":1e999,"choice":0,"phase":"answer"}'],
      ['no provider', '{"type":"start"}'],
      ['a result without output', '{"type":"tool-result","callId":"1","name":"a","isError":false,"preliminary":false}'],
      ['usage that is none', frame({ ...usage(), usage: [] })],
      ['requests that are none', frame({ ...usage(), requests: [{}] })],
      ['figures that are none', frame(usage({ serverTools: { search: 'often' as unknown as number } }))],
      ['a reset without an error', frame({ ...reset(), error: undefined })],
      ['choices that are none', frame({ ...finish(), choices: [null] })],
    ])('with %s is a MalformedEventError, with the message so far', (_, data) => {
      const { events, error } = read(frame(start()), frame(text('Hello')), data);
      expect(events).toHaveLength(2);
      expect(error).toMatchObject({ kind: 'malformed-event', partial: { text: 'Hello' } });
      expect(error?.message).not.toContain('often');
    });
  });

  it('sets no prototype', () => {
    const hostile = JSON.parse('{"__proto__":{"polluted":true},"a":{"__proto__":1}}') as JsonValue;
    const events = [
      start(),
      raw('__proto__', hostile),
      toolResult('__proto__', '__proto__', hostile),
      usage({ serverTools: JSON.parse('{"__proto__":1}') as Record<string, number>, native: hostile }),
      blockEnd(hostile),
      finish(),
    ];
    const reading = readingOf(wire, [bytesOf(framesOf(wire, { events, error: undefined }))]);
    expect(JSON.stringify(reading.events)).toBe(JSON.stringify(events));
    expect(JSON.stringify(reading.events)).toContain('"serverTools":{"__proto__":1}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    read('{"type":"__proto__"}', '{"type":"constructor"}', '{"__proto__":{"type":"text-delta"}}');
  });

  describe('limits', () => {
    it.each([
      ['a raw event', (value: JsonValue) => raw('deep', value)],
      ['a result', (value: JsonValue) => toolResult('call-1', 'search', value)],
      ['a block', (value: JsonValue) => blockEnd(value)],
    ])('hold for %s that is too deep, on both sides', (_, make) => {
      const { events } = read(frame(make(nested(250))));
      expect(events).toEqual([make(nested(250))]);
      const tooDeep = make(nested(300));
      expect(() => framesOf(wire, { events: [tooDeep], error: undefined })).toThrow(new LimitError('maxDepth', 256));
      expect(read(frame(tooDeep)).error).toMatchObject({ kind: 'limit', limit: 'maxDepth' });
      const bottomless = `{"type":"raw","provider":"test","name":"deep","data":${'['.repeat(500_000)}${']'.repeat(500_000)}}`;
      expect(isStreamError(read(bottomless).error)).toBe(true);
    });

    it('hold for a frame that is too large, on both sides', () => {
      const large = text('ü'.repeat(9 * 1024 * 1024));
      expect(() => framesOf(wire, { events: [large], error: undefined })).toThrow(new LimitError('maxEventBytes', 16_777_216));
      expect(read(frame(large)).error).toMatchObject({ kind: 'limit', limit: 'maxEventBytes' });
      expect(() => wire.createDecoder().decode(frame(large), '', () => undefined)).toThrow(LimitError);
    });

    it('let a value that contains itself end', () => {
      const cycle: { self?: unknown; other?: unknown } = {};
      cycle.self = cycle;
      cycle.other = cycle;
      expect(() => framesOf(wire, { events: [raw('cycle', cycle as JsonValue)], error: undefined })).toThrow(LimitError);
    });
  });

  it('reads anything with events and a StreamError, and no other error', () => {
    const frames = fc.sample(anyStream({ maxMoves: 10 }), 200).flatMap((stream) => framesOf(wire, stream));
    const junk = fc.oneof(
      fc.constantFrom('null', '1e999', '[]', '{}', '"', '__proto__', '[[[[', '-1', '"a"', '1.5', '\\u0000', '{"type":"error"}'),
      fc.string({ maxLength: 3 }),
    );
    const damaged = fc
      .record({ base: fc.constantFrom(...frames), at: fc.nat(), removed: fc.nat({ max: 12 }), added: junk })
      .map(({ base, at, removed, added }) => {
        const index = at % (base.length + 1);
        return base.slice(0, index) + added + base.slice(index + removed);
      });
    /** Values that are JSON, but not those of the field. */
    const retyped = fc
      .record({ base: fc.constantFrom(...frames), pick: fc.nat(), value: fc.jsonValue({ maxDepth: 2 }) })
      .map(({ base, pick, value }) => {
        const payload = JSON.parse(base) as Record<string, unknown>;
        const names = Object.keys(payload);
        return frame({ ...payload, [names[pick % names.length] ?? 'type']: value });
      });
    const property = fc.property(fc.array(fc.oneof(damaged, retyped, fc.constantFrom(...frames)), { maxLength: 8 }), (list) => {
      for (const data of list) {
        const { events } = read(frame(start()), data);
        // What passes is added up without an error.
        expect(partialOf(events)).toBeDefined();
      }
      expect(() => read(...list)).not.toThrow();
    });
    fc.assert(property, { numRuns: 1_000 });
  });
});
