import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../../src/events.js';
import { chunk, type Data, decodeData, done } from './decode.js';

const usage = { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 };
const usageChunk: JsonObject = { id: 'chatcmpl-1', choices: [], usage };
const half = chunk({ content: 'Half' });

function faultOf(...data: readonly Data[]): unknown {
  const { error, message } = decodeData(data);
  return {
    ...(error as object),
    message: (error as Error | undefined)?.message,
    name: (error as Error | undefined)?.name,
    tokens: message.usage?.totalTokens,
  };
}

describe('the end of a chat completion', () => {
  describe('by a finish reason that reports a fault', () => {
    it.each<readonly [string, string, boolean]>([
      ['network_error', 'server', true],
      ['insufficient_system_resource', 'overloaded', true],
      ['ABORT', 'server', true],
      ['too_many_requests', 'rate-limit', true],
      ['insufficient_quota', 'quota', false],
      ['function_call_filter: MALFORMED_FUNCTION_CALL', 'server', true],
    ])('%s is a ProviderError that names it, with the usage that follows', (reason, kind, retryable) => {
      const code = reason.split(': ').at(-1);
      const expected = { name: 'ProviderError', kind, retryable, code, tokens: 19, message: expect.stringContaining(code ?? '') };
      expect(faultOf(half, chunk({}, reason), usageChunk, done)).toMatchObject(expected);
      expect(faultOf(half, { ...chunk({}, reason), usage }, done)).toMatchObject(expected);
      expect(faultOf(half, { ...chunk({}, reason), usage })).toMatchObject(expected);
    });

    it("names the provider's own reason", () => {
      expect(faultOf(half, chunk({}, 'error', { native_finish_reason: 'MALFORMED_RESPONSE' }), done)).toMatchObject({
        code: 'MALFORMED_RESPONSE',
        message: 'The provider ended the answer with an error (MALFORMED_RESPONSE)',
      });
      expect(faultOf(half, chunk({}, 'error'), done)).toMatchObject({ message: 'The provider ended the answer with an error' });
    });

    it('has the message of an object', () => {
      expect(faultOf(half, chunk({}, { type: 'abort', message: 'Aborted by the scheduler' }), done)).toMatchObject({
        message: 'Aborted by the scheduler',
        code: 'abort',
      });
    });

    it('gives way to an error that follows', () => {
      expect(faultOf(half, chunk({}, 'error'), { error: { code: 402, message: 'No credits' } })).toMatchObject({
        kind: 'quota',
        message: 'No credits',
      });
    });

    it('ends neither calls nor texts', () => {
      const call = { index: 0, id: 'a', function: { name: 'clock', arguments: '{}' } };
      const { events } = decodeData([chunk({ tool_calls: [call] }), chunk({}, 'error'), done]);
      expect(events.map(({ type }) => type)).toEqual(['start', 'tool-call-start', 'tool-call-delta']);
    });
  });

  it.each<readonly [string, JsonValue, JsonObject]>([
    ['as another field', null, { finishReason: 'STOP' }],
    ['as an object', { type: 'stop', matched: 1 }, {}],
  ])('is read from a finish reason %s', (_, reason, more) => {
    expect(decodeData([half, chunk({}, reason, more)]).message.finishReason).toBe('stop');
  });

  it('is read from a finish reason in the delta', () => {
    expect(decodeData([half, chunk({ finish_reason: 'length' })]).message.finishReason).toBe('length');
  });

  it.each(['null', 'None', 'FINISH_REASON_UNSPECIFIED', ''])('is not the finish reason %j', (reason) => {
    const { message } = decodeData([chunk({ content: 'a' }, reason), chunk({ content: 'b' }, reason), chunk({}, 'length'), done]);
    expect([message.parts.length, message.text, message.finishReason]).toEqual([1, 'ab', 'length']);
    expect(decodeData([chunk({ content: 'a' }, reason)]).error).toMatchObject({ name: 'TruncatedError' });
  });

  it('has the last reason if every chunk has one, unless the last is the vaguer one', () => {
    const finish = (...reasons: readonly string[]): unknown =>
      decodeData([...reasons.map((reason) => chunk({ content: 'a' }, reason)), done]).message.finishReason;
    expect([finish('stop', 'stop', 'length'), finish('content_filter', 'stop')]).toEqual(['length', 'content-filter']);
  });

  it('is other for calls that never came', () => {
    const { message, events } = decodeData([half, chunk({ tool_calls: [] }, 'tool_calls'), done]);
    expect([message.finishReason, events.at(-1)]).toMatchObject(['other', { rawReason: 'tool_calls' }]);
  });

  describe('without anything before it', () => {
    it.each<readonly [string, readonly JsonObject[]]>([
      ['nothing', []],
      ['an empty list of choices', [{ id: 'c', choices: [] }]],
      ['no choices', [{ id: 'c', choices: null }]],
      ['a choice that is null', [{ id: 'c', choices: [null] }]],
      ['a role', [chunk({ role: 'assistant', content: '' })]],
      ['heartbeats', [{ type: 'ping' }, {}]],
      ['an object that nobody knows', [{ object: 'queue.position', position: 3 }]],
      ['usage', [usageChunk]],
    ])('is an EmptyStreamError: %s', (_, data) => {
      expect(faultOf(...data, done)).toMatchObject({ name: 'EmptyStreamError', retryable: true });
    });

    it('is an answer if it has a finish reason', () => {
      expect(decodeData([chunk({ role: 'assistant', content: '' }), chunk({}, 'stop'), done]).message).toMatchObject({
        text: '',
        finishReason: 'stop',
      });
    });
  });
});

