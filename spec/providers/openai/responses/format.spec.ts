import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isStreamError } from '../../../../src/errors.js';
import type { DeltaEvent, JsonObject } from '../../../../src/events.js';
import { anyChunking, anyText, cut } from '../../../support/chunks.js';
import {
  decodeResponses,
  digestOf,
  messageOf,
  responsesFixture,
  responsesFixtureEvents,
  responsesFixtureNames,
  streamOf,
} from './fixtures.js';

const created = { type: 'response.created', response: { id: 'resp_1', model: 'gpt-test-1' } };
const completed = (output: readonly object[] = [], more: object = {}): object => ({
  type: 'response.completed',
  response: { id: 'resp_1', model: 'gpt-test-1', status: 'completed', output, ...more },
});
const message = (text: string, more: object = {}): object => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
  ...more,
});
const added = (item: object, output_index: unknown = 0): object => ({ type: 'response.output_item.added', output_index, item });
const done = (item: object, output_index: unknown = 0): object => ({ type: 'response.output_item.done', output_index, item });
const textDelta = (delta: string, more: object = {}): object => ({
  type: 'response.output_text.delta',
  output_index: 0,
  content_index: 0,
  delta,
  ...more,
});

function decode(...payloads: readonly object[]): readonly DeltaEvent[] {
  const { events, error } = decodeResponses(streamOf(payloads));
  expect(error).toBeUndefined();
  return events;
}

function errorOf(...payloads: readonly object[]): unknown {
  return decodeResponses(streamOf(payloads)).error;
}

function textsOf(events: readonly DeltaEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []));
}

function ofType<Type extends DeltaEvent['type']>(events: readonly DeltaEvent[], type: Type): readonly DeltaEvent[] {
  return events.filter((event) => event.type === type);
}

