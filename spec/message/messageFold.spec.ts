import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ParseError } from '../../src/errors.js';
import type { CitationEvent, DeltaEvent, FileEvent, Message, PartialMessage } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import {
  blockEnd,
  finish,
  ping,
  raw,
  reasoning,
  refusal,
  reset,
  start,
  step,
  text,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  toolResult,
  usage,
  usageOf,
} from '../../src/testing/index.js';
import { anyChunking, anyText, cut } from '../support/chunks.js';

function partialOf(events: readonly DeltaEvent[], choice?: number): PartialMessage {
  const fold = createMessageFold(choice);
  for (const event of events) fold.push(event);
  return fold.partial();
}

function messageOf(events: readonly DeltaEvent[]): Message {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.message();
}

function file(data: string, fields: Partial<FileEvent> = {}): FileEvent {
  return { type: 'file', block: 0, choice: 0, mediaType: 'image/png', data, transcript: undefined, final: false, ...fields };
}

function citation(url: string, fields: Partial<CitationEvent> = {}): CitationEvent {
  const unknown = { title: undefined, text: undefined, start: undefined, end: undefined };
  return { type: 'citation', block: 0, choice: 0, url, ...unknown, native: null, ...fields };
}

const call = [toolCallStart('c', 'add'), toolCallDelta('c', '{"a":'), toolCallDelta('c', '1}')];