describe('an error in a chat completion', () => {
  it.each<readonly [string, JsonObject]>([
    ['a list', { errors: [{ message: 'boom' }], success: false }],
    ['a detail', { detail: 'boom' }],
    ['a code', { code: 'InternalError', message: 'boom' }],
    ['a status', { status: 'error', message: 'boom' }],
    ['a type', { type: 'error', message: 'boom' }],
    ["MiniMax's envelope", { choices: null, base_resp: { status_code: 1002, status_msg: 'boom' } }],
    ['fields beside choices', { id: 'c', choices: null, error_type: 'BadRequestError', error_message: 'boom' }],
    ['a choice that is null', { id: 'c', choices: [null], error_message: 'boom' }],
    ['an error in a choice', chunk({}, null, { error: { code: 502, message: 'boom' } })],
    ['a message', { message: 'boom' }],
  ])('is a ProviderError: %s', (_, payload) => {
    expect(faultOf(payload, done)).toMatchObject({ name: 'ProviderError' });
    expect(faultOf(half, payload, done)).toMatchObject({ name: 'ProviderError' });
    expect(faultOf(half, payload)).toMatchObject({ name: 'ProviderError' });
  });

  it('keeps the usage and the content that come with it', () => {
    const error = { code: 500, message: 'boom' };
    expect(faultOf({ error, usage })).toMatchObject({ name: 'ProviderError', tokens: 19 });
    expect(faultOf({ type: 'error', message: 'boom', usage })).toMatchObject({ name: 'ProviderError', tokens: 19 });
    expect(faultOf(half, { choices: null, error_message: 'boom', usage })).toMatchObject({ name: 'ProviderError', tokens: 19 });
    expect(faultOf(half, { error, choices: [{ index: 0, delta: {}, usage }] })).toMatchObject({
      name: 'ProviderError',
      tokens: 19,
    });
    expect(decodeData([half, { ...chunk({ content: '!' }, 'error'), error }]).message.text).toBe('Half!');
  });

  it.each<JsonObject>([
    { error: null },
    { error: '' },
    { error: {} },
    { errors: [] },
    { code: 0, message: 'Success' },
    { base_resp: { status_code: 0, status_msg: '' } },
    { status: 'processing', message: 'Queued' },
  ])('is none: %j beside content', (more) => {
    expect(decodeData([{ ...chunk({ content: 'Hi' }, 'stop'), ...more }, done]).message).toMatchObject({
      text: 'Hi',
      finishReason: 'stop',
    });
  });
});