describe('responsesFormat', () => {
  describe.each(responsesFixtureNames)('reading the fixture %s', (name) => {
    const bytes = responsesFixture(name);
    const whole = decodeResponses(bytes);

    it('emits the events that are listed beside it', () => {
      expect(digestOf(whole)).toBe(responsesFixtureEvents(name));
    });

    it('is truncated or empty at every cut before its end, and emits a beginning of its events', () => {
      const terminal = new TextDecoder().decode(bytes).search(/"type":"(response\.(completed|incomplete|failed)|error)"/);
      const all = JSON.stringify(whole.events);
      const wrong: number[] = [];
      let latest = -1;
      for (let length = 0; length < bytes.length; length++) {
        const { events, error } = decodeResponses(bytes.subarray(0, length));
        const isCut = isStreamError(error, 'truncated') || isStreamError(error, 'empty');
        const isBeginning = events.length === latest || all.startsWith(JSON.stringify(events).slice(0, -1));
        latest = events.length;
        if (!isBeginning || (length < terminal && !isCut)) wrong.push(length);
      }
      expect(wrong).toEqual([]);
    });

    it('emits tool-call-deltas that add up to the argument text', () => {
      for (const end of whole.events) {
        if (end.type !== 'tool-call-end') continue;
        const pieces = whole.events.map((event) =>
          event.type === 'tool-call-delta' && event.callId === end.callId ? event.argumentsText : '',
        );
        expect(pieces.join('')).toBe(end.argumentsText);
      }
    });
  });

  describe('start', () => {
    it('is emitted before the first content, also without response.created', () => {
      const events = decode({ type: 'response.in_progress', response: { id: 'r', model: 'm' } }, textDelta('a'), completed());
      expect(events.slice(0, 3)).toMatchObject([
        { type: 'ping' },
        { type: 'start', id: 'r', model: 'm', provider: 'openai' },
        { type: 'text-delta', text: 'a' },
      ]);
    });

    it('is emitted once', () => {
      const events = decode(created, textDelta('a'), created, textDelta('b'), completed());
      expect(ofType(events, 'start')).toHaveLength(1);
      expect(textsOf(events)).toEqual(['a', 'b']);
    });
  });

  it('reads the event name when the payload has no type', () => {
    const bytes = new TextEncoder().encode(
      ['response.created', 'response.output_text.delta', 'response.completed']
        .map((name) => `event: ${name}\ndata: {"output_index":0,"content_index":0,"delta":"a"}\n\n`)
        .join(''),
    );
    expect(textsOf(decodeResponses(bytes).events)).toEqual(['a']);
  });

  it('emits a ping for a keepalive', () => {
    expect(decode(created, { type: 'keepalive', sequence_number: 1 }, textDelta('a'), completed())[1]).toEqual({ type: 'ping' });
  });

  it('keeps lone surrogates, so that a pair joins across deltas', () => {
    const events = decode(created, textDelta('\ud83d'), textDelta('\ude00'), completed([message('😀')]));
    expect(messageOf(events).text).toBe('😀');
  });

  describe('whole texts and their deltas', () => {
    it.each([
      ['its own done', { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'Hello' }],
      [
        'its part',
        { type: 'response.content_part.done', output_index: 0, content_index: 0, part: { type: 'output_text', text: 'Hello' } },
      ],
      ['its item', done(message('Hello'))],
      ['the whole response', completed([message('Hello')])],
    ])('emits the missing end as one delta when %s extends the deltas', (_what, end) => {
      const events = decode(created, textDelta('Hel'), end, completed([message('Hello')]));
      expect(textsOf(events)).toEqual(['Hel', 'lo']);
      expect(ofType(events, 'block-end')).toHaveLength(1);
    });

    it('keeps the deltas when the whole contradicts them', () => {
      expect(textsOf(decode(created, textDelta('Hel'), done(message('Hullo')), completed([message('Hullo')])))).toEqual(['Hel']);
    });

    it('emits a text as one delta if it had none', () => {
      const whole = { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'Hello' };
      expect(textsOf(decode(created, whole, completed()))).toEqual(['Hello']);
    });

    it('adds up to the whole, whatever the deltas were', () => {
      fc.assert(
        fc.property(anyText, fc.nat(60), anyChunking, (text, known, sizes) => {
          const deltas = cut(text.slice(0, known), sizes).map((delta) => textDelta(delta));
          expect(messageOf(decode(created, ...deltas, completed([message(text)]))).text).toBe(text);
        }),
      );
    });

    it('emits everything of a stream that has only its end', () => {
      const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'clock', arguments: '{}', status: 'completed' };
      const events = decode(completed([message('Hello'), call]));
      expect(events.map(({ type }) => type)).toEqual([
        'start',
        'text-delta',
        'block-end',
        'tool-call-start',
        'tool-call-delta',
        'tool-call-end',
        'block-end',
        'finish',
      ]);
      expect(messageOf(events)).toMatchObject({ text: 'Hello', finishReason: 'tool-calls', toolCalls: [{ input: {} }] });
    });

    it('emits the citations that only the item has', () => {
      const annotations = [1, 2].map((index) => ({ type: 'file_path', file_id: `file_${index}`, index }));
      const annotation = {
        type: 'response.output_text.annotation.added',
        output_index: 0,
        content_index: 0,
        annotation: annotations[0],
      };
      const item = message('Hi', { content: [{ type: 'output_text', text: 'Hi', annotations }] });
      const events = decode(created, textDelta('Hi'), annotation, done(item), completed([item]));
      expect(messageOf(events).citations.map(({ native }) => native)).toEqual(annotations);
    });
  });

  describe('items', () => {
    it('are found by their index when a gateway changes their ids', () => {
      const events = decode(
        created,
        added(message('', { id: 'a', content: [] })),
        textDelta('Hel', { item_id: 'b' }),
        textDelta('lo', { item_id: 'c' }),
        done(message('Hello', { id: 'd' })),
        completed([message('Hello', { id: 'e' })]),
      );
      expect(textsOf(events)).toEqual(['Hel', 'lo']);
      expect(ofType(events, 'block-end')).toMatchObject([{ native: { id: 'd' } }]);
    });

    it('are kept apart when a server gives all of them one index', () => {
      const [first, second] = [message('One', { id: 'a' }), message('Two', { id: 'b' })];
      const events = decode(
        created,
        textDelta('One'),
        done(first),
        added(message('', { id: 'b', content: [] })),
        textDelta('Two'),
        done(second),
        completed([first, second]),
      );
      expect(ofType(events, 'block-end')).toMatchObject([
        { block: 0, native: first },
        { block: 1, native: second },
      ]);
      expect(textsOf(events)).toEqual(['One', 'Two']);
    });

    it('need no index', () => {
      const none = { output_index: undefined, content_index: undefined };
      const item = message('Hello');
      const events = decode(
        created,
        added(message('', { content: [] }), undefined),
        textDelta('Hel', none),
        done(item, undefined),
        completed([item]),
      );
      expect(textsOf(events)).toEqual(['Hel', 'lo']);
      expect(ofType(events, 'block-end')).toMatchObject([{ native: item }]);
    });

    it('are built from their deltas when no event has them whole', () => {
      const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'clock', arguments: '' };
      const events = decode(
        created,
        added({ type: 'reasoning', id: 'rs_1', summary: [] }),
        { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'Hm' },
        textDelta('Hello', { output_index: 1 }),
        added(call, 2),
        { type: 'response.function_call_arguments.delta', output_index: 2, delta: '{}' },
        completed(),
      );
      expect(ofType(events, 'block-end')).toMatchObject([
        { kind: 'reasoning', native: { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm' }] } },
        { kind: 'message', native: { type: 'message', content: [{ type: 'output_text', text: 'Hello', annotations: [] }] } },
        { kind: 'function_call', native: { ...call, arguments: '{}' } },
      ]);
      expect(messageOf(events).toolCalls).toMatchObject([{ callId: 'call_1', ended: true }]);
    });
  });

  describe('tool calls', () => {
    const call = (more: object = {}): object => ({
      type: 'function_call',
      id: 'fc_1',
      call_id: 'call_1',
      name: 'clock',
      ...more,
    });
    const piece = (delta: string, output_index = 0): object => ({
      type: 'response.function_call_arguments.delta',
      output_index,
      delta,
    });

    it('hold back their arguments until they have a name', () => {
      const events = decode(created, piece('{"a"'), piece(':1}'), done(call({ arguments: '{"a":1}' })), completed());
      expect(events.slice(1, 4)).toMatchObject([
        { type: 'tool-call-start', callId: 'call_1', name: 'clock' },
        { type: 'tool-call-delta', argumentsText: '{"a":1}' },
        { type: 'tool-call-end', argumentsText: '{"a":1}' },
      ]);
    });

    it('have unique callIds when ids are missing or repeated', () => {
      const nameless = { type: 'function_call', name: 'clock', arguments: '{}' };
      const events = decode(created, done(call(), 0), done(call(), 1), done(nameless, 2), done(nameless, 3), completed());
      const ids = messageOf(events).toolCalls.map(({ callId }) => callId);
      expect(ids[0]).toBe('call_1');
      expect(new Set(ids).size).toBe(4);
    });

    it('keep their ids, however long, by which their results refer to them', () => {
      const id = `call_${'x'.repeat(60)}`;
      const search = { type: 'web_search_call', id: `ws_${'x'.repeat(60)}`, status: 'failed', action: { type: 'search' } };
      const result = { type: 'function_call_output', id: 'o', call_id: id, output: 'noon', status: 'completed' };
      const events = decode(created, done(call({ call_id: id }), 0), done(search, 1), done(result, 2), completed());
      const callIds = [id, search.id];
      expect(messageOf(events).toolCalls.map(({ callId }) => callId)).toEqual(callIds);
      expect(ofType(events, 'tool-result')).toMatchObject([
        { callId: callIds[1], name: 'web_search' },
        { callId: callIds[0], name: 'clock', output: 'noon' },
      ]);
      expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
    });

    it('do not end when the response was stopped inside them', () => {
      const stopped = { type: 'response.incomplete', response: { status: 'incomplete', output: [] } };
      const events = decode(created, added(call({ arguments: '' })), piece('{"a"'), stopped);
      expect(ofType(events, 'tool-call-end')).toEqual([]);
      expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'other', rawReason: 'incomplete' });
    });

    it('of a shell are JSON, also when a pair of surrogates was cut', () => {
      const item = (commands: readonly string[]): object => ({ type: 'shell_call', id: 's', call_id: 'c', action: { commands } });
      const command = (delta: string): object => ({
        type: 'response.shell_call_command.delta',
        output_index: 0,
        command_index: 0,
        delta,
      });
      const events = decode(
        created,
        added(item([])),
        command('echo \ud83d'),
        command('\ude00'),
        done(item(['echo 😀'])),
        completed(),
      );
      expect(messageOf(events).toolCalls).toMatchObject([{ input: { commands: ['echo 😀'] }, executor: 'client' }]);
    });

    it('of a client do not pause the response if it contains their result', () => {
      const answer = { type: 'function_call_output', id: 'o', call_id: 'call_1', output: 'noon', status: 'completed' };
      const events = decode(created, done(call({ arguments: '{}' }), 0), done(answer, 1), completed());
      expect(events.at(-1)).toMatchObject({ reason: 'stop' });
      expect(ofType(events, 'tool-result')).toMatchObject([{ callId: 'call_1', name: 'clock', output: 'noon' }]);
    });
  });

  describe('errors', () => {
    const fault = { code: 'rate_limit_exceeded', message: 'Slow down' };

    it.each([
      ['flat', { type: 'error', ...fault, param: null }],
      ['nested', { type: 'error', error: { type: 'rate_limit_error', ...fault } }],
      ['without a type', { error: fault }],
      ['of a failed response', { type: 'response.failed', response: { status: 'failed', error: fault } }],
      ['of a completed response with the status failed', completed([], { status: 'failed', error: fault })],
    ])('%s are a ProviderError', (_form, payload) => {
      const error = {
        name: 'ProviderError',
        kind: 'rate-limit',
        retryable: true,
        code: 'rate_limit_exceeded',
        message: 'Slow down',
      };
      expect(errorOf(created, textDelta('a'), payload)).toMatchObject(error);
      expect(errorOf(payload)).toMatchObject(error);
    });

    it('by the name of the event are a ProviderError', () => {
      const { error } = decodeResponses(new TextEncoder().encode('event: error\ndata: {"message":"No"}\n\n'));
      expect(error).toMatchObject({ name: 'ProviderError', message: 'No' });
    });

    it.each([[{ type: 'response.cancelled', response: { status: 'cancelled' } }], [completed([], { status: 'cancelled' })]])(
      'of a cancelled response are not retryable',
      (payload) => {
        expect(errorOf(created, payload)).toMatchObject({ name: 'ProviderError', code: 'cancelled', retryable: false });
      },
    );

    it('of a failed response without an error are of kind server', () => {
      expect(errorOf(created, { type: 'response.failed', response: { status: 'failed', error: null } })).toMatchObject({
        kind: 'server',
      });
    });

    it('of a failed response come after its usage', () => {
      const failed = {
        type: 'response.failed',
        response: { status: 'failed', error: fault, usage: { input_tokens: 3, output_tokens: 4 } },
      };
      const { events } = decodeResponses(streamOf([created, failed]));
      expect(messageOf(events).usage).toMatchObject({ inputTokens: 3, outputTokens: 4, totalTokens: 7 });
    });
  });

  describe('the end', () => {
    it('is not [DONE]', () => {
      const marker = new TextEncoder().encode('data: [DONE]\n\n');
      expect(isStreamError(decodeResponses(streamOf([created, textDelta('a')]), marker).error, 'truncated')).toBe(true);
      expect(decodeResponses(streamOf([created, completed([message('a')])]), marker).completed).toBe(true);
    });

    it('without content is an EmptyStreamError', () => {
      expect(isStreamError(errorOf(completed()), 'empty')).toBe(true);
    });

    it('follows the status when a server sends response.completed for every end', () => {
      const incomplete = completed([], { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
      expect(decode(created, textDelta('a'), incomplete).at(-1)).toMatchObject({
        reason: 'length',
        rawReason: 'max_output_tokens',
      });
    });

    const refusal = { type: 'message', content: [{ type: 'refusal', refusal: 'No' }] };
    const approval: JsonObject = { type: 'mcp_approval_request', id: 'mcpr_1', name: 'shorten', arguments: '{}' };
    const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'clock', arguments: '{}' };
    const compaction = { type: 'compaction', id: 'cmp_1', encrypted_content: 'x' };

    it.each([
      ['stop', [message('a')]],
      ['stop', [message('a'), refusal]],
      ['stop', [message('a'), compaction]],
      ['refusal', [refusal]],
      ['tool-calls', [message('a'), call]],
      ['paused', [call, approval]],
      ['paused', [{ type: 'reasoning', id: 'rs_1', summary: [] }, compaction]],
    ])('has the reason %s', (reason, output) => {
      expect(decode(created, completed(output)).at(-1)).toMatchObject({ type: 'finish', reason, rawReason: 'completed' });
    });
  });
});
