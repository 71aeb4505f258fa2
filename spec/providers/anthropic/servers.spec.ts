import { describe, expect, it } from '@jest/globals';
import type { DeltaEvent, JsonObject, Message } from '../../../src/events.js';
import { createMessageFold } from '../../../src/message/messageFold.js';
import { assistantTurn } from '../../../src/providers/anthropic/assistantTurn.js';
import { messagesFormat } from '../../../src/providers/anthropic/format.js';
import { decodeEveryWay, sse } from '../../support/everyWay.js';

// What compatible servers send in other ways than Anthropic. Each stream is read at several chunk sizes, with templates and without.

type Payload = Readonly<Record<string, unknown>>;

const begin = (more: object = {}): Payload => ({
  type: 'message_start',
  message: { id: 'msg_1', model: 'm', role: 'assistant', content: [], usage: { input_tokens: 12, output_tokens: 1 }, ...more },
});
const start = (index: unknown, content_block: object): Payload => ({ type: 'content_block_start', index, content_block });
const stop = (index: unknown): Payload => ({ type: 'content_block_stop', index });
const delta = (index: unknown, fields: unknown): Payload => ({ type: 'content_block_delta', index, delta: fields });
const text = (index: unknown, piece: string): Payload => delta(index, { type: 'text_delta', text: piece });
const thought = (index: unknown, piece: string): Payload => delta(index, { type: 'thinking_delta', thinking: piece });
const signature = (index: unknown, value = 'c2ln'): Payload => delta(index, { type: 'signature_delta', signature: value });
const input = (index: unknown, piece: unknown): Payload => delta(index, { type: 'input_json_delta', partial_json: piece });
const reason = (stop_reason: string | null, usage: object = { output_tokens: 7 }): Payload => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null },
  usage,
});
const end = { type: 'message_stop' };
const textBlock = { type: 'text', text: '' };
const thinkingBlock = { type: 'thinking', thinking: '' };
const tool = (id = 'toolu_1', name = 'clock'): object => ({ type: 'tool_use', id, name, input: {} });

interface Read {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly string[];
  readonly finish: string;
  /** The content of the next turn. */
  readonly turn: readonly object[];
}

function messageOf(events: readonly DeltaEvent[]): Message {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.message();
}

function read(...payloads: readonly (object | string)[]): { events: readonly DeltaEvent[]; message: Message } {
  const { events, error } = decodeEveryWay(messagesFormat, sse(...payloads));
  expect(error).toBeUndefined();
  return { events, message: messageOf(events) };
}

function summaryOf(message: Message): Read {
  const content = assistantTurn(message).content as unknown as readonly JsonObject[];
  const told = content.filter(({ text: said }) => said !== '(no content)');
  // What the message says, the next turn says.
  expect(told.map(({ text: said }) => said ?? '').join('')).toBe(message.text);
  expect(told.map(({ thinking }) => thinking ?? '').join('')).toBe(message.reasoning);
  return {
    text: message.text,
    reasoning: message.reasoning,
    calls: message.toolCalls.map(({ name, argumentsText, ended }) => `${name}(${argumentsText})${ended ? '' : ' …'}`),
    finish: message.finishReason ?? 'none',
    turn: content,
  };
}