describe('a heartbeat in a chat completion', () => {
  it.each<Data>([
    { type: 'keepalive', sequence_number: 3 },
    { type: 'ping' },
    {},
    { event: 'heartbeat' },
    ': OPENROUTER PROCESSING',
    '[PING]',
  ])('is a ping, and costs neither the id nor the model: %j', (beat) => {
    const { events, message } = decodeData([beat, half, beat, chunk({}, 'stop'), beat, done]);
    expect(events.map(({ type }) => type)).toEqual(['ping', 'start', 'text-delta', 'ping', 'block-end', 'ping', 'finish']);
    expect(message).toMatchObject({ id: 'chatcmpl-1', model: 'm' });
  });
});

describe('one text in two fields of a chat completion', () => {
  const textOf = (...choices: readonly JsonObject[]): string =>
    decodeData([...choices.map((choice) => ({ id: 'c', choices: [choice] })), chunk({}, 'stop'), done]).message.text;

  it.each<readonly [string, readonly JsonObject[]]>([
    ['text beside the delta', ['Hel', 'lo'].map((text) => ({ text, delta: { content: text } }))],
    [
      'a message beside the delta',
      ['Hel', 'lo'].map((text, n) => ({ delta: { content: text }, message: { content: 'Hello'.slice(0, 3 + 2 * n) } })),
    ],
    ['a message beside an empty delta', ['Hel', 'Hello'].map((content) => ({ delta: {}, message: { content } }))],
    ['text in the delta', ['Hel', 'lo'].map((text) => ({ delta: { content: text, text } }))],
    ['a delta that is text', ['Hel', 'lo'].map((delta) => ({ delta, text: delta }))],
  ])('is emitted once: %s', (_, choices) => {
    expect(textOf(...choices)).toBe('Hello');
  });

  it('is emitted once if the last delta has all of it', () => {
    const { message } = decodeData([
      ...['The answer is ', 'forty-two.'].map((content) => chunk({ content })),
      chunk({ content: 'The answer is forty-two.' }, 'stop'),
      done,
    ]);
    expect(message.text).toBe('The answer is forty-two.');
  });

  it('is emitted twice if the model repeats itself', () => {
    expect(decodeData([chunk({ content: 'no' }), chunk({ content: 'no' }, 'stop'), done]).message.text).toBe('nono');
    expect(textOf({ text: 'Hi' }, { text: ' you' })).toBe('Hi you');
  });

  it('is reasoning if the text repeats that', () => {
    const { message } = decodeData([
      { id: 'c', choices: [{ delta: { reasoning: 'Hm' }, text: 'Hm' }] },
      half,
      chunk({}, 'stop'),
      done,
    ]);
    expect([message.reasoning, message.text]).toEqual(['Hm', 'Half']);
  });
});

describe('choices that are null', () => {
  it.each<readonly [string, readonly JsonValue[]]>([
    ['first', [null, { delta: { content: 'Hi' }, finish_reason: 'stop' }]],
    ['last', [{ delta: { content: 'Hi' }, finish_reason: 'stop' }, null]],
    [
      'between',
      [{ delta: { content: 'Hi' }, finish_reason: 'stop' }, null, { index: 1, delta: { content: 'Ho' }, finish_reason: 'stop' }],
    ],
  ])('are nothing: %s', (_, choices) => {
    const { message, error } = decodeData([{ id: 'c', choices }]);
    expect([error, message.text, message.finishReason]).toEqual([undefined, 'Hi', 'stop']);
  });
});
