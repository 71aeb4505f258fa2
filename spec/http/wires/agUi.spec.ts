import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EmptyStreamError, isStreamError, LimitError, toErrorInfo } from '../../../src/errors.js';
import type { DeltaEvent, JsonValue } from '../../../src/events.js';
import { agUi, createEncoder, type RunInput } from '../../../src/http/index.js';
import { createMessageFold } from '../../../src/message/messageFold.js';
import {
  blockEnd,
  finish,
  logprobs,
  ping,
  raw,
  reasoning,
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
import { withoutLosses } from '../../support/agUiLosses.js';
import { anyStream, anyStreamError } from '../../support/anyStream.js';
import { allStreams, decodeStream } from '../../support/corpus.js';
import { expectGrammar } from '../../support/grammar.js';
import { anyChunksOf, bytesOf, framesOf, type Reading, readingOf } from '../../support/wires.js';

const input: RunInput = {
  threadId: 'thread-1',
  runId: 'run-1',
  protocolVersion: '1.0',
  messages: [{ id: 'u1', role: 'user', content: 'Hi' }],
};
const wire = agUi({ input });
const older = agUi({ input: { ...input, protocolVersion: undefined } });
const tanStack = agUi({
  input: { ...input, protocolVersion: undefined, messages: [{ ...input.messages[0], metadata: { tanstack: {} } } as never] },
});
const wires = [
  ['version 1.0', wire],
  ['an older version', older],
  ['the client of TanStack', tanStack],
] as const;

const read = (...frames: readonly string[]): Reading => readingOf(wire, [bytesOf(frames)]);
const frame = (payload: unknown): string => JSON.stringify(payload);

function partialOf(events: readonly DeltaEvent[]) {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.partial();
}

function nested(depth: number): JsonValue {
  let value: JsonValue = 0;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

describe('agUi', () => {
  it.each(wires)('loses of any stream only what its page lists, in any chunks: %s', (_, to) => {
    const property = fc.property(
      anyStream().chain((stream) => anyChunksOf(bytesOf(framesOf(to, stream))).map((chunks) => ({ stream, chunks }))),
      ({ stream: { events, error }, chunks }) => {
        const reading = readingOf(to, chunks);
        const [sent, arrived] = [withoutLosses(events), withoutLosses(reading.events)];
        expect(arrived.events).toStrictEqual(sent.events);
        expect(arrived.argumentTexts).toEqual(sent.argumentTexts);
        const isWhole = error !== undefined || events.at(-1)?.type === 'finish';
        if (isWhole) expect(arrived.usage).toStrictEqual(sent.usage);
        if (error)
          expect(toErrorInfo(reading.error)).toMatchObject({ name: error.name, kind: error.kind, details: error.details });
        else if (events.at(-1)?.type === 'finish') expect(reading.error).toBeUndefined();
        else expect(reading.error?.kind).toBe(chunks.some(({ length }) => length > 0) ? 'truncated' : 'empty');
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it.each(allStreams.map((stream) => [`${stream.wire}/${stream.name}`, stream] as const))(
    'loses only that of %s',
    (_, { wire: kind, bytes }) => {
      const { events, error } = decodeStream(kind, [bytes]);
      const sent = bytesOf(framesOf(wire, { events, error: error === undefined ? undefined : toErrorInfo(error) }));
      const reading = readingOf(wire, [sent]);
      expect(withoutLosses(reading.events)).toStrictEqual(withoutLosses(events));
      expect(reading.error === undefined).toBe(error === undefined);
    },
  );

  it.each([ping(), raw('note', {}), logprobs([])])('gives a result its native form, also with $type between them', (between) => {
    const called = [start(), toolCallStart('c', 'search'), toolCallEnd('c', 'search', '{}'), toolResult('c', 'search', 'found')];
    const native = blockEnd({ type: 'result' }, { block: 1, kind: 'result' });
    const sealed = (events: readonly DeltaEvent[]): readonly string[] =>
      framesOf(wire, { events, error: undefined }).filter((frame) => frame.includes('"REASONING_'));
    const frames = sealed([...called, native, finish()]);
    expect(frames).toHaveLength(1);
    expect(sealed([...called, between, native, finish()])).toEqual(frames);
  });

  it('takes what it reads for the end only with RUN_FINISHED: each beginning of a stream is a TruncatedError', () => {
    const property = fc.property(anyStream({ ends: ['finish'], maxMoves: 8 }), (stream) => {
      const bytes = bytesOf(framesOf(wire, stream));
      for (let length = 1; length < bytes.length; length++) {
        const { events, error } = readingOf(wire, [bytes.subarray(0, length)]);
        if (events.at(-1)?.type === 'finish') expect(error).toBeUndefined();
        else expect(error?.kind).toBe('truncated');
      }
    });
    fc.assert(property, { numRuns: 10 });
  });
  it('writes what clients show, and ends what is open', () => {
    const events = [
      start(),
      reasoning('Hm.'),
      text('Let me ', { block: 1 }),
      text('look.', { block: 1 }),
      toolCallStart('call-1', 'clock', { block: 2 }),
      toolCallDelta('call-1', '{}', { block: 2 }),
      toolCallEnd('call-1', 'clock', '{}', { block: 2 }),
      finish('tool-calls'),
    ];
    expect(written(events).map(withoutNote)).toEqual([
      { type: 'RUN_STARTED', threadId: 'thread-1', runId: 'run-1', protocolVersion: '1.0' },
      { type: 'REASONING_START', messageId: 'run-1-0' },
      { type: 'REASONING_MESSAGE_START', messageId: 'run-1-0', role: 'reasoning' },
      { type: 'REASONING_MESSAGE_CONTENT', messageId: 'run-1-0', delta: 'Hm.' },
      { type: 'TEXT_MESSAGE_START', messageId: 'run-1-1', role: 'assistant' },
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 'run-1-1', delta: 'Let me ' },
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 'run-1-1', delta: 'look.' },
      { type: 'TOOL_CALL_START', toolCallId: 'call-1', toolCallName: 'clock', parentMessageId: 'run-1-1' },
      { type: 'TOOL_CALL_ARGS', toolCallId: 'call-1', delta: '{}' },
      { type: 'TOOL_CALL_END', toolCallId: 'call-1' },
      { type: 'REASONING_MESSAGE_END', messageId: 'run-1-0' },
      { type: 'REASONING_END', messageId: 'run-1-0' },
      { type: 'TEXT_MESSAGE_END', messageId: 'run-1-1' },
      {
        type: 'RUN_FINISHED',
        threadId: 'thread-1',
        runId: 'run-1',
        outcome: { type: 'success', pendingToolCallIds: ['call-1'] },
      },
    ]);
  });

  it('writes a native form as an encrypted value, or with the end of a text for a client before 1.0', () => {
    const events = [start(), text('Hi'), blockEnd({ type: 'text', text: 'Hi' }), finish()];
    expect(written(events)[4]).toMatchObject({ type: 'REASONING_ENCRYPTED_VALUE', subtype: 'message', entityId: 'run-1-0' });
    expect(written(events, older)[3]).toMatchObject({
      type: 'TEXT_MESSAGE_END',
      metadata: { rxllm: { native: { type: 'text', text: 'Hi' } } },
    });
  });

  it('gives each message and call an id that the conversation does not have yet', () => {
    const messages: RunInput['messages'] = [
      { id: 'run-1-0', role: 'user', content: 'Hi' },
      { id: 'a', role: 'assistant', toolCalls: [{ id: 'call-1', function: { name: 'clock', arguments: '{}' } }] },
      { id: 'b', role: 'tool', toolCallId: 'call-1', content: '12:00' },
    ];
    const to = agUi({ input: { ...input, messages } });
    const call = [toolCallStart('call-1', 'clock', { block: 1 }), toolCallEnd('call-1', 'clock', '{}', { block: 1 })];
    const events = [start(), text('Hi'), ...call, toolResult('call-1', 'clock', '12:01'), finish()];
    expect(
      written(events, to).filter(({ messageId, toolCallId }) => messageId !== undefined || toolCallId !== undefined),
    ).toMatchObject([
      { messageId: 'run-1-1' },
      { messageId: 'run-1-1' },
      { toolCallId: 'call-1_2', parentMessageId: 'run-1-1' },
      { toolCallId: 'call-1_2', delta: '{}' },
      { toolCallId: 'call-1_2' },
      { messageId: 'run-1-2', toolCallId: 'call-1_2' },
      { messageId: 'run-1-1' },
    ]);
    expect(withoutLosses(readingOf(to, [bytesOf(framesOf(to, { events, error: undefined }))]).events)).toEqual(
      withoutLosses(events),
    );
  });

  it('writes usage and the cost of it, and how the answer ended', () => {
    const cost = { total: 0.5, currency: 'USD', input: undefined, output: undefined, cacheSavings: undefined };
    const used = usage({ inputTokens: 10, outputTokens: 2.4, cachedInputTokens: 4, cacheWriteTokens: -1, cost });
    const [ended] = written([start(), used, finish('length')]).slice(-1);
    expect(ended).toMatchObject({
      usage: [{ provider: 'test', model: 'model-1', inputTokens: 10, outputTokens: 2, cachedInputTokens: 4 }],
      metadata: { rxllm: { finishReason: 'length', usage: { cost: { total: 0.5, currency: 'USD' } } } },
    });
    expect(ended?.['usage']).not.toEqual([expect.objectContaining({ cacheWriteInputTokens: expect.anything() })]);
  });

  it('writes an aborted answer as an outcome of its own only in version 1.0', () => {
    const events = [start(), text('Hi'), finish('aborted')];
    expect(written(events).at(-1)).toMatchObject({ outcome: { type: 'cancelled' } });
    expect(written(events, older).at(-1)).toMatchObject({
      outcome: { type: 'success' },
      metadata: { rxllm: { finishReason: 'aborted' } },
    });
    expect(written(events, older)[0]).not.toHaveProperty('protocolVersion');
  });

  it('writes calls that wait for a decision as interrupts', () => {
    const call = [
      toolCallStart('call-1', 'pay'),
      toolCallDelta('call-1', '{"sum":1}'),
      toolCallEnd('call-1', 'pay', '{"sum":1}'),
    ];
    const events = [start(), ...call, toolApproval('call-1'), finish('paused')];
    expect(written(events).at(-1)).toMatchObject({
      outcome: {
        type: 'interrupt',
        interrupts: [
          {
            id: 'call-1',
            reason: 'tool_call',
            toolCallId: 'call-1',
            metadata: { kind: 'approval', toolName: 'pay', input: { sum: 1 } },
          },
        ],
      },
    });
    const decided = [...events.slice(0, -1), toolApproval('call-1', true), finish('paused')];
    expect(written(decided).at(-1)).toMatchObject({ outcome: { type: 'success' } });
    expect(read(...framesOf(wire, { events, error: undefined })).events).toEqual(events);
  });

  it('takes a call back that did not end, because clients run what has ended', () => {
    const events = [start(), text('Hi'), toolCallStart('call-1', 'pay', { block: 1 }), finish('length')];
    const frames = written(events);
    const snapshot = frames.findIndex(({ type }) => type === 'MESSAGES_SNAPSHOT');
    expect(frames[snapshot]).toMatchObject({ messages: [input.messages[0], { id: 'run-1-0', content: 'Hi' }] });
    expect(frames[snapshot]?.['messages']).not.toContainEqual(expect.objectContaining({ toolCalls: expect.anything() }));
    expect(frames[snapshot + 1]).toMatchObject({ type: 'TOOL_CALL_END', toolCallId: 'call-1' });
    expect(frames.at(-1)).toMatchObject({ outcome: { type: 'success' } });
  });

  it('takes back by a snapshot what a reset makes void, and keeps the steps before', () => {
    const call = [toolCallStart('call-1', 'clock', { block: 1 }), toolCallEnd('call-1', 'clock', '{}', { block: 1 })];
    const round = [start(), text('Look:'), ...call, toolResult('call-1', 'clock', { now: 12 })];
    const events = [
      ...round,
      step(1),
      text('wrong', { block: 2 }),
      reset({ step: 1 }),
      start(),
      text('right', { block: 2 }),
      finish(),
    ];
    const snapshot = written(events).find(({ type }) => type === 'MESSAGES_SNAPSHOT');
    expect(snapshot).toMatchObject({
      messages: [
        { role: 'user', content: 'Hi' },
        {
          id: 'run-1-0',
          role: 'assistant',
          content: 'Look:',
          toolCalls: [{ id: 'call-1', function: { name: 'clock', arguments: '{}' } }],
        },
        { role: 'tool', toolCallId: 'call-1', content: '{"now":12}' },
      ],
    });
    expect(snapshot?.['messages']).toHaveLength(3);
  });

  it('writes no snapshot for a reset that makes nothing void', () => {
    const types = (events: readonly DeltaEvent[]): readonly unknown[] => written(events).map(({ type }) => type);
    expect(types([start(), reset(), start(), text('a'), finish()])).not.toContain('MESSAGES_SNAPSHOT');
    expect(types([start(), text('a'), reset({ step: 1 }), start(), text('b', { block: 1 }), finish()])).not.toContain(
      'MESSAGES_SNAPSHOT',
    );
    expect(types([reset(), start(), finish()])[0]).toBe('RUN_STARTED');
  });

  it('writes nothing after the end, and nothing after an error', () => {
    const error = toErrorInfo(new EmptyStreamError());
    const answer = [start(), text('a'), finish()];
    expect(framesOf(wire, { events: [...answer, text('more')], error })).toEqual(
      framesOf(wire, { events: answer, error: undefined }),
    );
    const encoder = createEncoder(wire);
    const frames: string[] = [];
    const write = (data: string): void => void frames.push(data);
    encoder.fail(error, write);
    encoder.encode(text('more'), write);
    encoder.fail(error, write);
    expect(frames).toHaveLength(1);
  });

  it('needs an input to encode, and none to decode', () => {
    expect(() => createEncoder(agUi())).toThrow(new TypeError('agUi: input is required to encode'));
    expect(agUi().createDecoder().finished).toBe(false);
    expect(() => agUi({ input: { threadId: 't' } as RunInput })).toThrow(new TypeError('agUi: input.runId must be text'));
    expect(() => agUi({ inputs: input } as object)).toThrow('did you mean "input"?');
  });

  describe('an error', () => {
    it('arrives as one of the same class, kind and fields, with the message so far', () => {
      const property = fc.property(anyStreamError, (error) => {
        const events = [start(), text('Hello')];
        const reading = readingOf(wire, [bytesOf(framesOf(wire, { events, error: toErrorInfo(error) }))]);
        const { partial: _partial, ...info } = toErrorInfo(error);
        expect(reading.error?.constructor).toBe(error.constructor);
        expect(toErrorInfo(reading.error)).toEqual({ ...info, partial: partialOf(events) });
      });
      fc.assert(property, { numRuns: 300 });
    });

    it('of another server is a ProviderError', () => {
      expect(read(frame({ type: 'RUN_ERROR', message: 'No more', code: 'rate-limit' })).error).toMatchObject({
        name: 'ProviderError',
        kind: 'rate-limit',
        message: 'No more',
      });
      expect(read(frame({ type: 'RUN_ERROR', message: 'boom', code: null })).error).toMatchObject({
        kind: 'server',
        code: undefined,
      });
      expect(read(frame({ type: 'RUN_ERROR' })).error).toMatchObject({ kind: 'server', message: 'The run failed' });
    });

    it('that is too large is sent without its details', () => {
      const error = { ...toErrorInfo(new EmptyStreamError()), details: { value: nested(300) } };
      expect(readingOf(wire, [bytesOf(framesOf(wire, { events: [start()], error }))]).error).toMatchObject({
        name: 'EmptyStreamError',
      });
    });
  });

  describe('the run of another server', () => {
    const run = { threadId: 't', runId: 'r' };
    const begun = frame({ type: 'RUN_STARTED', ...run });
    const ended = frame({ type: 'RUN_FINISHED', ...run });

    it('becomes a stream of the grammar', () => {
      const frames = [
        { type: 'RUN_STARTED', ...run },
        { type: 'REASONING_START', messageId: 'a' },
        { type: 'REASONING_MESSAGE_START', messageId: 'a', role: 'reasoning' },
        { type: 'REASONING_MESSAGE_CONTENT', messageId: 'a', delta: 'Hm.' },
        { type: 'REASONING_MESSAGE_END', messageId: 'a' },
        { type: 'REASONING_END', messageId: 'a' },
        { type: 'TEXT_MESSAGE_START', messageId: 'm', role: 'assistant' },
        { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'Look:' },
        { type: 'TEXT_MESSAGE_END', messageId: 'm' },
        { type: 'TOOL_CALL_START', toolCallId: 'c', toolCallName: 'clock', parentMessageId: null },
        { type: 'TOOL_CALL_ARGS', toolCallId: 'c', delta: '{}' },
        { type: 'TOOL_CALL_END', toolCallId: 'c' },
        { type: 'TOOL_CALL_RESULT', messageId: 'x', toolCallId: 'c', content: [{ type: 'text', text: '12' }], role: 'tool' },
        { type: 'TEXT_MESSAGE_START', messageId: 'n', role: 'assistant' },
        { type: 'TEXT_MESSAGE_CONTENT', messageId: 'n', delta: 'Noon.' },
        { type: 'TEXT_MESSAGE_END', messageId: 'n' },
        {
          type: 'RUN_FINISHED',
          ...run,
          usage: [
            { provider: 'p', model: 'a', inputTokens: 1, outputTokens: 2 },
            { provider: 'p', model: 'b', inputTokens: 3 },
          ],
        },
      ].map(frame);
      const { events, error } = read(...frames);
      expect(error).toBeUndefined();
      expectGrammar(events, true);
      expect(partialOf(events)).toMatchObject({
        id: 'r',
        provider: 'ag-ui',
        reasoning: 'Hm.',
        text: 'Look:Noon.',
        finishReason: 'stop',
        usage: { inputTokens: 4, outputTokens: 2 },
        parts: [
          { type: 'reasoning', step: 0 },
          { type: 'text', text: 'Look:', step: 0 },
          { type: 'tool-call', callId: 'c', name: 'clock', argumentsText: '{}', ended: true, step: 0 },
          { type: 'tool-result', callId: 'c', name: 'clock', output: [{ type: 'text', text: '12' }], step: 0 },
          { type: 'text', text: 'Noon.', step: 1 },
        ],
      });
    });

    it('may be written in chunks', () => {
      const frames = [
        begun,
        frame({ type: 'TEXT_MESSAGE_CHUNK', messageId: 'm', role: 'assistant', delta: 'a' }),
        frame({ type: 'TEXT_MESSAGE_CHUNK', delta: 'b' }),
        frame({ type: 'TOOL_CALL_CHUNK', toolCallId: 'c', toolCallName: 'one', delta: '{' }),
        frame({ type: 'TOOL_CALL_CHUNK', delta: '}' }),
        frame({ type: 'TOOL_CALL_CHUNK', toolCallId: 'd', toolCallName: 'two' }),
        frame({ type: 'REASONING_MESSAGE_CHUNK', messageId: 'r', delta: 'hm' }),
        frame({ type: 'TEXT_MESSAGE_CHUNK', messageId: 'm', delta: 'c' }),
        ended,
      ];
      const message = partialOf(read(...frames).events);
      expect(message).toMatchObject({ text: 'abc', reasoning: 'hm', finishReason: 'tool-calls' });
      expect(message.toolCalls).toMatchObject([
        { callId: 'c', argumentsText: '{}', ended: true },
        { callId: 'd', argumentsText: '', ended: true },
      ]);
    });

    it('ends with the reason that its outcome means', () => {
      const reasonOf = (fields: object): unknown =>
        partialOf(read(begun, frame({ type: 'RUN_FINISHED', ...run, ...fields })).events).finishReason;
      expect(reasonOf({})).toBe('stop');
      expect(reasonOf({ outcome: null })).toBe('stop');
      expect(reasonOf({ outcome: { type: 'cancelled' } })).toBe('aborted');
      expect(reasonOf({ outcome: { type: 'later' } })).toBe('stop');
      expect(reasonOf({ metadata: { tanstack: { finishReason: 'length' } } })).toBe('length');
      expect(reasonOf({ metadata: { rxllm: { finishReason: 'aborted' } } })).toBe('aborted');
    });

    it('has interrupts as calls that wait for a decision', () => {
      const interrupts = [{ id: 'i', reason: 'tool_call', toolCallId: 'c' }, { id: 'j', reason: 'question' }, null, {}];
      const { events } = read(begun, frame({ type: 'RUN_FINISHED', ...run, outcome: { type: 'interrupt', interrupts } }));
      expect(events.slice(1, -1)).toEqual([toolApproval('c'), toolApproval('j')]);
      expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'paused' });
    });

    it('has what is not of the answer as raw events', () => {
      const frames = [
        { type: 'STATE_SNAPSHOT', snapshot: { a: 1 } },
        { type: 'STATE_DELTA', delta: [] },
        { type: 'MESSAGES_SNAPSHOT', messages: [] },
        { type: 'ACTIVITY_SNAPSHOT', messageId: 'a', activityType: 'plan', content: {} },
        { type: 'STEP_STARTED', stepName: 'node' },
        { type: 'SUBAGENT_STARTED', subagentRunId: 's', name: 'helper' },
        { type: 'CUSTOM', name: 'progress', value: 1 },
        { type: 'REASONING_ENCRYPTED_VALUE', subtype: 'message', entityId: 'a', encryptedValue: 'SIG' },
        { type: 'TEXT_MESSAGE_START', messageId: 'u', role: 'user' },
        { type: 'TELEPATHY' },
      ];
      const { events } = read(
        begun,
        ...frames.map(frame),
        frame({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'u', delta: 'Hi' }),
        ended,
      );
      expect(events.slice(1, -1)).toEqual(frames.map((data) => ({ type: 'raw', provider: 'ag-ui', name: data.type, data })));
      const native = { type: 'RAW', event: { type: 'ping' }, source: 'anthropic' };
      expect(read(begun, frame(native), ended).events[1]).toEqual({
        type: 'raw',
        provider: 'anthropic',
        name: 'ping',
        data: native.event,
      });
    });

    it('has the text of a subagent as commentary', () => {
      const frames = [
        frame({ type: 'TEXT_MESSAGE_START', messageId: 'm', subagentRunId: 's' }),
        frame({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'a' }),
      ];
      expect(read(begun, ...frames, ended).events[1]).toEqual(text('a', { phase: 'commentary' }));
    });

    it('may be of a server before 0.0.45, and may begin without RUN_STARTED', () => {
      const frames = [
        frame({ type: 'THINKING_START' }),
        frame({ type: 'THINKING_TEXT_MESSAGE_START' }),
        frame({ type: 'THINKING_TEXT_MESSAGE_CONTENT', delta: 'hm' }),
        frame({ type: 'THINKING_TEXT_MESSAGE_END' }),
        frame({ type: 'THINKING_END' }),
        frame({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'a' }),
        ended,
      ];
      const { events } = read(...frames);
      expectGrammar(events, true);
      expect(partialOf(events)).toMatchObject({ reasoning: 'hm', text: 'a' });
    });

    it('may have the arguments of a call with its end, and the state of a result, as TanStack writes them', () => {
      const frames = [
        frame({ type: 'TOOL_CALL_START', toolCallId: 'c', toolCallName: 'pay' }),
        frame({ type: 'TOOL_CALL_END', toolCallId: 'c', metadata: { tanstack: { input: { sum: 1 } } } }),
        frame({
          type: 'TOOL_CALL_RESULT',
          toolCallId: 'c',
          messageId: 'x',
          content: 'no',
          metadata: { tanstack: { state: 'output-error' } },
        }),
      ];
      expect(partialOf(read(begun, ...frames, ended).events).parts).toMatchObject([
        { type: 'tool-call', argumentsText: '{"sum":1}', ended: true },
        { type: 'tool-result', output: 'no', isError: true },
      ]);
    });

    it('is cut where RUN_FINISHED is missing, also with [DONE]', () => {
      const cut = [begun, frame({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'Hello' })];
      expect(read(...cut).error).toMatchObject({ kind: 'truncated', partial: { text: 'Hello' } });
      expect(read(...cut, '[DONE]').error).toMatchObject({ kind: 'truncated' });
      expect(read('[DONE]').error).toMatchObject({ kind: 'empty' });
      expect(readingOf(wire, []).error).toMatchObject({ kind: 'empty' });
      expect(read(...cut, ended, begun, frame({ type: 'RUN_ERROR', message: 'late' })).error).toBeUndefined();
    });

    it.each([
      ['no JSON', '{'],
      ['null', 'null'],
      ['a list', '[]'],
      ['no type', '{}'],
      ['a type that is no text', '{"type":1}'],
      ['an event of ours that is none', frame({ type: 'CUSTOM', name: 'rxllm.file', value: { block: 'a' } })],
      ['an end of ours that is none', frame({ type: 'RUN_FINISHED', metadata: { rxllm: { finishReason: 1 } } })],
    ])('with %s is a MalformedEventError, with the message so far', (_, data) => {
      const { error } = read(begun, frame({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'Hello' }), data);
      expect(error).toMatchObject({ kind: 'malformed-event', partial: { text: 'Hello' } });
    });
  });

  it('sets no prototype', () => {
    const hostile = JSON.parse('{"__proto__":{"polluted":true},"a":{"__proto__":1}}') as JsonValue;
    const events = [
      start(),
      raw('__proto__', hostile),
      text('a'),
      blockEnd(hostile),
      toolResult('__proto__', '__proto__', hostile),
      finish(),
    ];
    const reading = read(...framesOf(wire, { events, error: undefined }));
    expect(JSON.stringify(reading.events)).toBe(JSON.stringify(events));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    read('{"type":"__proto__"}', '{"type":"constructor"}', '{"__proto__":{"type":"RUN_FINISHED"}}');
  });

  describe('limits', () => {
    it.each([
      ['a raw event', (value: JsonValue) => raw('deep', value)],
      ['a result', (value: JsonValue) => toolResult('call-1', 'search', value)],
      ['a block', (value: JsonValue) => blockEnd(value)],
    ])('hold for %s that is too deep, on both sides', (_, make) => {
      const events = [start(), make(nested(250)), finish()];
      expect(read(...framesOf(wire, { events, error: undefined })).events).toEqual(events);
      expect(() => framesOf(wire, { events: [make(nested(300))], error: undefined })).toThrow(new LimitError('maxDepth', 256));
    });

    it('hold for a frame that is too deep or too large', () => {
      const bottomless = `{"type":"RAW","event":${'['.repeat(500_000)}${']'.repeat(500_000)}}`;
      expect(isStreamError(read(bottomless).error)).toBe(true);
      const sealed = frame({
        type: 'REASONING_ENCRYPTED_VALUE',
        encryptedValue: `{"rxllm":{"block":0,"kind":"a","native":${'['.repeat(300)}${']'.repeat(300)}}}`,
      });
      expect(read(sealed).error).toMatchObject({ kind: 'limit' });
      const large = text('ü'.repeat(9 * 1024 * 1024));
      expect(() => framesOf(wire, { events: [large], error: undefined })).toThrow(new LimitError('maxEventBytes', 16_777_216));
    });
  });

  it('reads anything with events and a StreamError, and no other error', () => {
    const own = fc.sample(anyStream({ maxMoves: 10 }), 200).flatMap((stream) => framesOf(wire, stream));
    const ids = fc.constantFrom('', 'm', 'c', '__proto__', 'run-1-0');
    const foreign = fc
      .record(
        {
          type: fc.constantFrom(...frameTypes),
          messageId: ids,
          toolCallId: ids,
          toolCallName: ids,
          delta: fc.constantFrom<unknown>('', 'a', '{}', 1, null),
          content: fc.jsonValue({ maxDepth: 2 }),
          role: fc.constantFrom('assistant', 'user', 'tool', 'reasoning'),
          metadata: fc.oneof(
            fc.jsonValue({ maxDepth: 2 }),
            fc.record({ rxllm: fc.jsonValue({ maxDepth: 2 }), tanstack: fc.jsonValue() }),
          ),
          outcome: fc.oneof(
            fc.jsonValue({ maxDepth: 2 }),
            fc.record({ type: fc.constantFrom('success', 'interrupt', 'cancelled'), interrupts: fc.jsonValue() }),
          ),
          usage: fc.jsonValue({ maxDepth: 2 }),
          encryptedValue: fc.constantFrom('', 'x', '{"rxllm":1}', '{"rxllm":{"block":-1,"kind":"a","native":1}}', '{"rxllm":{'),
          name: fc.constantFrom('rxllm.reset', 'rxllm.start', 'rxllm.__proto__', 'x'),
          value: fc.jsonValue({ maxDepth: 2 }),
        },
        { requiredKeys: ['type'] },
      )
      .map(frame);
    const damaged = fc
      .record({
        base: fc.constantFrom(...own),
        at: fc.nat(),
        removed: fc.nat({ max: 12 }),
        added: fc.constantFrom('null', '1e999', '{}', '"', '[[[[', '-1'),
      })
      .map(({ base, at, removed, added }) => {
        const index = at % (base.length + 1);
        return base.slice(0, index) + added + base.slice(index + removed);
      });
    const property = fc.property(fc.array(fc.oneof(damaged, foreign, fc.constantFrom(...own)), { maxLength: 10 }), (list) => {
      const { events } = read(...list);
      expect(partialOf(events)).toBeDefined();
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});

const frameTypes = [
  'RUN_STARTED',
  'RUN_FINISHED',
  'RUN_ERROR',
  'STEP_STARTED',
  'STEP_FINISHED',
  'TEXT_MESSAGE_START',
  'TEXT_MESSAGE_CONTENT',
  'TEXT_MESSAGE_END',
  'TEXT_MESSAGE_CHUNK',
  'REASONING_START',
  'REASONING_MESSAGE_START',
  'REASONING_MESSAGE_CONTENT',
  'REASONING_MESSAGE_END',
  'REASONING_MESSAGE_CHUNK',
  'REASONING_END',
  'REASONING_ENCRYPTED_VALUE',
  'TOOL_CALL_START',
  'TOOL_CALL_ARGS',
  'TOOL_CALL_END',
  'TOOL_CALL_CHUNK',
  'TOOL_CALL_RESULT',
  'STATE_SNAPSHOT',
  'MESSAGES_SNAPSHOT',
  'CUSTOM',
  'RAW',
  'THINKING_TEXT_MESSAGE_CONTENT',
  'SUBAGENT_STARTED',
  '__proto__',
];

type WrittenFrame = Readonly<Record<string, unknown>>;

function written(events: readonly DeltaEvent[], to = wire): readonly WrittenFrame[] {
  return framesOf(to, { events, error: undefined }).map((data) => JSON.parse(data) as WrittenFrame);
}

function withoutNote({ metadata: _metadata, ...fields }: WrittenFrame): WrittenFrame {
  return fields;
}
