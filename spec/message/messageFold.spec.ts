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
  toolApproval,
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

const origin = { step: 0, native: undefined, nativeFormat: undefined };
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

  it('has the parts in the order of their blocks, also those that are seen only at their end', () => {
    const events = [
      text('a', { block: 1 }),
      toolCallStart('c', 'add', { block: 3 }),
      blockEnd(0, { block: 0, kind: 'image' }),
      blockEnd(1, { block: 1 }),
      blockEnd(2, { block: 2, kind: 'x' }),
      blockEnd(3, { block: 3, kind: 'tool_call' }),
      blockEnd(4, { block: 4, kind: 'y' }),
    ];
    expect(partialOf(events).parts.map(({ type, native }) => [type, native])).toEqual([
      ['other', 0],
      ['text', 1],
      ['other', 2],
      ['tool-call', 3],
      ['other', 4],
    ]);
  });

  it('keeps a tool result behind its call', () => {
    const events = [
      text('a', { block: 1 }),
      toolResult('c', 'search', [1]),
      text('b', { block: 2 }),
      blockEnd(0, { block: 0, kind: 'x' }),
    ];
    expect(partialOf(events).parts.map(({ type }) => type)).toEqual(['other', 'text', 'tool-result', 'text']);
  });

  it('discards the parts of void steps, wherever they were inserted', () => {
    const events = [
      text('a', { block: 1 }),
      step(1),
      text('b', { block: 3 }),
      blockEnd(0, { block: 2, kind: 'x' }),
      reset({ step: 1 }),
      text('c', { block: 2 }),
    ];
    expect(partialOf(events).parts).toMatchObject([{ text: 'a' }, { text: 'c' }]);
  });

  it('keeps the native form of each block beside its part', () => {
    const events = [text('a'), blockEnd({ type: 'text' }), blockEnd({ type: 'x' }, { block: 1, kind: 'redacted_thinking' })];
    expect(partialOf(events).parts).toEqual([
      { type: 'text', text: 'a', phase: 'answer', ...origin, native: { type: 'text' } },
      { type: 'other', kind: 'redacted_thinking', ...origin, native: { type: 'x' } },
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
      { type: 'text', text: 'a', phase: 'answer', ...origin },
      { type: 'tool-result', callId: 'c', name: 'search', output: [1], isError: false, ...origin, native: { id: 1 } },
      { type: 'other', kind: 'text', ...origin, native: { id: 2 } },
    ]);
  });

  it('makes a part of its own from a native form that follows a tool result later', () => {
    const events = [toolResult('c', 'search', [1]), text('a'), blockEnd({ id: 1 }, { block: 1, kind: 'reasoning' })];
    expect(partialOf(events).parts).toEqual([
      { type: 'tool-result', callId: 'c', name: 'search', output: [1], isError: false, ...origin },
      { type: 'text', text: 'a', phase: 'answer', ...origin },
      { type: 'other', kind: 'reasoning', ...origin, native: { id: 1 } },
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
      expect(parts).toEqual([{ type: 'tool-call', ...whole, ...origin }]);
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

  describe('of several rounds', () => {
    const rounds = [
      start(),
      text('Let me look.'),
      ...call.map((event) => ({ ...event, block: 1 })),
      toolCallEnd('c', 'add', '{"a":1}', { block: 1 }),
      toolResult('c', 'add', 'half', false, true),
      toolResult('c', 'add', 1),
      step(1),
      text('{"sum":', { block: 2 }),
      text('1}', { block: 2 }),
      finish(),
    ];

    it('has the round of each part, and the text of all rounds', () => {
      const { parts, text: whole } = partialOf(rounds);
      expect(parts.map((part) => [part.type, part.step])).toEqual([
        ['text', 0],
        ['tool-call', 0],
        ['tool-result', 0],
        ['text', 1],
      ]);
      expect(whole).toBe('Let me look.{"sum":1}');
    });

    it('parses the answer of the last round', () => {
      expect(messageOf(rounds).json()).toEqual({ sum: 1 });
      expect(messageOf([...rounds.slice(0, -1), step(2), text('[2]', { block: 3 })]).json()).toEqual([2]);
      expect(() => messageOf([start(), text('1'), step(1), finish()]).json()).toThrow(ParseError);
      expect(messageOf([text('1'), step(1), text('2'), reset({ step: 0 }), text('3')]).json()).toBe(3);
    });

    it('never extends a block of an earlier round, whatever its number', () => {
      const parts = partialOf([text('a'), step(1), text('b'), step(2), blockEnd({ id: 1 })]).parts;
      expect(parts).toMatchObject([{ text: 'a', native: undefined }, { text: 'b', native: undefined }, { type: 'other' }]);
    });
  });

  describe('of tools', () => {
    it('has the last result of a call, but no progress', () => {
      const progress = [1, 2, 3].map((output) => toolResult('c', 'add', output, false, true));
      expect(partialOf([...call, ...progress]).parts).toMatchObject([{ type: 'tool-call' }]);
      expect(partialOf([...progress, toolResult('c', 'add', 4), finish()]).parts).toMatchObject([{ output: 4 }]);
    });

    it('has the decision on a call in the place where the call began to wait', () => {
      const events = [...call, toolApproval('c'), toolApproval('d'), text('a', { block: 1 }), toolApproval('c', true)];
      expect(partialOf(events).parts.slice(1)).toMatchObject([
        { type: 'approval', callId: 'c', approved: true },
        { type: 'approval', callId: 'd', approved: undefined },
        { type: 'text' },
      ]);
      expect(partialOf([...events, reset()]).parts).toEqual([]);
    });
  });

  it('has the native form of a block with the API that it belongs to', () => {
    for (const format of ['chat', 'responses', 'messages', undefined] as const) {
      expect(partialOf([text('a'), blockEnd({ id: 1 }, { format })]).parts).toMatchObject([{ nativeFormat: format }]);
      expect(partialOf([blockEnd(null, { format })]).parts).toMatchObject([{ type: 'other', nativeFormat: format }]);
    }
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
        text('!', { block: 1 }),
      ];
      expect(partialOf(events)).toMatchObject({
        id: 'id-1',
        citations: [{ url: 'a' }],
        parts: [
          { text: 'a', step: 0 },
          { text: 'd!', step: 1 },
        ],
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
