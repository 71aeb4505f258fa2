import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromErrorInfo, isStreamError, ProviderError, toErrorInfo, toFault } from '../../../src/errors.js';
import type { DeltaEvent, JsonValue } from '../../../src/events.js';
import { createEncoder, uiMessages } from '../../../src/http/index.js';
import { withoutRefusedKeys } from '../../../src/http/wires/uiMessages/chunks.js';
import { createMessageFold } from '../../../src/message/messageFold.js';
import {
  blockEnd,
  citation,
  file,
  finish,
  logprobs,
  ping,
  raw,
  reasoning,
  refusal,
  reset,
  start,
  step,
  text,
  toolApproval,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  toolResult,
  usage,
} from '../../../src/testing/index.js';
import { anyStream } from '../../support/anyStream.js';
import { allStreams, decodeStream } from '../../support/corpus.js';
import { carriedEvents, firstLost, versions } from '../../support/uiMessages.js';
import { anyChunksOf, bytesOf, framesOf, type Reading, readingOf } from '../../support/wires.js';

const overloaded = toFault(new ProviderError('overloaded', { kind: 'overloaded' }));

function chunksOf(events: readonly DeltaEvent[], version: 6 | 7 = 7): readonly Record<string, JsonValue>[] {
  const frames = framesOf(uiMessages({ version }), { events, error: undefined });
  return frames.map((data) => (data === '[DONE]' ? { type: data } : (JSON.parse(data) as Record<string, JsonValue>)));
}

const typesOf = (events: readonly DeltaEvent[], version: 6 | 7 = 7): readonly unknown[] =>
  chunksOf(events, version).map(({ type }) => type);

/** Reads these chunks, and `[DONE]` where a text stands for a chunk. */
const read = (...chunks: readonly (object | string)[]): Reading =>
  readingOf(uiMessages(), [bytesOf(chunks.map((chunk) => (typeof chunk === 'string' ? chunk : JSON.stringify(chunk))))]);

const typesRead = (...chunks: readonly (object | string)[]): readonly string[] => read(...chunks).events.map(({ type }) => type);

/** As JSON has it, and without the keys that their client refuses where they are not carried in another way. */
function comparable(events: readonly DeltaEvent[]): unknown {
  const copy = JSON.parse(JSON.stringify(events)) as DeltaEvent[];
  return copy.map((event) => (event.type === 'usage' || event.type === 'finish' ? withoutRefusedKeys(event) : event));
}

/** The parts of the message, in an order that does not depend on when a file was sent. */
function partsOf(events: readonly DeltaEvent[]): readonly string[] {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  const parts = fold.partial().parts.map((part) => JSON.stringify(part));
  return parts.toSorted();
}

