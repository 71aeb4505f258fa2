import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OpenAI } from 'openai';
import { isStreamError } from '../../../../src/errors.js';
import type { DeltaEvent, FinishReason, JsonObject, JsonValue } from '../../../../src/events.js';
import { chatFormat } from '../../../../src/providers/openai/chat/format.js';
import { chatFixtureNames, digest } from './fixtures.js';

interface Decoded {
  readonly events: readonly DeltaEvent[];
  readonly state: ReturnType<ReturnType<typeof chatFormat>['createState']>;
}

function decode(payloads: readonly JsonObject[], end?: 'marked' | 'clean', name = ''): Decoded {
  const format = chatFormat();
  const state = format.createState();
  const events: DeltaEvent[] = [];
  for (const payload of payloads) format.decode(state, payload, name, (event) => events.push(event));
  if (end) format.end(state, end === 'marked', (event) => events.push(event));
  return { events, state };
}

function chunk(delta: JsonValue, finishReason: string | null = null, index = 0): JsonObject {
  return { id: 'chatcmpl-1', choices: [{ index, delta, finish_reason: finishReason }] };
}

function callPiece(index: number | undefined, id: string | undefined, name: string | undefined, text: string): JsonObject {
  return {
    tool_calls: [{ ...(index !== undefined && { index }), ...(id !== undefined && { id }), function: { name, arguments: text } }],
  };
}

function callsOf(payloads: readonly JsonObject[]): readonly string[] {
  return decode(payloads, 'marked').events.flatMap((event) =>
    event.type === 'tool-call-end' ? [`${event.callId} ${event.name} ${event.argumentsText}`] : [],
  );
}

function finishOf(payloads: readonly JsonObject[]): string | undefined {
  return digest(decode(payloads, 'marked').events).at(-1)?.trim();
}

// The fixture of each member of the SDK's types. A field that an SDK update adds fails to compile here until it has a fixture.

type Delta = OpenAI.ChatCompletionChunk.Choice.Delta;
type SdkReason = NonNullable<OpenAI.ChatCompletionChunk.Choice['finish_reason']>;

const deltaFixtures = {
  audio: 'audio',
  content: 'text',
  function_call: 'function-call',
  refusal: 'refusal',
  role: 'text',
  tool_calls: 'tools-interleaved',
} satisfies Record<keyof Delta, string>;

const reasonFixtures = {
  stop: 'text',
  length: 'length',
  tool_calls: 'tools-interleaved',
  content_filter: 'content-filter',
  function_call: 'function-call',
} satisfies Record<SdkReason, string>;

const callFixtures = { function: 'tools-interleaved', custom: 'tool-custom' } satisfies Record<
  NonNullable<OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall['type']>,
  string
>;