// messageParts.ts is tested through the fold.
describe('createMessageFold', () => {
  it('is empty at first', () => {
    expect(partialOf([])).toEqual({
      id: undefined,
      model: undefined,
      provider: undefined,
      text: '',
      reasoning: '',
      refusal: '',
      toolCalls: [],
      citations: [],
      parts: [],
      usage: undefined,
      finishReason: undefined,
      timing: undefined,
    });
  });

  it('reads id, model and provider from start, reason and timing from finish, and the last usage', () => {
    const timing = {
      firstDeltaMs: 1,
      totalMs: 2,
      deltas: 0,
      charactersPerSecond: 0,
      tokensPerSecond: 0,
      medianDeltaMs: 0,
      maxDeltaMs: 0,
    };
    const first = usage({ inputTokens: 1 });
    const last = usage({ inputTokens: 2 });
    expect(partialOf([start(), first, last, finish('length', { timing })])).toMatchObject({
      id: 'id-1',
      model: 'model-1',
      provider: 'test',
      usage: usageOf({ inputTokens: 2 }),
      finishReason: 'length',
      timing,
    });
  });

  it('joins the deltas of a block to one part, in the order of first appearance', () => {
    const events = [
      reasoning('H', { block: 0 }),
      text('a', { block: 1 }),
      reasoning('m', { block: 0 }),
      text('b', { block: 1 }),
      refusal('No', { block: 2 }),
      text('c', { block: 3, phase: 'commentary' }),
    ];
    expect(partialOf(events)).toMatchObject({
      text: 'abc',
      reasoning: 'Hm',
      refusal: 'No',
      parts: [
        { type: 'reasoning', text: 'Hm' },
        { type: 'text', text: 'ab', phase: 'answer' },
        { type: 'refusal', text: 'No' },
        { type: 'text', text: 'c', phase: 'commentary' },
      ],
    });
  });

  it('keeps the native form of each block beside its part', () => {
    const events = [text('a'), blockEnd({ type: 'text' }), blockEnd({ type: 'x' }, { block: 1, kind: 'redacted_thinking' })];
    expect(partialOf(events).parts).toEqual([
      { type: 'text', text: 'a', phase: 'answer', native: { type: 'text' } },
      { type: 'other', kind: 'redacted_thinking', native: { type: 'x' } },
    ]);
  });

  it('adds the native form that directly follows a tool result to its part', () => {
    const events = [
      text('a'),
      toolResult('c', 'search', [1]),
      blockEnd({ id: 1 }, { block: 1 }),
      blockEnd({ id: 2 }, { block: 2 }),
    ];
    expect(partialOf(events).parts).toEqual([
      { type: 'text', text: 'a', phase: 'answer', native: undefined },
      { type: 'tool-result', callId: 'c', name: 'search', output: [1], isError: false, native: { id: 1 } },
      { type: 'other', kind: 'text', native: { id: 2 } },
    ]);
  });

  it('makes a part of its own from a native form that follows a tool result later', () => {
    const events = [toolResult('c', 'search', [1]), text('a'), blockEnd({ id: 1 }, { block: 1, kind: 'reasoning' })];
    expect(partialOf(events).parts).toEqual([
      { type: 'tool-result', callId: 'c', name: 'search', output: [1], isError: false, native: undefined },
      { type: 'text', text: 'a', phase: 'answer', native: undefined },
      { type: 'other', kind: 'reasoning', native: { id: 1 } },
    ]);
    const ended = [
      toolCallStart('c', 'run'),
      toolResult('c', 'run', [1]),
      blockEnd({ id: 1 }),
      blockEnd({ id: 2 }, { block: 1 }),
    ];
    expect(partialOf(ended).parts.map(({ type, native }) => [type, native])).toEqual([
      ['tool-call', { id: 1 }],
      ['tool-result', undefined],
      ['other', { id: 2 }],
    ]);
  });

  describe('of a tool call', () => {
    it('parses the arguments once the call has ended', () => {
      const { toolCalls, parts } = partialOf([...call, toolCallEnd('c', 'add', '{"a":1}')]);
      const whole = {
        callId: 'c',
        name: 'add',
        argumentsText: '{"a":1}',
        input: { a: 1 },
        executor: 'client',
        format: 'json',
        ended: true,
      };
      expect(toolCalls).toEqual([whole]);
      expect(parts).toEqual([{ type: 'tool-call', ...whole, native: undefined }]);
    });

    it('does not parse the arguments while the call is open', () => {
      expect(partialOf(call).toolCalls).toMatchObject([{ argumentsText: '{"a":1}', input: undefined, ended: false }]);
    });

    it('parses empty arguments as {}, and neither free text nor invalid JSON', () => {
      const inputOf = (argumentsText: string, format: 'json' | 'text' = 'json') =>
        partialOf([toolCallStart('c', 'add', { format }), toolCallEnd('c', 'add', argumentsText, { format })]).toolCalls[0];
      expect(inputOf('')?.input).toEqual({});
      expect(inputOf('{"a":')).toMatchObject({ argumentsText: '{"a":', input: undefined, ended: true });
      expect(inputOf('{}', 'text')?.input).toBeUndefined();
    });

    it.each([
      ['{"code":"line 1\nline 2"}', { code: 'line 1\nline 2' }],
      ['{\n\t"a":\t"x\ty",\n"b":"\r\n"}', { a: 'x\ty', b: '\r\n' }],
      ['{"a":"\\"\u0001\\\\","b\n":[]}', { a: '"\u0001\\', 'b\n': [] }],
      ['{"a":"x\n', undefined],
    ])('parses raw control characters in the strings of the arguments, whose text stays as sent: %j', (argumentsText, input) => {
      const events = [toolCallStart('c', 'add'), toolCallEnd('c', 'add', argumentsText)];
      expect(partialOf(events).toolCalls[0]).toMatchObject({ argumentsText, input });
    });

    it('ignores deltas and the end of a call that never started', () => {
      expect(partialOf([toolCallDelta('c', '{}'), toolCallEnd('c', 'add', '{}'), text('a', { block: 1 })]).parts).toHaveLength(1);
      expect(partialOf([text('a'), toolCallDelta('c', '{}'), toolCallEnd('c', 'add', '{}')]).text).toBe('a');
    });
  });

  it('joins the pieces of a file, until a final one replaces them', () => {
    const pieces = [file('ab'), file('cd', { transcript: 'He' }), file('', { transcript: 'llo' })];
    expect(partialOf(pieces).parts).toMatchObject([{ type: 'file', mediaType: 'image/png', data: 'abcd', transcript: 'Hello' }]);
    expect(partialOf([...pieces, file('whole', { final: true })]).parts).toMatchObject([{ data: 'whole' }]);
    expect(partialOf([...pieces, file('', { final: true })]).parts).toMatchObject([{ data: 'abcd' }]);
  });

  it('collects citations, and ignores pings, raw events and other choices', () => {
    const events = [citation('a'), ping(), raw('x'), citation('b', { choice: 1 })];
    expect(partialOf(events)).toMatchObject({ citations: [{ url: 'a' }], parts: [] });
  });

  it('reads one choice', () => {
    const events = [text('a'), text('b', { choice: 1 }), blockEnd(null, { choice: 1 })];
    expect(partialOf(events).text).toBe('a');
    expect(partialOf(events, 1)).toMatchObject({ text: 'b', parts: [{ native: null }] });
  });

  describe('at a reset', () => {
    it('discards everything but usage', () => {
      const events = [start(), text('a'), citation('a'), ...call, usage({ inputTokens: 3 }), finish(), reset()];
      expect(partialOf(events)).toEqual({ ...partialOf([]), usage: usageOf({ inputTokens: 3 }) });
      expect(partialOf([...events, start(), text('b')]).parts).toMatchObject([{ type: 'text', text: 'b' }]);
    });

    it('discards the void steps with their blocks', () => {
      const events = [
        start(),
        text('a'),
        citation('a'),
        step(1),
        text('b', { block: 1 }),
        citation('b'),
        step(2),
        text('c', { block: 2 }),
        reset({ step: 1 }),
        text('d', { block: 1 }),
        text('!'),
      ];
      expect(partialOf(events)).toMatchObject({
        id: 'id-1',
        citations: [{ url: 'a' }],
        parts: [{ text: 'a!' }, { text: 'd' }],
      });
    });

    it('discards nothing for a step that has not begun, so that the text continues', () => {
      expect(partialOf([start(), text('Hel'), reset({ step: 1 }), text('lo')])).toMatchObject({
        id: 'id-1',
        parts: [{ text: 'Hello' }],
      });
    });
  });

  it('gives snapshots that later events do not change', () => {
    const fold = createMessageFold();
    for (const event of [text('a'), citation('a'), ...call.map((one) => ({ ...one, block: 1 }))]) fold.push(event);
    const before = fold.partial();
    const copy = structuredClone(before);
    for (const event of [text('b'), citation('b'), toolCallEnd('c', 'add', '{}', { block: 1 }), reset()]) fold.push(event);
    expect(before).toEqual(copy);
  });

  it('gives a message of plain data apart from json, with reason aborted if there was no finish', () => {
    expect(messageOf([text('a')]).finishReason).toBe('aborted');
    expect(messageOf([text('a'), finish('length')]).finishReason).toBe('length');
    expect(JSON.parse(JSON.stringify(messageOf([text('a'), finish()])))).toMatchObject({ text: 'a', finishReason: 'stop' });
    expect(Object.keys(messageOf([]))).toEqual(Object.keys(partialOf([])));
  });

  it('parses the answer of a message without its commentary', () => {
    const message = messageOf([
      text('Let me see.', { phase: 'commentary' }),
      text('{"a":', { block: 1 }),
      text('1}', { block: 1 }),
    ]);
    expect(message.json<{ a: number }>().a).toBe(1);
  });

  it.each(['```json\n{"a":1}\n```', '```{"a":1}```', '~~~\n{"a":1}', '\ufeff{"a":1}\n'])(
    'parses an answer in a fence: %j',
    (answer) => {
      expect(messageOf([text(answer)]).json()).toEqual({ a: 1 });
    },
  );

  it('throws a ParseError with the text if the answer is not JSON', () => {
    const message = messageOf([text('{"a":'), finish('length')]);
    const thrown = (() => {
      try {
        return message.json();
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(ParseError);
    expect(thrown).toMatchObject({ text: '{"a":', finishReason: 'length', cause: expect.any(SyntaxError) });
    expect(String(thrown)).not.toContain('{"a"');
  });

  it('gives the same message however the stream is cut', () => {
    fc.assert(
      fc.property(anyText, anyText, anyChunking, (answer, argumentsText, sizes) => {
        const events = (chunks: readonly number[]): DeltaEvent[] => [
          ...cut(answer, chunks).map((piece) => text(piece)),
          toolCallStart('c', 'add', { block: 1 }),
          ...cut(argumentsText, chunks).map((piece) => toolCallDelta('c', piece, { block: 1 })),
        ];
        expect(partialOf(events(sizes))).toEqual(partialOf(events([])));
      }),
      { numRuns: 1_000 },
    );
  });
});