function nested(depth: number): JsonValue {
  let value: JsonValue = 0;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

describe('uiMessages', () => {
  it('writes the chunks of a message, and ends with [DONE]', () => {
    expect(chunksOf([start(), text('Hel'), text('lo'), finish()])).toEqual([
      {
        type: 'start',
        messageId: 'id-1',
        messageMetadata: { rxllm: { id: 'id-1', model: 'model-1', provider: 'test' } },
        rxllm: { start: true },
      },
      { type: 'start-step' },
      { type: 'text-start', id: '0', providerMetadata: { rxllm: { block: 0 } } },
      { type: 'text-delta', id: '0', delta: 'Hel' },
      { type: 'text-delta', id: '0', delta: 'lo' },
      { type: 'text-end', id: '0' },
      { type: 'finish-step' },
      {
        type: 'finish',
        finishReason: 'stop',
        messageMetadata: {
          finishReason: 'stop',
          rxllm: { rawReason: 'stop', choices: [{ choice: 0, reason: 'stop', rawReason: 'stop' }], metadata: {} },
        },
      },
      { type: '[DONE]' },
    ]);
  });

  it('has the header by which a client recognizes it', () => {
    expect(uiMessages().headers).toEqual({ 'x-vercel-ai-ui-message-stream': 'v1' });
  });

  it.each(versions)('loses only what its page lists, in any chunks (version %s)', (version) => {
    const wire = uiMessages({ version });
    const property = fc.property(
      anyStream().chain((stream) => anyChunksOf(bytesOf(framesOf(wire, stream))).map((chunks) => ({ stream, chunks }))),
      ({ stream: { events, error }, chunks }) => {
        const reading = readingOf(wire, chunks);
        const last = firstLost(events, version);
        const carried = carriedEvents(events, version);
        expect(comparable(carriedEvents(reading.events, version))).toEqual(comparable(carried));
        const lost = events[last];
        const reported = lost?.type === 'reset' ? lost.error : error;
        if (reported) expect(toErrorInfo(reading.error)).toMatchObject({ name: reported.name, kind: reported.kind });
        else expect(reading.error === undefined).toBe(events.at(-1)?.type === 'finish');
      },
    );
    fc.assert(property, { numRuns: 1_000 });
  });

  it('carries files as a whole, after results that came before their last piece', () => {
    const streams = anyStream({ maxChoices: 1, ends: ['finish'] }).filter(({ events }) => firstLost(events, 7) < 0);
    const property = fc.property(streams, (stream) => {
      const { events } = readingOf(uiMessages(), [bytesOf(framesOf(uiMessages(), stream))]);
      expect(partsOf(events)).toEqual(partsOf(stream.events));
    });
    fc.assert(property, { numRuns: 500 });
  });

  it.each(allStreams.map((stream) => [`${stream.wire}/${stream.name}`, stream] as const))('carries %s', (_, { wire, bytes }) => {
    const { events, error } = decodeStream(wire, [bytes]);
    const sent = framesOf(uiMessages(), { events, error: error === undefined ? undefined : toErrorInfo(error) });
    const reading = readingOf(uiMessages(), [bytesOf(sent)]);
    expect(comparable(carriedEvents(reading.events, 7))).toEqual(comparable(carriedEvents(events, 7)));
    expect(reading.error === undefined).toBe(error === undefined);
  });

  it('takes what it reads for the end only with the finish: each beginning of a stream is a TruncatedError', () => {
    const property = fc.property(anyStream({ ends: ['finish'], maxMoves: 8 }), (stream) => {
      const bytes = bytesOf(framesOf(uiMessages(), stream));
      for (let end = 0; end < bytes.length; end += 7) {
        const { events, error } = readingOf(uiMessages(), [bytes.slice(0, end)]);
        if (events.at(-1)?.type === 'finish') continue;
        const isFault = error?.kind === 'truncated' || error?.kind === 'empty' || firstLost(stream.events, 7) >= 0;
        expect([end, error?.kind, isFault]).toEqual([end, error?.kind, true]);
      }
    });
    fc.assert(property, { numRuns: 60 });
  });
});

describe('what uiMessages writes', () => {
  const call = [
    toolCallStart('c', 'clock'),
    toolCallDelta('c', '{"a":'),
    toolCallDelta('c', '1}'),
    toolCallEnd('c', 'clock', '{"a":1}'),
  ];

  it('ends reasoning where the answer begins, and texts where their blocks end', () => {
    const events = [
      start(),
      reasoning('Hm'),
      text('a', { block: 1 }),
      text('b', { block: 2 }),
      text('c', { block: 1 }),
      finish(),
    ];
    expect(typesOf(events).slice(2, -3)).toEqual([
      'reasoning-start',
      'reasoning-delta',
      'reasoning-end',
      'text-start',
      'text-delta',
      'text-start',
      'text-delta',
      'text-delta',
      'text-end',
      'text-end',
    ]);
  });

  it('carries the native form of a block at its end, and after it where the part has ended', () => {
    const native = { type: 'thinking', thinking: 'Hm', signature: 'SIG' };
    const end = blockEnd(native, { kind: 'thinking', format: 'messages' });
    const atEnd = chunksOf([start(), reasoning('Hm'), end, text('a', { block: 1 }), finish()]);
    expect(atEnd.find(({ type }) => type === 'reasoning-end')).toMatchObject({
      providerMetadata: {
        anthropic: { signature: 'SIG' },
        rxllm: { block: 0, kind: 'thinking', format: 'messages', native: JSON.stringify(native) },
      },
    });
    const late = chunksOf([start(), reasoning('Hm'), text('a', { block: 1 }), end, finish()]);
    expect(late.find(({ type }) => type === 'data-rxllm')).toEqual({
      type: 'data-rxllm',
      data: { block: 0, kind: 'thinking', format: 'messages', native: JSON.stringify(native) },
    });
  });

  it('does not send a long text twice, once in its native form', () => {
    const long = 'A text "of" 32 characters or more\n';
    const native = { type: 'text', text: long, citations: [{ cited_text: 'A' }] };
    const events = [start(), text(long), blockEnd(native, { format: 'messages' }), finish()];
    const frames = framesOf(uiMessages(), { events, error: undefined });
    expect(frames.filter((data) => data.includes('32 characters'))).toHaveLength(1);
    expect(readingOf(uiMessages(), [bytesOf(frames)]).events).toEqual(events);
  });

  it('shows a refusal as text, and finishes with content-filter', () => {
    const chunks = chunksOf([start(), refusal('No.'), finish('refusal')]);
    expect(chunks[2]).toEqual({
      type: 'text-start',
      id: '0',
      providerMetadata: { rxllm: { block: 0, refusal: true } },
    });
    expect(chunks.at(-2)).toMatchObject({ finishReason: 'content-filter', messageMetadata: { finishReason: 'refusal' } });
  });

  it.each([
    ['paused', 'other'],
    ['budget', 'other'],
    ['max-steps', 'other'],
    ['aborted', 'other'],
    ['length', 'length'],
    ['tool-calls', 'tool-calls'],
  ] as const)('writes the finish reason %s as %s', (reason, shown) => {
    const chunks = chunksOf([start(), finish(reason)]);
    expect(chunks.at(-2)).toMatchObject({ finishReason: shown, messageMetadata: { finishReason: reason } });
    expect(chunks.some(({ type }) => type === 'abort')).toBe(reason === 'aborted');
  });

  it('writes calls and results; arguments that are not JSON are an error of the input', () => {
    const result = toolResult('c', 'clock', { noon: true });
    expect(chunksOf([start(), ...call, result, finish('tool-calls')]).slice(2, -3)).toMatchObject([
      { type: 'tool-input-start', toolCallId: 'c', toolName: 'clock' },
      { type: 'tool-input-delta', toolCallId: 'c', inputTextDelta: '{"a":' },
      { type: 'tool-input-delta', toolCallId: 'c', inputTextDelta: '1}' },
      { type: 'tool-input-available', toolCallId: 'c', toolName: 'clock', input: { a: 1 } },
      { type: 'tool-output-available', toolCallId: 'c', output: { noon: true } },
    ]);
    const bad = chunksOf([start(), toolCallStart('c', 'clock'), toolCallEnd('c', 'clock', '{"a"'), finish()]);
    expect(bad[3]).toMatchObject({ type: 'tool-input-error', input: '{"a"', errorText: 'The arguments are not valid JSON' });
  });

  it('writes the text of a tool error as it is, and other errors as JSON', () => {
    const error = (output: JsonValue): unknown =>
      chunksOf([start(), ...call, toolResult('c', 'clock', output, true), finish()]).at(-4);
    expect(error('No such city')).toMatchObject({ type: 'tool-output-error', errorText: 'No such city' });
    expect(error({ code: 1 })).toMatchObject({ type: 'tool-output-error', errorText: '{"code":1}' });
  });

  it('marks progress as preliminary', () => {
    const chunks = chunksOf([start(), ...call, toolResult('c', 'clock', 'half', false, true), finish()]);
    expect(chunks.at(-4)).toMatchObject({ type: 'tool-output-available', output: 'half', preliminary: true });
  });

  it('ends a call that was cut off as an error, which runs no tool', () => {
    const chunks = chunksOf([start(), ...call.slice(0, 2), finish('length')]);
    expect(chunks.at(-4)).toMatchObject({ type: 'tool-input-error', input: '{"a":', errorText: 'The call was cut off' });
  });

  it('marks the tools that the client does not declare', () => {
    const frames = (dynamicTools: readonly string[] | boolean): readonly string[] =>
      framesOf(uiMessages({ dynamicTools }), { events: [start(), ...call, finish()], error: undefined });
    const marked = (dynamicTools: readonly string[] | boolean): number =>
      frames(dynamicTools).filter((data) => data.includes('"dynamic":true')).length;
    expect([marked(true), marked(['clock']), marked(['other']), marked(false)]).toEqual([2, 2, 0, 0]);
  });

  it('writes a result without its call, and one of a call of the message that is continued', () => {
    const events = [start(), toolResult('c', 'clock', 'noon'), finish()];
    expect(typesOf(events).slice(2, 4)).toEqual(['tool-input-available', 'tool-output-available']);
    const input = { messages: [{ id: 'm', role: 'assistant', parts: [{ type: 'tool-clock', toolCallId: 'c' }] }] };
    const frames = framesOf(uiMessages({ input }), { events, error: undefined });
    expect(frames[0]).toContain('"messageId":"m"');
    expect(frames[2]).toContain('"tool-output-available"');
  });

  it('asks for an approval, and writes the decision where the version has it', () => {
    const events = [start(), ...call, toolApproval('c'), toolApproval('c', false), finish()];
    expect(typesOf(events, 7).slice(6, -2)).toEqual(['tool-approval-request', 'tool-approval-response', 'finish-step']);
    expect(typesOf(events, 6).slice(6, -2)).toEqual(['tool-approval-request', 'tool-output-denied', 'finish-step']);
    const decided = [start(), ...call, toolApproval('c', true), finish()];
    expect(typesOf(decided, 7).slice(6, -2)).toEqual(['tool-approval-request', 'tool-approval-response', 'finish-step']);
    expect(typesOf(decided, 6).slice(6, -2)).toEqual(['finish-step']);
  });

  it('writes usage and its cost at once, into the metadata of the message', () => {
    const [, , metadata] = chunksOf([start(), usage({ inputTokens: 3 }), text('a')]);
    expect(metadata).toMatchObject({ type: 'message-metadata', messageMetadata: { usage: { inputTokens: 3 } } });
  });

  it('writes a source, and a file once it is whole', () => {
    const pieces = [file('YQ==', { final: false }), file('Yg==', { final: false }), blockEnd({}, { kind: 'audio' })];
    const chunks = chunksOf([start(), ...pieces, citation('https://x.test', { block: 1, title: 'X' }), finish()]);
    expect(chunks[2]).toMatchObject({ type: 'file', url: 'data:image/png;base64,YQ==Yg==' });
    expect(chunks.find(({ type }) => type === 'source-url')).toMatchObject({ url: 'https://x.test', title: 'X' });
  });

  it('writes nothing for a ping, a raw event and log-probabilities of a known block', () => {
    const without = typesOf([start(), text('a'), finish()]);
    expect(typesOf([start(), ping(), text('a'), raw('x', {}), logprobs([1]), finish()])).toEqual(without);
  });

  it('shows choice 0', () => {
    const shown = typesOf([start(), text('a'), text('b', { choice: 1 }), finish()]);
    expect(shown).toEqual(typesOf([start(), text('a'), finish()]));
  });

  it('writes each round as a step', () => {
    const events = [start(), ...call, toolResult('c', 'clock', 1), step(1, { reason: 'tool-calls' }), text('a', { block: 1 })];
    expect(typesOf([...events, finish()]).slice(7, 10)).toEqual(['finish-step', 'start-step', 'text-start']);
  });

  it.each([
    ['is too deep', (value: JsonValue) => toolResult('c', 'clock', value)],
    ['is too deep, of a block', (value: JsonValue) => blockEnd(value)],
  ])('throws a LimitError for a value that %s', (_, event) => {
    expect(() => chunksOf([start(), ...call, event(nested(300))])).toThrow('The stream passed maxDepth (256)');
  });

  it('shows arguments that are too deep as text, because a model made them', () => {
    const chunks = chunksOf([
      start(),
      toolCallStart('c', 'clock'),
      toolCallEnd('c', 'clock', JSON.stringify({ a: nested(300) })),
      finish(),
    ]);
    expect(chunks[3]).toMatchObject({ type: 'tool-input-error' });
  });

  it.each(versions)('ends what is open before an error, which is the last chunk (version %s)', (version) => {
    const frames: string[] = [];
    const encoder = createEncoder(uiMessages({ version }));
    const write = (data: string): void => void frames.push(data);
    for (const event of [start(), text('a')]) encoder.encode(event, write);
    encoder.fail(overloaded, write);
    encoder.encode(text('b'), write);
    encoder.fail(overloaded, write);
    expect(frames.slice(4)).toEqual([
      '{"type":"text-end","id":"0"}',
      `{"type":"error","errorText":"overloaded","rxllm":{"error":${JSON.stringify(overloaded)}}}`,
      '[DONE]',
    ]);
  });
});

describe('a reset on uiMessages', () => {
  const again = reset({ attempt: 2, step: 0, error: overloaded });
  const answer = [start({ id: 'id-2' }), text('b'), finish()];

  it('voids the step that runs, in version 7', () => {
    expect(typesOf([start(), text('a'), again, ...answer], 7)).toEqual([
      'start',
      'start-step',
      'text-start',
      'text-delta',
      'reset-step',
      'message-metadata',
      'text-start',
      'text-delta',
      'text-end',
      'finish-step',
      'finish',
      '[DONE]',
    ]);
  });

  it('ends the stream with the error in version 6, and where it voids another step', () => {
    const error = {
      type: 'error',
      errorText: 'overloaded',
      rxllm: { error: JSON.parse(JSON.stringify(overloaded)) as JsonValue },
    };
    expect(chunksOf([start(), text('a'), again, ...answer], 6).slice(-2)).toEqual([error, { type: '[DONE]' }]);
    expect(chunksOf([start(), text('a'), step(1), text('c', { block: 1 }), again, ...answer], 7).slice(-2)).toEqual([
      error,
      { type: '[DONE]' },
    ]);
  });

  it.each(versions)('writes nothing where nothing was shown, and where its step has not begun (version %s)', (version) => {
    expect(typesOf([start(), again, ...answer], version)).toEqual(
      ['start', 'start-step', 'message-metadata'].concat([
        'text-start',
        'text-delta',
        'text-end',
        'finish-step',
        'finish',
        '[DONE]',
      ]),
    );
    const continued = reset({ attempt: 2, step: 1, error: overloaded });
    const types = typesOf([start(), text('a'), continued, start({ id: 'id-2' }), text('b', { block: 1 }), finish()], version);
    expect(types).not.toContain('error');
    expect(types).not.toContain('reset-step');
  });

  it('is read as it was, also where it was not visible', () => {
    const events = [
      start(),
      again,
      start({ id: 'id-2' }),
      text('a'),
      reset({ attempt: 3, step: 0, error: overloaded }),
      ...answer,
    ];
    const reading = readingOf(uiMessages(), [bytesOf(framesOf(uiMessages(), { events, error: undefined }))]);
    expect(reading.events).toEqual(events);
  });
});

describe('what uiMessages reads', () => {
  const begin = [{ type: 'start', messageId: 'm' }, { type: 'start-step' }];
  const said = [
    { type: 'text-start', id: 't' },
    { type: 'text-delta', id: 't', delta: 'a' },
    { type: 'text-end', id: 't' },
  ];

  it('are the answers of other servers', () => {
    expect(read(...begin, ...said, { type: 'finish-step' }, { type: 'finish', finishReason: 'stop' }, '[DONE]').events).toEqual([
      start({ id: 'm', model: undefined, provider: 'ai-sdk' }),
      text('a'),
      finish('stop', { rawReason: 'stop' }),
    ]);
  });

  it.each([
    ['[DONE] without finish', [...begin, ...said, '[DONE]'], 'truncated'],
    ['a clean cut', [...begin, ...said], 'truncated'],
    ['an interrupted answer', [...begin, { type: 'finish', finishReason: 'interrupted' }], 'truncated'],
    ['an empty body', [], 'empty'],
    ['[DONE] alone', ['[DONE]'], 'empty'],
    ['an error', [...begin, { type: 'error', errorText: 'An error occurred.' }], 'server'],
    ['a finish that tells of an error', [...begin, { type: 'finish', finishReason: 'error' }], 'server'],
    ['what is no JSON', ['<html>'], 'malformed-event'],
    ['JSON of another kind', ['[]'], 'malformed-event'],
    ['a chunk without type', [{ id: 1 }], 'malformed-event'],
    ['a delta without text', [...begin, { type: 'text-delta', id: 't' }], 'malformed-event'],
    ['a chunk that is too deep', [...begin, { type: 'data-x', data: nested(300) }], 'limit'],
  ] as const)('is an error for %s', (_, chunks, kind) => {
    expect(read(...chunks).error?.kind).toBe(kind);
  });

  it('has the message so far in its errors', () => {
    expect(read(...begin, ...said).error?.partial?.text).toBe('a');
  });

  it('restores the class and kind of our errors', () => {
    const frames: string[] = [];
    const encoder = createEncoder(uiMessages());
    encoder.fail(toErrorInfo(new ProviderError('slow down', { kind: 'rate-limit', retryAfterMs: 5 })), (data) =>
      frames.push(data),
    );
    const { error } = readingOf(uiMessages(), [bytesOf(frames)]);
    expect(isStreamError(error, 'rate-limit') && error.retryAfterMs).toBe(5);
    expect(error).toBeInstanceOf(ProviderError);
    expect(toFault(error)).toEqual(toFault(fromErrorInfo({ ...toFault(error) })));
  });

  it('ends with aborted where the server aborted', () => {
    expect(read(...begin, ...said, { type: 'abort' }, '[DONE]').events.at(-1)).toMatchObject({ reason: 'aborted' });
    expect(read(...begin, ...said, { type: 'abort' }).events.at(-1)).toMatchObject({ reason: 'aborted' });
  });

  it('makes a native form of the signature that the peers keep in metadata', () => {
    const metadata = { providerMetadata: { anthropic: { signature: 'SIG' } } };
    const chunks = [
      { type: 'reasoning-start', id: 'r' },
      { type: 'reasoning-delta', id: 'r', delta: 'Hm' },
      { type: 'reasoning-end', id: 'r', ...metadata },
    ];
    expect(read(...begin, ...chunks).events.at(-1)).toEqual({
      type: 'block-end',
      block: 0,
      choice: 0,
      kind: 'thinking',
      native: { type: 'thinking', thinking: 'Hm', signature: 'SIG' },
      format: 'messages',
    });
  });

  it('takes the arguments that the server changed', () => {
    const changed = [
      { type: 'tool-input-start', toolCallId: 'c', toolName: 'clock' },
      { type: 'tool-input-delta', toolCallId: 'c', inputTextDelta: '{"a": 1}' },
    ];
    const available = (input: JsonValue): object => ({ type: 'tool-input-available', toolCallId: 'c', toolName: 'clock', input });
    const textOf = (input: JsonValue): unknown => read(...begin, ...changed, available(input)).events.at(-1);
    expect(textOf({ a: 1 })).toMatchObject({ argumentsText: '{"a": 1}' });
    expect(textOf({ a: 2 })).toMatchObject({ argumentsText: '{"a":2}' });
  });

  it('reads a call that was not streamed', () => {
    const chunk = { type: 'tool-input-available', toolCallId: 'c', toolName: 'clock', input: { a: 1 }, dynamic: true };
    expect(typesRead(...begin, chunk)).toEqual(['start', 'tool-call-start', 'tool-call-delta', 'tool-call-end']);
  });

  it('makes raw events of what it does not know', () => {
    const chunks = [{ type: 'data-weather', data: 1 }, { type: 'custom', kind: 'x.y' }, { type: 'later' }, { type: '__proto__' }];
    expect(read(...begin, ...chunks).events.slice(1)).toMatchObject(
      chunks.map((data) => ({ type: 'raw', provider: 'ai-sdk', name: data.type, data })),
    );
  });

  it('passes the metadata of other servers on', () => {
    const metadata = { messageMetadata: { totalUsage: { inputTokens: 3 } } };
    const events = read({ type: 'start', ...metadata }, { type: 'finish', finishReason: 'stop', ...metadata }).events;
    expect(events.map((event) => (event.type === 'raw' ? event.name : event.type))).toEqual([
      'start',
      'start',
      'finish',
      'finish',
    ]);
  });

  it('begins with a start and a step, and ends a step with the next', () => {
    const steps = [...said, { type: 'finish-step' }, { type: 'start-step' }, ...said];
    expect(typesRead(...steps.slice(0, 3))).toEqual(['start', 'text-delta']);
    expect(typesRead(...begin, ...steps)).toEqual(['start', 'text-delta', 'step', 'text-delta']);
    expect(read(...begin, ...steps).events.at(-1)).toMatchObject({ block: 1 });
  });

  it('reads a step that is repeated as a reset, and a start', () => {
    expect(typesRead(...begin, ...said, { type: 'reset-step' }, ...said)).toEqual([
      'start',
      'text-delta',
      'reset',
      'start',
      'text-delta',
    ]);
  });

  it('emits no error but its own, whatever comes', () => {
    const types = `start start-step finish-step reset-step text-start text-delta text-end reasoning-start reasoning-delta
      reasoning-end tool-input-start tool-input-delta tool-input-available tool-input-error tool-approval-request
      tool-approval-response tool-output-available tool-output-error tool-output-denied source-url source-document file data-rxllm
      data-x message-metadata finish abort error custom __proto__`.split(/\s+/);
    const word = fc.constantFrom('a', 'b', '', '__proto__', '0', '{"a":1}', 'data:a/b;base64,YQ==', 'stop', 'text', '[[');
    const note = fc.record(
      {
        block: fc.oneof(fc.integer({ min: -2, max: 3 }), word),
        native: word,
        kind: word,
        output: word,
        arguments: word,
        reset: fc.anything(),
        start: fc.boolean(),
        error: fc.anything(),
        cut: fc.boolean(),
        absent: fc.boolean(),
        invalid: word,
        callId: word,
        name: word,
        result: word,
      },
      { requiredKeys: [] },
    );
    const metadata = fc.oneof(fc.record({ rxllm: fc.oneof(note, word) }), fc.jsonValue());
    const chunk = fc.record(
      {
        type: fc.constantFrom(...types),
        id: fc.oneof(word, fc.integer()),
        delta: word,
        toolCallId: word,
        toolName: word,
        approvalId: word,
        approved: fc.boolean(),
        input: fc.jsonValue(),
        output: fc.jsonValue(),
        inputTextDelta: word,
        errorText: word,
        url: word,
        mediaType: word,
        data: fc.oneof(note, fc.jsonValue()),
        providerMetadata: metadata,
        messageMetadata: metadata,
        rxllm: fc.oneof(note, fc.jsonValue()),
        finishReason: word,
        citations: fc.jsonValue(),
      },
      { requiredKeys: ['type'] },
    );
    const frame = fc.oneof(
      { weight: 12, arbitrary: chunk.map((each) => JSON.stringify(each)) },
      fc.string(),
      fc.constant('[DONE]'),
    );
    const property = fc.property(fc.array(frame, { maxLength: 30 }), (frames) => {
      // Any other error is thrown.
      readingOf(uiMessages(), [bytesOf(frames.map((data) => data.replaceAll(/[\r\n]/g, ' ')))]);
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});

describe('the options of uiMessages', () => {
  it.each([
    [{ version: 5 }, 'uiMessages: version must be 6 or 7'],
    [{ dynamicTools: 'clock' }, 'uiMessages: dynamicTools must be a list of names, or true or false'],
    [{ verison: 7 }, 'uiMessages: unknown option "verison", did you mean "version"?'],
  ])('are checked: %j', (options, message) => {
    expect(() => uiMessages(options as never)).toThrow(new TypeError(message));
  });

  it.each([undefined, null, 1, [], { messages: 1 }, { messages: [null] }, { messages: [{ role: 'assistant', parts: [1] }] }])(
    'take a request of any kind: %j',
    (input) => {
      expect(typesOf([start(), text('a'), finish()])).toEqual(
        framesOf(uiMessages({ input }), { events: [start(), text('a'), finish()], error: undefined }).map((data) =>
          data === '[DONE]' ? data : (JSON.parse(data) as { type: string }).type,
        ),
      );
    },
  );
});