describe('chatFormat', () => {
  it.each(Object.entries({ ...deltaFixtures, ...reasonFixtures, ...callFixtures }))('has a fixture for %s', (_, name) => {
    expect(chatFixtureNames).toContain(name);
  });

  describe('the start', () => {
    it('waits for an id or for content', () => {
      const role = { choices: [{ delta: { role: 'assistant', content: '' } }], id: '' };
      const { events, state } = decode([role, { choices: [], id: '' }]);
      expect({ events, started: state.started }).toEqual({ events: [], started: false });
    });

    it.each<JsonObject>([
      { choices: [{ text: 'Hi' }] },
      { choices: [{ delta: {}, finish_reason: 'stop' }] },
      { choices: [{ message: { role: 'assistant', content: 'Hi' } }] },
      { usage: { prompt_tokens: 1 } },
      { choices: [{ delta: 'Hi' }] },
    ])('is emitted for %j', (payload) => {
      expect(decode([payload]).events[0]).toMatchObject({ type: 'start', id: undefined });
    });

    it('is emitted once', () => {
      const { events } = decode([chunk({ content: 'a' }), chunk({ content: 'b' })]);
      expect(events.filter(({ type }) => type === 'start')).toHaveLength(1);
    });

    it.each<JsonObject>([
      { object: 'new' },
      { type: 'metadata', region: 'eu' },
      { sources: [{ url: 'https://example.com' }] },
      { id: '', model: '', choices: [], prompt_filter_results: [] },
    ])('has the id and the model of the first chunk, not of %j before it', (payload) => {
      const { events } = decode([payload, { ...chunk({ content: 'a' }), model: 'm' }]);
      expect(events[0]).toMatchObject({ type: 'start', id: 'chatcmpl-1', model: 'm' });
      expect(events.filter(({ type }) => type === 'raw')).toHaveLength(payload['choices'] === undefined ? 1 : 0);
    });
  });

  describe('the end', () => {
    it('is settled while every choice has its end', () => {
      const settled = (...payloads: readonly JsonObject[]): boolean => decode(payloads).state.settled;
      expect(settled(chunk({ content: 'a' }))).toBe(false);
      expect(settled(chunk({ content: 'a' }, 'stop'))).toBe(true);
      expect(settled(chunk({}, 'stop'), chunk({}, null, 1))).toBe(false);
      expect(settled(chunk({}, 'stop'), chunk({}, null, 1), chunk({}, 'stop', 1))).toBe(true);
    });

    it('emits nothing without terminal evidence', () => {
      const { events, state } = decode([chunk({ content: 'a' })], 'clean');
      expect(events.map(({ type }) => type)).toEqual(['start', 'text-delta']);
      expect(state.finished).toBe(false);
    });

    it('emits nothing at a marker without content before it', () => {
      const { events, state } = decode([], 'marked');
      expect({ events, finished: state.finished }).toEqual({ events: [], finished: false });
    });

    it('ends open calls before finish at a marker without a finish reason', () => {
      const { events } = decode([chunk(callPiece(0, 'call_1', 'clock', '{}'))], 'marked');
      expect(events.map(({ type }) => type)).toEqual([
        'start',
        'tool-call-start',
        'tool-call-delta',
        'tool-call-end',
        'block-end',
        'finish',
      ]);
    });

    it('emits content after the end of its choice as another block', () => {
      const { events } = decode([chunk({ content: 'a' }, 'stop'), chunk({ content: 'b' })], 'marked');
      expect(digest(events).slice(1)).toEqual([
        'text-delta@0 "a"',
        'block-end@0 text {"content":"a"}',
        'text-delta@1 "b"',
        'block-end@1 text {"content":"b"}',
        'finish stop(stop) 0:stop(stop)',
      ]);
    });
  });

  describe('finish reasons', () => {
    it.each<readonly [string, FinishReason]>([
      ['stop', 'stop'],
      ['end_turn', 'stop'],
      ['STOP', 'stop'],
      ['length', 'length'],
      ['max_tokens', 'length'],
      ['model_length', 'length'],
      ['content_filter', 'content-filter'],
      ['SAFETY', 'content-filter'],
      ['refusal', 'refusal'],
      ['finished_by_magic', 'other'],
      ['constructor', 'other'],
    ])('%s means %s', (raw, reason) => {
      expect(finishOf([chunk({ content: 'a' }, raw)])).toBe(`finish ${reason}(${raw}) 0:${reason}(${raw})`);
    });

    it('stop means tool-calls after an ended call', () => {
      expect(finishOf([chunk(callPiece(0, 'a', 'clock', '{}'), 'stop')])).toBe('finish tool-calls(stop) 0:tool-calls(stop)');
    });

    it('stop means refusal after a refusal without text', () => {
      expect(finishOf([chunk({ refusal: 'No' }, 'stop')])).toBe('finish refusal(stop) 0:refusal(stop)');
      expect(finishOf([chunk({ refusal: 'No', content: 'But' }, 'stop')])).toBe('finish stop(stop) 0:stop(stop)');
    });

    it('length means length also after an ended call', () => {
      expect(finishOf([chunk(callPiece(0, 'a', 'clock', '{}'), 'length')])).toBe('finish length(length) 0:length(length)');
    });

    it("the reason of the finish is choice 0's", () => {
      const finish = finishOf([chunk({ content: 'b' }, 'length', 1), chunk({ content: 'a' }, 'stop', 0)]);
      expect(finish).toBe('finish stop(stop) 0:stop(stop) 1:length(length)');
    });
  });

  describe('tool calls', () => {
    it('does not end a call that the length cut, but ends the calls before it', () => {
      const pieces = [callPiece(0, 'call_1', 'clock', '{}'), callPiece(1, 'call_2', 'weather', '{"ci')];
      const { events } = decode([...pieces.map((piece) => chunk(piece)), chunk({}, 'length')], 'marked');
      const ended = events.flatMap((event) => (event.type === 'tool-call-end' ? [event.callId] : []));
      expect(ended).toEqual(['call_1']);
      expect(events.filter(({ type }) => type === 'block-end')).toHaveLength(2);
    });

    it('does not end a free-text call that the length may have cut', () => {
      const custom = { tool_calls: [{ index: 0, id: 'call_1', type: 'custom', custom: { name: 'sql', input: 'select' } }] };
      expect(callsOf([chunk(custom, 'length')])).toEqual([]);
    });

    it('extends a call that has another id in every piece', () => {
      const pieces = [callPiece(0, 'a', 'clock', '{"x"'), callPiece(0, 'b', 'clock', ':1'), callPiece(0, 'c', undefined, '}')];
      expect(callsOf(pieces.map((piece) => chunk(piece)))).toEqual(['a clock {"x":1}']);
    });

    it('opens a call for another id with another name', () => {
      const pieces = [callPiece(0, 'a', 'clock', ''), callPiece(0, 'b', 'weather', '{}')];
      expect(callsOf(pieces.map((piece) => chunk(piece)))).toEqual(['a clock ', 'b weather {}']);
    });

    it('opens a call for each whole call with the same id', () => {
      const pieces = [callPiece(undefined, '0', 'clock', '{}'), callPiece(undefined, '0', 'clock', '{"x":1}')];
      expect(callsOf(pieces.map((piece) => chunk(piece)))).toEqual(['0 clock {}', '0-2 clock {"x":1}']);
    });

    it('starts a call without a name at its end', () => {
      const { events } = decode([chunk(callPiece(0, 'a', undefined, '{}'))]);
      expect(events.map(({ type }) => type)).toEqual(['start']);
      expect(callsOf([chunk(callPiece(0, 'a', undefined, '{}'))])).toEqual(['a  {}']);
    });

    it('replaces missing ids by short ones that differ between choices', () => {
      const piece = callPiece(0, undefined, 'clock', '{}');
      const calls = callsOf([{ ...chunk(piece), id: `chatcmpl-${'x'.repeat(60)}` }, chunk(piece, null, 1)]);
      expect(calls).toEqual(['call_xxxxxxxxxxxx clock {}', 'call_xxxxxxxxxxxx-2 clock {}']);
    });

    it('keeps unknown fields in the native form', () => {
      const piece: JsonValue = JSON.parse(
        '{"index":0,"id":"a","__proto__":{"x":1},"function":{"name":"clock","arguments":"{}","thought_signature":"s"}}',
      );
      const { events } = decode([chunk({ tool_calls: [piece] })], 'marked');
      const end = events.find((event) => event.type === 'block-end');
      expect(JSON.stringify(end?.native)).toBe(
        '{"tool_calls":[{"id":"a","type":"function","function":{"name":"clock","arguments":"{}","thought_signature":"s"},"__proto__":{"x":1}}]}',
      );
    });
  });

  describe('usage', () => {
    const figures = (...usages: readonly JsonObject[]): readonly unknown[] =>
      decode(usages.map((usage) => ({ ...chunk({}), usage }))).events.flatMap((event) =>
        event.type === 'usage' ? [[event.usage.inputTokens, event.usage.outputTokens, event.usage.totalTokens]] : [],
      );

    it('is emitted when it changes, and not summed', () => {
      const first = { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 };
      const second = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
      expect(figures(first, first, second, second)).toEqual([
        [5, 1, 6],
        [5, 2, 7],
      ]);
    });

    it('adds reasoning that only the total includes', () => {
      const beside = {
        prompt_tokens: 7,
        completion_tokens: 2,
        total_tokens: 20,
        completion_tokens_details: { reasoning_tokens: 11 },
      };
      const within = {
        prompt_tokens: 7,
        completion_tokens: 13,
        total_tokens: 20,
        completion_tokens_details: { reasoning_tokens: 11 },
      };
      expect(figures(beside)).toEqual([[7, 13, 20]]);
      expect(figures(within)).toEqual([[7, 13, 20]]);
    });

    it('reads cached tokens from the fields of all servers', () => {
      const cached = (usage: JsonObject): unknown => {
        const event = decode([{ ...chunk({}), usage }]).events.find(({ type }) => type === 'usage');
        return event?.type === 'usage' ? [event.usage.cachedInputTokens, event.usage.cacheWriteTokens] : event;
      };
      expect(cached({ prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 2 } })).toEqual([3, 2]);
      expect(cached({ prompt_cache_hit_tokens: 4 })).toEqual([4, undefined]);
    });
  });

  describe('faults', () => {
    it.each<readonly [string, JsonObject, string, object]>([
      ['nested', { error: { code: 429, message: 'Slow down' } }, '', { kind: 'rate-limit', status: 429 }],
      ['text', { error: 'model not found' }, '', { kind: 'server', message: 'model not found' }],
      ['flat, by its object', { object: 'error', message: 'Bad', code: 400 }, '', { kind: 'invalid-request' }],
      ['flat, by its event name', { message: 'Bad', code: 500 }, 'error', { kind: 'server' }],
      ['in a choice', { choices: [{ error: { code: 502, message: 'Gone' }, finish_reason: 'error' }] }, '', { status: 502 }],
    ])('an error (%s) is a ProviderError', (_, payload, name, details) => {
      let error: unknown;
      try {
        decode([payload], undefined, name);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({ name: 'ProviderError', ...details });
    });

    it('throws nothing but a ProviderError or an EmptyStreamError for payloads of any shape', () => {
      const names = [
        'id',
        'object',
        'choices',
        'delta',
        'message',
        'content',
        'tool_calls',
        'function',
        'index',
        'usage',
        'text',
      ];
      const more = [
        'type',
        'name',
        'arguments',
        'finish_reason',
        'reasoning',
        'reasoning_details',
        'annotations',
        'audio',
        'images',
        'logprobs',
      ];
      const key = fc.constantFrom(...names, ...more, 'citations', 'thinking', 'image_url', 'x_groq', 'custom', '__proto__');
      const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
        tree: fc.oneof(
          { depthSize: 'medium', withCrossShrink: true },
          fc.constantFrom<JsonValue>(null, true, 0, 1, -1, 0.5, '', 'text', 'thinking', 'stop', '{}'),
          fc.array(tie('tree'), { maxLength: 3 }),
          fc.array(fc.tuple(key, tie('tree')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
        ),
      }));
      const choice = fc.record(
        { index: tree, delta: tree, message: tree, finish_reason: tree, logprobs: tree },
        { requiredKeys: [] },
      );
      const payload = fc.record(
        { choices: fc.oneof(tree, fc.array(choice)), usage: tree, citations: tree, object: tree },
        { requiredKeys: [] },
      );
      const throwsNothingElse = fc.property(fc.array(payload, { maxLength: 4 }), (payloads) => {
        try {
          decode(payloads as readonly JsonObject[], 'marked');
        } catch (error) {
          expect(['ProviderError', 'EmptyStreamError']).toContain(isStreamError(error) ? error.name : error);
        }
        expect('polluted' in {}).toBe(false);
      });
      fc.assert(throwsNothingElse, { numRuns: 2_000 });
    });
  });

  it('emits the same content however it is cut into deltas', () => {
    const anyPieces = fc.array(fc.tuple(fc.constantFrom('content', 'reasoning', 'refusal'), fc.string({ unit: 'binary' })));
    const addsUp = fc.property(anyPieces, (pieces) => {
      const { events } = decode([...pieces.map(([field, value]) => chunk({ [field]: value })), chunk({}, 'stop')], 'marked');
      const joined = (type: DeltaEvent['type']): string =>
        events.map((event) => (event.type === type && 'text' in event ? event.text : '')).join('');
      const sent = (field: string): string => pieces.map(([name, value]) => (name === field ? value : '')).join('');
      expect([joined('text-delta'), joined('reasoning-delta'), joined('refusal-delta')]).toEqual([
        sent('content'),
        sent('reasoning'),
        sent('refusal'),
      ]);
    });
    fc.assert(addsUp, { numRuns: 1_000 });
  });
});
