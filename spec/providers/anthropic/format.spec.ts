import { describe, expect, it } from '@jest/globals';
import { isStreamError } from '../../../src/errors.js';
import type { BlockEndEvent, DeltaEvent, FinishEvent, JsonObject, JsonValue, ToolCallEndEvent } from '../../../src/events.js';
import { messagesFormat } from '../../../src/providers/anthropic/format.js';
import {
  blockEnd as anyBlockEnd,
  type EventFields,
  finish,
  ping,
  raw,
  reasoning,
  start,
  text,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  toolResult,
  usage,
} from '../../../src/testing/index.js';
import { decodeBytes } from '../../support/decodeBytes.js';
import { fixture, fixtureNames, payloadsOf } from './fixtures.js';

/** Decodes payloads to events. @param name The SSE event name of each. */
function decode(payloads: readonly JsonObject[], name = ''): DeltaEvent[] {
  const state = messagesFormat.createState();
  const events: DeltaEvent[] = [];
  for (const payload of payloads) messagesFormat.decode(state, payload, name, (event) => events.push(event));
  return events;
}

function blockEnd(native: JsonValue, fields: EventFields<BlockEndEvent> = {}): BlockEndEvent {
  return anyBlockEnd(native, { format: 'messages', ...fields });
}

function errorOf(payloads: readonly JsonObject[], name = ''): unknown {
  try {
    decode(payloads, name);
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Decodes payloads and the end of their stream. @param marked Whether a [DONE] marker is the end. */
function endedBy(payloads: readonly JsonObject[], marked: boolean): { state: object; events: readonly DeltaEvent[] } {
  const state = messagesFormat.createState();
  const events: DeltaEvent[] = [];
  for (const payload of payloads) messagesFormat.decode(state, payload, '', (event) => events.push(event));
  messagesFormat.end(state, marked, (event) => events.push(event));
  return { state, events };
}

function ofType<Type extends DeltaEvent['type']>(
  events: readonly DeltaEvent[],
  type: Type,
): Extract<DeltaEvent, { type: Type }>[] {
  return events.filter((event): event is Extract<DeltaEvent, { type: Type }> => event.type === type);
}

const messageStart = { type: 'message_start', message: { id: 'msg_1', model: 'claude-1' } } as const;
const messageStop = { type: 'message_stop' } as const;
const begun = start({ id: 'msg_1', model: 'claude-1', provider: 'anthropic' });

function blockStart(index: number, block: JsonObject): JsonObject {
  return { type: 'content_block_start', index, content_block: block };
}
function delta(index: number, fields: JsonObject): JsonObject {
  return { type: 'content_block_delta', index, delta: fields };
}
function textDelta(index: number, value: string): JsonObject {
  return delta(index, { type: 'text_delta', text: value });
}
function inputDelta(index: number, value: string): JsonObject {
  return delta(index, { type: 'input_json_delta', partial_json: value });
}
function blockStop(index: number): JsonObject {
  return { type: 'content_block_stop', index };
}
function stopReason(reason: string | null, more: JsonObject = {}): JsonObject {
  return { type: 'message_delta', delta: { stop_reason: reason, ...more } };
}
function toolUse(id: string, name = 'weather'): JsonObject {
  return { type: 'tool_use', id, name, input: {} };
}
function ends(events: readonly DeltaEvent[]): readonly ToolCallEndEvent[] {
  return ofType(events, 'tool-call-end');
}
function finishOf(events: readonly DeltaEvent[]): FinishEvent | undefined {
  return ofType(events, 'finish').at(-1);
}

describe('messagesFormat', () => {
  describe('text and thinking', () => {
    it('decodes a whole answer', () => {
      const block = { type: 'text', text: '' };
      const payloads = [
        messageStart,
        blockStart(0, block),
        { type: 'ping' },
        textDelta(0, 'Hel'),
        textDelta(0, 'lo'),
        blockStop(0),
      ];
      expect(decode([...payloads, stopReason('end_turn'), messageStop])).toEqual([
        begun,
        ping(),
        text('Hel'),
        text('lo'),
        blockEnd({ type: 'text', text: 'Hello' }),
        finish('stop', { rawReason: 'end_turn', choices: [{ choice: 0, reason: 'stop', rawReason: 'end_turn' }] }),
      ]);
    });

    it('numbers blocks in order of appearance, whatever their index', () => {
      const block = { type: 'text', text: '' };
      const events = decode([blockStart(7, block), blockStart(3, block), textDelta(3, 'b'), textDelta(7, 'a')]);
      expect(ofType(events, 'text-delta')).toEqual([text('b', { block: 1 }), text('a', { block: 0 })]);
    });

    it('emits thinking as reasoning and keeps the signature in the native block', () => {
      const events = decode([
        blockStart(0, { type: 'thinking', thinking: 'H', signature: '' }),
        delta(0, { type: 'thinking_delta', thinking: 'm' }),
        delta(0, { type: 'signature_delta', signature: 'sig' }),
        blockStop(0),
      ]);
      const native = { type: 'thinking', thinking: 'Hm', signature: 'sig' };
      expect(events.slice(1)).toEqual([reasoning('H'), reasoning('m'), blockEnd(native, { kind: 'thinking' })]);
    });

    it('opens a block for text and thinking without one', () => {
      const events = decode([
        textDelta(0, 'a'),
        delta(0, { type: 'thinking_delta', thinking: 'b' }),
        textDelta(0, 'c'),
        messageStop,
      ]);
      expect(events.slice(1, -1)).toEqual([
        text('a'),
        blockEnd({ type: 'text', text: 'a' }),
        reasoning('b', { block: 1 }),
        blockEnd({ type: 'thinking', thinking: 'b' }, { block: 1, kind: 'thinking' }),
        text('c', { block: 2 }),
        blockEnd({ type: 'text', text: 'c' }, { block: 2 }),
      ]);
    });

    it('ends an open block when its index is started again', () => {
      const block = { type: 'text', text: '' };
      const events = decode([blockStart(0, block), textDelta(0, 'a'), blockStart(0, block), textDelta(0, 'b'), messageStop]);
      expect(ofType(events, 'block-end')).toEqual([
        blockEnd({ type: 'text', text: 'a' }),
        blockEnd({ type: 'text', text: 'b' }, { block: 1 }),
      ]);
    });

    it('emits the text of a block of unknown type and keeps it in the native block', () => {
      const block = { type: 'connector_text', text: 'a', extra: 1 };
      expect(decode([blockStart(0, block), textDelta(0, 'b'), blockStop(0)]).slice(1)).toEqual([
        text('a'),
        text('b'),
        blockEnd({ ...block, text: 'ab' }, { kind: 'connector_text' }),
      ]);
    });

    it('reads a citation of each kind of location', () => {
      const citations = ofType(decode(payloadsOf(fixture('citations'))), 'citation');
      const none = { url: undefined, title: undefined };
      expect(citations.map(({ native, type, choice, block, ...cited }) => cited)).toEqual([
        { ...none, title: 'Colours', text: 'grass', start: 0, end: 5 },
        { ...none, text: 'green', start: 2, end: 3 },
        { url: 'https://example.com', title: 'Search', text: 'green', start: 4, end: 5 },
      ]);
    });
  });

  describe('tool calls', () => {
    it('emits the arguments in pieces and whole', () => {
      const payloads = [
        blockStart(0, toolUse('a')),
        inputDelta(0, ''),
        inputDelta(0, '{"city"'),
        inputDelta(0, ':"Paris"}'),
        blockStop(0),
      ];
      expect(decode(payloads).slice(1)).toEqual([
        toolCallStart('a', 'weather'),
        toolCallDelta('a', '{"city"'),
        toolCallDelta('a', ':"Paris"}'),
        toolCallEnd('a', 'weather', '{"city":"Paris"}'),
        blockEnd({ ...toolUse('a'), input: { city: 'Paris' } }, { kind: 'tool_use' }),
      ]);
    });

    it('keeps interleaved calls apart', () => {
      const payloads = [blockStart(0, toolUse('a')), blockStart(1, toolUse('b'))];
      const pieces = [inputDelta(1, '[1'), inputDelta(0, '[2'), inputDelta(1, ']'), inputDelta(0, ']')];
      const events = ends(decode([...payloads, ...pieces, blockStop(1), blockStop(0)]));
      expect(events.map(({ callId, argumentsText }) => [callId, argumentsText])).toEqual([
        ['b', '[1]'],
        ['a', '[2]'],
      ]);
    });

    it('emits an input that is in the start as one delta', () => {
      const events = decode([blockStart(0, { ...toolUse('a'), input: { city: 'Paris' } }), inputDelta(0, ''), blockStop(0)]);
      expect(events.slice(2, 4)).toEqual([
        toolCallDelta('a', '{"city":"Paris"}'),
        toolCallEnd('a', 'weather', '{"city":"Paris"}'),
      ]);
    });

    it('emits an input once that is in the start and in deltas', () => {
      const events = decode([
        blockStart(0, { ...toolUse('a'), input: { city: 'P' } }),
        inputDelta(0, '{"city":"Paris"}'),
        blockStop(0),
      ]);
      expect(ofType(events, 'tool-call-delta')).toEqual([toolCallDelta('a', '{"city":"Paris"}')]);
      expect(ofType(events, 'block-end').at(0)?.native).toEqual({ ...toolUse('a'), input: { city: 'Paris' } });
    });

    it('replaces missing, empty and repeated ids by unique callIds', () => {
      const blocks = [toolUse('a'), toolUse('a'), toolUse(''), { type: 'tool_use', name: 'x' }, toolUse('call'), toolUse('a-2')];
      const events = decode(blocks.map((block, index) => blockStart(index, block)));
      const callIds = ofType(events, 'tool-call-start').map(({ callId }) => callId);
      expect(callIds).toEqual(['a', 'a-2', 'call', 'call-2', 'call-3', 'a-2-2']);
    });

    it('ends a call without arguments as soon as a later payload proves that it was not cut', () => {
      const call = [blockStart(0, toolUse('a')), blockStop(0)];
      expect(ends(decode(call))).toEqual([]);
      expect(ends(decode([...call, blockStart(1, { type: 'text', text: '' })]))).toEqual([toolCallEnd('a', 'weather', '')]);
      expect(ends(decode([...call, stopReason('tool_use')]))).toEqual([toolCallEnd('a', 'weather', '')]);
      expect(ends(decode([...call, messageStop]))).toEqual([toolCallEnd('a', 'weather', '')]);
    });

    it.each(['max_tokens', 'model_context_window_exceeded', 'refusal'])('never ends a call that %s cut', (reason) => {
      for (const piece of ['', '{"city": "Pa']) {
        const call = [blockStart(0, toolUse('a')), inputDelta(0, piece)];
        const end = [stopReason(reason), messageStop];
        expect(ends(decode([...call, blockStop(0), ...end]))).toEqual([]);
        expect(ends(decode([...call, ...end]))).toEqual([]);
        expect(ofType(decode([...call, ...end]), 'block-end')).toHaveLength(1);
      }
    });

    it('ends a call that was whole before a limit was reached', () => {
      const payloads = [
        blockStart(0, toolUse('a')),
        inputDelta(0, '{}'),
        blockStop(0),
        blockStart(1, toolUse('b')),
        blockStop(1),
      ];
      const events = decode([...payloads, stopReason('max_tokens'), messageStop]);
      expect(ends(events)).toEqual([toolCallEnd('a', 'weather', '{}')]);
    });

    it('keeps arguments that are not JSON as the model wrote them', () => {
      const events = decode([
        blockStart(0, toolUse('a')),
        inputDelta(0, '{"city": nowhere}'),
        blockStop(0),
        stopReason('tool_use'),
      ]);
      expect(ends(events)).toEqual([toolCallEnd('a', 'weather', '{"city": nowhere}')]);
      expect(ofType(events, 'block-end')).toEqual([
        blockEnd({ ...toolUse('a'), input: { INVALID_JSON: '{"city": nowhere}' } }, { kind: 'tool_use' }),
      ]);
    });

    it('keeps the input that a block of unknown type streams', () => {
      const block = { type: 'robot_use', input: {} };
      expect(decode([blockStart(0, block), inputDelta(0, '{"a"'), inputDelta(0, ':1}'), blockStop(0)]).slice(1)).toEqual([
        blockEnd({ ...block, input: { a: 1 } }, { kind: 'robot_use' }),
      ]);
    });

    it('emits input without a block as raw', () => {
      const payload = inputDelta(0, '{}');
      expect(decode([payload]).slice(1)).toEqual([raw('content_block_delta:input_json_delta', payload)].map(byAnthropic));
    });

    it("marks the provider's own calls, and results have the names of their calls", () => {
      const events = decode(payloadsOf(fixture('mcp')));
      const call = { block: 1, executor: 'provider' } as const;
      expect(ofType(events, 'tool-call-start')).toEqual([toolCallStart('mcptoolu_1', 'echo', call)]);
      const output = [{ type: 'text', text: 'no', citations: null }];
      expect(ofType(events, 'tool-result')).toEqual([toolResult('mcptoolu_1', 'echo', output, true)]);
    });

    it('names a result without a call after its type, and emits it directly before its block-end', () => {
      const block = { type: 'web_search_tool_result', tool_use_id: 'x', content: { type: 'web_search_tool_result_error' } };
      expect(decode([blockStart(0, block), blockStop(0)]).slice(1)).toEqual([
        toolResult('x', 'web_search', block.content, true),
        blockEnd(block, { kind: 'web_search_tool_result' }),
      ]);
    });
  });

  describe('the start', () => {
    it('is emitted before the first event that needs it, also without message_start', () => {
      const events = decode([{ type: 'ping' }, textDelta(0, 'a')]);
      expect(events).toEqual([ping(), start({ id: undefined, model: undefined, provider: 'anthropic' }), text('a')]);
    });

    it.each([
      ['late', [textDelta(0, 'a'), messageStart, textDelta(0, 'b')]],
      ['double', [messageStart, textDelta(0, 'a'), messageStart, textDelta(0, 'b')]],
      ['missing', [textDelta(0, 'a'), textDelta(0, 'b')]],
    ])('is emitted once, and no text is lost, when message_start is %s', (_case, payloads) => {
      const events = decode([...payloads, stopReason('end_turn'), messageStop]);
      expect(events.map(({ type }) => type)).toEqual(['start', 'text-delta', 'text-delta', 'block-end', 'finish']);
    });
  });

  describe('usage', () => {
    it('adds the cache to the input, and merges cumulative figures field by field', () => {
      const first = { input_tokens: 10, cache_read_input_tokens: 100, cache_creation_input_tokens: 7, output_tokens: 1 };
      const second = { input_tokens: null, output_tokens: 20, server_tool_use: { web_search_requests: 2 } };
      const details = { output_tokens_details: { thinking_tokens: 5 } };
      const events = decode([
        { type: 'message_start', message: { usage: first } },
        { ...stopReason(null), usage: second },
        { ...stopReason('end_turn'), usage: { ...second, ...details } },
      ]);
      const input = { inputTokens: 117, cachedInputTokens: 100, cacheWriteTokens: 7 };
      const native = { ...first, output_tokens: 20, server_tool_use: { web_search_requests: 2 } };
      const later = { ...input, outputTokens: 20, totalTokens: 137, serverTools: { web_search_requests: 2 } };
      expect(ofType(events, 'usage')).toEqual([
        usage({ ...input, outputTokens: 1, totalTokens: 118, native: first }),
        usage({ ...later, native }),
        usage({ ...later, reasoningTokens: 5, native: { ...native, ...details } }),
      ]);
    });

    it('is not emitted when no figure changed', () => {
      const figures = { input_tokens: 1, output_tokens: 2, cache_creation: { ephemeral_5m_input_tokens: 0 } };
      const again = { ...stopReason('end_turn'), usage: { ...figures, cache_creation: { ephemeral_5m_input_tokens: 0 } } };
      expect(ofType(decode([{ type: 'message_start', message: { usage: figures } }, again, again]), 'usage')).toHaveLength(1);
    });

    it('has undefined for figures that are not reported', () => {
      expect(ofType(decode([{ ...stopReason('end_turn'), usage: { output_tokens: 3 } }]), 'usage')).toEqual([
        usage({ outputTokens: 3, native: { output_tokens: 3 } }),
      ]);
    });
  });

  describe('the finish', () => {
    it.each([
      ['end_turn', 'stop'],
      ['stop_sequence', 'stop'],
      ['max_tokens', 'length'],
      ['model_context_window_exceeded', 'length'],
      ['tool_use', 'tool-calls'],
      ['pause_turn', 'paused'],
      ['compaction', 'paused'],
      ['refusal', 'refusal'],
      ['enlightened', 'other'],
      ['__proto__', 'other'],
    ])('says %s as %s', (rawReason, reason) => {
      const call = reason === 'tool-calls' ? [blockStart(0, toolUse('a')), inputDelta(0, '{}'), blockStop(0)] : [];
      const events = decode([messageStart, ...call, stopReason(rawReason), messageStop]);
      const { reason: ours, choices } = finishOf(events) ?? {};
      expect({ ours, choices }).toEqual({ ours: reason, choices: [{ choice: 0, reason, rawReason }] });
    });

    it('is tool-calls after an ended call, unless there is another reason', () => {
      const call = [blockStart(0, toolUse('a')), inputDelta(0, '{}'), blockStop(0)];
      expect(finishOf(decode([...call, messageStop]))?.reason).toBe('tool-calls');
      expect(finishOf(decode([...call, stopReason('end_turn'), messageStop]))?.reason).toBe('tool-calls');
      expect(finishOf(decode([...call, stopReason('pause_turn'), messageStop]))?.reason).toBe('paused');
      expect(finishOf(decode([textDelta(0, 'a'), messageStop]))?.reason).toBe('other');
    });

    it('has the metadata', () => {
      const container = { id: 'container_1' };
      const stopDetails = { type: 'refusal' };
      const events = decode([
        { type: 'message_start', message: { usage: { service_tier: 'priority' }, container } },
        stopReason('stop_sequence', { stop_sequence: 'END', stop_details: stopDetails, container: null }),
        stopReason(null, { stop_sequence: null, stop_details: null }),
        messageStop,
      ]);
      expect(finishOf(events)?.metadata).toEqual({
        stopSequence: 'END',
        stopDetails,
        container,
        serviceTier: 'priority',
        systemFingerprint: undefined,
      });
    });

    it('errors with EmptyStreamError for a message_stop without content before it', () => {
      expect(() => decode([{ type: 'ping' }, messageStop])).toThrow(expect.objectContaining({ name: 'EmptyStreamError' }));
    });

    it.each([
      ['a stop reason alone', [stopReason('end_turn')], false],
      ['a marker alone', [], true],
    ])('is not emitted for %s', (_what, payloads, marked) => {
      const { state, events } = endedBy([messageStart, textDelta(0, 'a'), ...payloads], marked);
      expect(state).toMatchObject({ started: true, finished: false, settled: false });
      expect(ofType(events, 'finish')).toEqual([]);
    });

    it('is emitted for a stop reason that a marker follows', () => {
      const { events } = endedBy([messageStart, textDelta(0, 'a'), stopReason('end_turn')], true);
      expect(finishOf(events)?.reason).toBe('stop');
    });
  });

  describe('the bytes', () => {
    it.each(fixtureNames)('are truncated or empty at every cut before the end of %s is certain', (name) => {
      const bytes = fixture(name);
      const certain = bytes.length - '\n\n'.length;
      for (let length = 0; length <= bytes.length; length++) {
        const { events, error } = decodeBytes(messagesFormat, [bytes.subarray(0, length)]);
        const finished = events.at(-1)?.type === 'finish';
        const isCut = isStreamError(error, 'truncated') || isStreamError(error, 'empty');
        if (finished !== length >= certain || isCut !== length < certain) expect({ length, finished, error }).toBe('certain');
      }
    });
  });

  describe('errors and unknown events', () => {
    const overloaded = { type: 'overloaded_error', message: 'Overloaded' };
    it.each<[string, JsonObject, string]>([
      ['nested', { type: 'error', error: overloaded }, ''],
      ['nested without a type', { error: overloaded }, ''],
      ['flat', overloaded, 'error'],
      ['text', { type: 'error', error: 'overloaded' }, 'error'],
    ])('throws for an error that is %s', (_form, payload, name) => {
      expect(isStreamError(errorOf([payload], name), 'overloaded')).toBe(true);
    });

    it('reads the event name when the payload has no type', () => {
      expect(decode([{ index: 0, delta: { type: 'text_delta', text: 'a' } }], 'content_block_delta').at(-1)).toEqual(text('a'));
    });

    it('emits unknown events as raw, with their name', () => {
      const payloads = [{ type: 'message_note', note: 1 }, { note: 2 }];
      expect(decode(payloads).slice(1)).toEqual([raw('message_note', payloads[0]), raw('message', payloads[1])].map(byAnthropic));
    });

    const shapes: readonly JsonValue[] = [null, 'x', 1, [], {}, [null]];
    const types = ['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta'];
    it.each([...types, 'message_stop', 'message'])('stumbles over no shape of %s', (type) => {
      for (const shape of shapes) {
        const fields = { message: shape, content_block: shape, delta: shape, index: shape, usage: shape };
        const inner = { type: shape, id: shape, name: shape, text: shape, input: shape, citations: shape, usage: shape };
        for (const payload of [fields, { message: inner, content_block: inner, delta: inner }]) {
          const error = errorOf([messageStart, textDelta(9, 'a'), { type, ...payload }, messageStop]);
          // Another message may begin here, which is an error of its own.
          expect(error === undefined || isStreamError(error, 'truncated')).toBe(true);
        }
      }
    });
  });
});

function byAnthropic(event: DeltaEvent): DeltaEvent {
  return { ...event, provider: 'anthropic' } as DeltaEvent;
}