describe('messages of other servers', () => {
  describe.each<
    [kind: string, streams: readonly (readonly [what: string, payloads: readonly (object | string)[], Partial<Read>])[]]
  >([
    [
      'deltas of another kind than the open block',
      [
        [
          'thinking between arguments',
          [begin(), start(0, tool()), input(0, '{"a"'), thought(0, 'Hm'), input(0, ':1}'), stop(0), reason('tool_use'), end],
          { calls: ['clock({"a":1})'], reasoning: 'Hm', finish: 'tool-calls' },
        ],
        [
          'thinking before the first argument',
          [begin(), start(0, tool()), thought(0, 'Hm'), signature(0), input(0, '{"a":1}'), stop(0), reason('tool_use'), end],
          {
            calls: ['clock({"a":1})'],
            turn: [
              { ...tool(), input: { a: 1 } },
              { type: 'thinking', thinking: 'Hm', signature: 'c2ln' },
            ],
          },
        ],
        [
          'text and thinking between arguments',
          [
            begin(),
            start(0, tool()),
            input(0, '{"a"'),
            text(0, 'He'),
            input(0, ':'),
            thought(0, 'Hm'),
            input(0, '1}'),
            text(0, 'y'),
            stop(0),
            reason('tool_use'),
            end,
          ],
          { calls: ['clock({"a":1})'], text: 'Hey', reasoning: 'Hm' },
        ],
        [
          'a block that is started under the index of an open call',
          [
            begin(),
            start(0, tool()),
            input(0, '{"a"'),
            start(0, thinkingBlock),
            thought(0, 'Hm'),
            stop(0),
            input(0, ':1}'),
            stop(0),
            reason('tool_use'),
            end,
          ],
          { calls: ['clock({"a":1})'], reasoning: 'Hm' },
        ],
        [
          'arguments under the index of a text',
          [
            begin(),
            start(0, textBlock),
            text(0, 'Hey'),
            start(1, tool()),
            input(0, '{"a":1}'),
            stop(0),
            stop(1),
            reason('tool_use'),
            end,
          ],
          { calls: ['clock({"a":1})'], text: 'Hey' },
        ],
        [
          'arguments after the stop of their call',
          [begin(), start(0, tool()), stop(0), input(0, '{"a"'), input(0, ':1}'), stop(0), reason('tool_use'), end],
          { calls: ['clock({"a":1})'] },
        ],
        [
          'text on open thinking',
          [begin(), start(0, thinkingBlock), thought(0, 'Hm'), text(0, 'Hey'), stop(0), reason('end_turn'), end],
          { text: 'Hey', reasoning: 'Hm' },
        ],
      ],
    ],
    [
      'signatures',
      [
        [
          'after the stop',
          [
            begin(),
            start(0, thinkingBlock),
            thought(0, 'Hm'),
            stop(0),
            signature(0),
            start(1, textBlock),
            text(1, 'Hey'),
            stop(1),
            reason('end_turn'),
            end,
          ],
          {
            turn: [
              { type: 'thinking', thinking: 'Hm', signature: 'c2ln' },
              { type: 'text', text: 'Hey' },
            ],
          },
        ],
        [
          'after the next block began, under its index',
          [
            begin(),
            start(0, thinkingBlock),
            thought(0, 'Hm'),
            stop(0),
            start(1, textBlock),
            signature(1),
            text(1, 'Hey'),
            stop(1),
            reason('end_turn'),
            end,
          ],
          {
            turn: [
              { type: 'thinking', thinking: 'Hm', signature: 'c2ln' },
              { type: 'text', text: 'Hey' },
            ],
          },
        ],
        [
          'of two thoughts, each after its stop',
          [
            begin(),
            start(0, thinkingBlock),
            thought(0, 'Hm'),
            stop(0),
            signature(0, 'YQ=='),
            start(1, thinkingBlock),
            thought(1, 'So'),
            stop(1),
            signature(1, 'Yg=='),
            start(2, tool()),
            input(2, '{}'),
            stop(2),
            reason('tool_use'),
            end,
          ],
          {
            turn: [
              { type: 'thinking', thinking: 'Hm', signature: 'YQ==' },
              { type: 'thinking', thinking: 'So', signature: 'Yg==' },
              tool(),
            ],
          },
        ],
      ],
    ],
    [
      'blocks that are not announced, or twice',
      [
        ['text', [begin(), text(0, 'He'), text(0, 'y'), reason('end_turn'), end], { text: 'Hey' }],
        [
          'deltas without an index',
          [begin(), start(0, textBlock), text(undefined, 'He'), text(0, 'y'), stop(0), reason('end_turn'), end],
          { text: 'Hey' },
        ],
        [
          'deltas of another name',
          [
            begin(),
            start(0, textBlock),
            delta(0, { type: 'text', text: 'He' }),
            delta(0, { text: 'y' }),
            stop(0),
            reason('end_turn'),
            end,
          ],
          { text: 'Hey' },
        ],
        [
          'a delta that is a text',
          [begin(), start(0, textBlock), delta(0, 'Hey'), stop(0), reason('end_turn'), end],
          { text: 'Hey' },
        ],
        [
          'an index as text',
          [begin(), start('0', tool()), input(0, '{"a"'), input('0', ':1}'), stop('0'), reason('tool_use'), end],
          { calls: ['clock({"a":1})'] },
        ],
        [
          'a start that is repeated',
          [begin(), start(0, tool()), start(0, tool()), input(0, '{"a":1}'), stop(0), reason('tool_use'), end],
          { calls: ['clock({"a":1})'] },
        ],
        [
          'a block without a type',
          [begin(), start(0, { id: 'toolu_1', name: 'clock', input: {} }), input(0, '{"a":1}'), stop(0), reason('tool_use'), end],
          { calls: ['clock({"a":1})'], turn: [{ ...tool(), input: { a: 1 } }] },
        ],
        [
          'a block without anything',
          [begin(), start(0, {}), text(0, 'Hey'), stop(0), reason('end_turn'), end],
          { turn: [{ type: 'text', text: 'Hey' }] },
        ],
        [
          'arguments as JSON',
          [begin(), start(0, tool()), input(0, { a: 1 }), stop(0), reason('tool_use'), end],
          { calls: ['clock({"a":1})'] },
        ],
        [
          'an input that is a text',
          [begin(), start(0, { ...tool(), input: '{"a":1}' }), stop(0), reason('tool_use'), end],
          { calls: ['clock({"a":1})'], turn: [{ ...tool(), input: { a: 1 } }] },
        ],
        [
          'calls that never stop, under one index',
          [
            begin(),
            start(0, tool()),
            input(0, '{"a":1}'),
            start(0, tool('toolu_2', 'zone')),
            input(0, '{"b":2}'),
            reason('tool_use'),
            end,
          ],
          { calls: ['clock({"a":1})', 'zone({"b":2})'] },
        ],
      ],
    ],
    [
      'messages that are whole',
      [
        [
          'in the start',
          [
            begin({
              content: [
                { type: 'text', text: 'Hey' },
                { ...tool(), input: { a: 1 } },
              ],
            }),
            reason('tool_use'),
            end,
          ],
          { text: 'Hey', calls: ['clock({"a":1})'], finish: 'tool-calls' },
        ],
        [
          'in one event',
          [
            {
              type: 'message',
              id: 'msg_1',
              model: 'm',
              role: 'assistant',
              content: [{ type: 'text', text: 'Hey' }],
              stop_reason: 'end_turn',
            },
          ],
          { text: 'Hey', finish: 'stop' },
        ],
        [
          'in the start and in blocks',
          [
            begin({ content: [{ type: 'text', text: 'Hey' }] }),
            start(0, textBlock),
            text(0, 'Hey'),
            stop(0),
            reason('end_turn'),
            end,
          ],
          { text: 'Hey' },
        ],
      ],
    ],
    [
      'ends',
      [
        [
          'a marker after a stop reason',
          [begin(), text(0, 'Hey'), reason('end_turn'), 'data: [DONE]'],
          { text: 'Hey', finish: 'stop' },
        ],
        [
          'a marker after a call',
          [begin(), start(0, tool()), input(0, '{}'), stop(0), reason('tool_use'), 'data: [DONE]'],
          { calls: ['clock({})'], finish: 'tool-calls' },
        ],
        ['a marker after a limit', [begin(), text(0, 'Hey'), reason('max_tokens'), 'data: [DONE]'], { finish: 'length' }],
        ['a word of chat', [begin(), text(0, 'Hey'), reason('length'), end], { finish: 'length' }],
        ['a word of a filter', [begin(), text(0, 'Hey'), reason('content_filtered'), end], { finish: 'content-filter' }],
        ['a word of a guardrail', [begin(), text(0, 'Hey'), reason('GUARDRAIL_INTERVENED'), end], { finish: 'content-filter' }],
        [
          'the text "null" before the reason',
          [begin(), text(0, 'Hey'), reason('null'), reason('end_turn'), end],
          { finish: 'stop' },
        ],
        [
          'a reason beside the delta',
          [begin(), text(0, 'Hey'), { type: 'message_delta', stop_reason: 'end_turn' }, end],
          { finish: 'stop' },
        ],
        [
          'stop after a call',
          [begin(), start(0, tool()), input(0, '{}'), stop(0), reason('stop'), end],
          { finish: 'tool-calls' },
        ],
        [
          'tool_use after text alone',
          [begin(), text(0, 'Hey'), reason('tool_use'), end],
          { text: 'Hey', calls: [], finish: 'other' },
        ],
        [
          'tool_use after a call that was never started',
          [begin(), text(0, 'Hey'), input(1, '{"a":1}'), stop(1), reason('tool_use'), end],
          { text: 'Hey', calls: [], finish: 'other' },
        ],
        [
          'an end of the turn that says nothing',
          [begin(), reason('end_turn'), end],
          { text: '', finish: 'stop', turn: [{ type: 'text', text: '(no content)' }] },
        ],
      ],
    ],
  ])('%s', (_kind, streams) => {
    it.each(streams)('%s', (_what, payloads, expected) => {
      const { message } = read(...payloads);
      expect(summaryOf(message)).toMatchObject(expected);
    });
  });

  it.each([
    { type: 'ping' },
    { type: 'heartbeat' },
    { type: 'keep-alive' },
    { event: 'keepalive' },
    {},
    'event: ping\ndata: {}',
    ': waiting',
  ])('are alive at %j', (beat) => {
    const { events } = read(beat, begin({ usage: {} }), beat, text(0, 'Hey'), reason('end_turn', {}), end);
    expect(events.map(({ type }) => type)).toEqual(['ping', 'start', 'ping', 'text-delta', 'block-end', 'finish']);
    expect(events[1]).toMatchObject({ id: 'msg_1', model: 'm' });
  });

  describe('a start that comes twice', () => {
    it.each([
      ['of the same id', [begin(), begin(), text(0, 'Hey')]],
      [
        'of the same id after text',
        [begin(), text(0, 'He'), begin({ usage: { input_tokens: 0, output_tokens: 0 } }), text(0, 'y')],
      ],
      ['of another id before any content', [begin(), begin({ id: 'msg_2' }), text(0, 'Hey')]],
      ['without an id', [begin(), text(0, 'He'), begin({ id: undefined }), text(0, 'y')]],
    ])('%s is one', (_what, payloads) => {
      const { events, message } = read(...payloads, reason('end_turn'), end);
      expect(events.filter(({ type }) => type === 'start')).toHaveLength(1);
      expect(message).toMatchObject({ text: 'Hey', id: 'msg_1', usage: { inputTokens: 12, outputTokens: 7 } });
    });

    it.each([
      ['text', [text(0, 'Hey')]],
      ['an open call', [start(0, tool()), input(0, '{"a"')]],
      ['a stop reason', [text(0, 'Hey'), reason('end_turn')]],
    ])('of another id after %s is an error, because the answers would become one', (_what, payloads) => {
      const { events, error } = decodeEveryWay(
        messagesFormat,
        sse(begin(), ...payloads, begin({ id: 'msg_2' }), text(0, 'Hey'), end),
      );
      expect(error).toMatchObject({ name: 'TruncatedError', retryable: true });
      expect(messageOf(events).toolCalls.every(({ ended }) => !ended)).toBe(true);
    });
  });

  describe('usage', () => {
    it.each([
      [
        { input_tokens: 0, output_tokens: 7 },
        { inputTokens: 12, outputTokens: 7 },
      ],
      [
        { input_tokens: 14, output_tokens: 0 },
        { inputTokens: 14, outputTokens: 1 },
      ],
      [
        { input_tokens: null, output_tokens: 9, cache_read_input_tokens: 0 },
        { inputTokens: 12, outputTokens: 9, cachedInputTokens: 0 },
      ],
    ])('after 12 and 1, %j is %j', (figures, expected) => {
      expect(read(begin(), text(0, 'Hey'), reason('end_turn', figures), end).message.usage).toMatchObject(expected);
    });

    it.each([
      ['beside it', { type: 'error', error: { type: 'api_error', message: 'No' }, usage: { output_tokens: 5 } }],
      ['in it', { type: 'error', error: { type: 'api_error', message: 'No', usage: { output_tokens: 5 } } }],
      ['in its message', { type: 'message_error', error: { message: 'No' }, message: { usage: { output_tokens: 5 } } }],
    ])('of an error stands %s', (_where, payload) => {
      const { events, error } = decodeEveryWay(messagesFormat, sse(begin(), text(0, 'Hey'), payload));
      expect(error).toMatchObject({ name: 'ProviderError', message: 'No', kind: 'server' });
      expect(messageOf(events).usage).toMatchObject({ inputTokens: 12, outputTokens: 5 });
    });
  });

  describe('an answer that says nothing', () => {
    it.each([
      ['but a stop for a tool', [begin(), reason('tool_use'), end]],
      ['but a stop for a tool and a marker', [begin(), reason('tool_use'), 'data: [DONE]']],
      ['at all', [begin(), end]],
    ])('%s is an EmptyStreamError', (_what, payloads) => {
      expect(decodeEveryWay(messagesFormat, sse(...payloads)).error).toMatchObject({ name: 'EmptyStreamError', retryable: true });
    });
  });

  it.each([
    ['error', 'server'],
    ['malformed_tool_use', 'server'],
    ['overloaded', 'overloaded'],
  ])('that stop by %s are an error of kind %s', (word, kind) => {
    const { error } = decodeEveryWay(messagesFormat, sse(begin(), text(0, 'Hey'), reason(word), end));
    expect(error).toMatchObject({ name: 'ProviderError', kind, retryable: true });
  });
});
