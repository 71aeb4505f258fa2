import { describe, expect, it } from '@jest/globals';
import type { DeltaEvent, Message } from '../../../../src/events.js';
import { responsesFormat } from '../../../../src/providers/openai/responses/format.js';
import { responsesTurn } from '../../../../src/providers/openai/responses/turn.js';
import { decodeEveryWay, sse } from '../../../support/everyWay.js';
import { messageOf } from './fixtures.js';

// What compatible servers send in other ways than OpenAI. Each stream is read at several chunk sizes, with templates and without.

type Payload = Readonly<Record<string, unknown>>;

const created = { type: 'response.created', response: { id: 'resp_1', model: 'm', status: 'in_progress', output: [] } };
const completed = (output: readonly object[] = [], more: object = {}): Payload => ({
  type: 'response.completed',
  response: { id: 'resp_1', model: 'm', status: 'completed', output, ...more },
});
const added = (item: object, more: object = {}): Payload => ({ type: 'response.output_item.added', item, ...more });
const done = (item: object, more: object = {}): Payload => ({ type: 'response.output_item.done', item, ...more });
const text = (delta: unknown, more: object = {}): Payload => ({ type: 'response.output_text.delta', delta, ...more });
const textDone = (whole: string, more: object = {}): Payload => ({ type: 'response.output_text.done', text: whole, ...more });
const partAdded = (more: object = {}, type = 'output_text'): Payload => ({
  type: 'response.content_part.added',
  part: { type, text: '' },
  ...more,
});
const partDone = (whole: string, more: object = {}, type = 'output_text'): Payload => ({
  type: 'response.content_part.done',
  part: { type, text: whole },
  ...more,
});
const thought = (delta: string, more: object = {}): Payload => ({ type: 'response.reasoning_text.delta', delta, ...more });
const summary = (delta: string, more: object = {}): Payload => ({
  type: 'response.reasoning_summary_text.delta',
  delta,
  ...more,
});
const args = (delta: unknown, more: object = {}): Payload => ({
  type: 'response.function_call_arguments.delta',
  delta,
  ...more,
});
const argsDone = (whole: unknown, more: object = {}): Payload => ({
  type: 'response.function_call_arguments.done',
  arguments: whole,
  ...more,
});
const message = (whole: string | undefined, more: object = {}): object => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  content: whole === undefined ? [] : [{ type: 'output_text', text: whole, annotations: [] }],
  ...more,
});
const reasoning = (whole: string | undefined, more: object = {}): object => ({
  type: 'reasoning',
  id: 'rs_1',
  summary: [],
  content: whole === undefined ? [] : [{ type: 'reasoning_text', text: whole }],
  ...more,
});
const call = (whole: unknown = '', more: object = {}): object => ({
  type: 'function_call',
  id: 'fc_1',
  call_id: 'call_1',
  name: 'clock',
  arguments: whole,
  ...more,
});
const second = { id: 'fc_2', call_id: 'call_2', name: 'zone' };
const at = (output_index: unknown, more: object = {}): object => ({ output_index, ...more });

interface Read {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly string[];
  readonly finish: string;
}

function read(...payloads: readonly (object | string)[]): {
  events: readonly DeltaEvent[];
  message: Message;
  turn: readonly Payload[];
} {
  const { events, error } = decodeEveryWay(responsesFormat, sse(...payloads));
  expect(error).toBeUndefined();
  const whole = messageOf(events);
  const turn = responsesTurn(whole) as unknown as readonly Payload[];
  expectSame(whole, turn);
  return { events, message: whole, turn };
}

/** What the message says, the next turn says. */
function expectSame({ text: said, toolCalls }: Message, turn: readonly Payload[]): void {
  const items = turn.filter(({ type }) => type === 'message' || type === undefined);
  const parts = items.flatMap(({ content }) => (typeof content === 'string' ? [{ text: content }] : content));
  expect(parts.map((part) => (part as { text?: string }).text ?? '').join('')).toBe(said);
  const calls = turn.filter(({ type }) => type === 'function_call');
  const asTold = toolCalls.map(({ callId, name, argumentsText }) => ({ callId, name, argumentsText }));
  expect(calls.map((item) => ({ callId: item['call_id'], name: item['name'], argumentsText: item['arguments'] }))).toEqual(
    asTold,
  );
}

function summaryOf({ text: said, reasoning: thoughts, toolCalls, finishReason }: Message): Read {
  return {
    text: said,
    reasoning: thoughts,
    calls: toolCalls.map(({ name, argumentsText, ended }) => `${name}(${argumentsText})${ended ? '' : ' …'}`),
    finish: finishReason ?? 'none',
  };
}

function errorOf(...payloads: readonly (object | string)[]): unknown {
  return decodeEveryWay(responsesFormat, sse(...payloads)).error;
}

describe('responses of other servers', () => {
  describe.each<
    [kind: string, streams: readonly (readonly [what: string, payloads: readonly (object | string)[], Partial<Read>])[]]
  >([
    [
      'items without an index',
      [
        [
          'reasoning that ends after the text began',
          [
            created,
            added(reasoning(undefined)),
            thought('Hm', { item_id: 'rs_1' }),
            added(message(undefined)),
            text('He', { item_id: 'msg_1' }),
            done(reasoning('Hm')),
            text('y', { item_id: 'msg_1' }),
            done(message('Hey')),
            completed([reasoning('Hm'), message('Hey')]),
          ],
          { text: 'Hey', reasoning: 'Hm', calls: [], finish: 'stop' },
        ],
        [
          'two calls whose arguments alternate',
          [
            created,
            added(call()),
            added(call('', second)),
            args('{"a"', { item_id: 'fc_1' }),
            args('{"b"', { item_id: 'fc_2' }),
            args(':1}', { item_id: 'fc_1' }),
            args(':2}', { item_id: 'fc_2' }),
            done(call('{"b":2}', second)),
            done(call('{"a":1}')),
            completed([call('{"a":1}'), call('{"b":2}', second)]),
          ],
          { calls: ['clock({"a":1})', 'zone({"b":2})'], finish: 'tool-calls' },
        ],
        [
          'no ids either: the latest open one of its type',
          [
            created,
            added({ type: 'reasoning' }),
            thought('Hm'),
            added({ type: 'message' }),
            text('He'),
            thought('!'),
            text('y'),
            done({ type: 'reasoning', content: [{ type: 'reasoning_text', text: 'Hm!' }] }),
            done({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hey' }] }),
            completed(),
          ],
          { text: 'Hey', reasoning: 'Hm!', finish: 'stop' },
        ],
        [
          'calls without ids that end in order',
          [
            created,
            added({ type: 'function_call', name: 'clock' }),
            added({ type: 'function_call', name: 'zone' }),
            done({ type: 'function_call', name: 'clock', arguments: '{"a":1}' }),
            done({ type: 'function_call', name: 'zone', arguments: '{"b":2}' }),
            completed(),
          ],
          { calls: ['clock({"a":1})', 'zone({"b":2})'] },
        ],
        [
          'arguments named by the call id',
          [
            created,
            added(call('', { id: '' })),
            added(call('', { ...second, id: '' })),
            args('{"a":1}', { item_id: 'call_1' }),
            args('{"b":2}', { item_id: 'call_2' }),
            completed(),
          ],
          { calls: ['clock({"a":1})', 'zone({"b":2})'] },
        ],
        [
          'an end of a message between calls',
          [
            created,
            added(message(undefined)),
            text('I look.', { item_id: 'msg_1' }),
            added(call()),
            args('{"a":1}', { item_id: 'fc_1' }),
            added(call('', second)),
            args('{"b":2}', { item_id: 'fc_2' }),
            textDone('I look.', { item_id: 'msg_1' }),
            done(message('I look.')),
            done(call('{"a":1}')),
            done(call('{"b":2}', second)),
            completed([message('I look.'), call('{"a":1}'), call('{"b":2}', second)]),
          ],
          { text: 'I look.', calls: ['clock({"a":1})', 'zone({"b":2})'] },
        ],
      ],
    ],
    [
      'items of one index',
      [
        [
          'with ids of their own',
          [
            created,
            added(reasoning(undefined), at(0)),
            thought('Hm', at(0, { item_id: 'rs_1' })),
            added(message(undefined), at(0)),
            text('He', at(0, { item_id: 'msg_1' })),
            thought('!', at(0, { item_id: 'rs_1' })),
            done(reasoning('Hm!'), at(0)),
            text('y', at(0, { item_id: 'msg_1' })),
            done(message('Hey'), at(0)),
            completed(),
          ],
          { text: 'Hey', reasoning: 'Hm!' },
        ],
        [
          'parallel calls',
          [
            created,
            added(call(), at(0)),
            added(call('', second), at(0)),
            args('{"a":1}', at(0, { item_id: 'fc_1' })),
            args('{"b":2}', at(0, { item_id: 'fc_2' })),
            done(call('{"a":1}'), at(0)),
            done(call('{"b":2}', second), at(0)),
            completed(),
          ],
          { calls: ['clock({"a":1})', 'zone({"b":2})'] },
        ],
        [
          'without any announcement',
          [
            created,
            thought('Hm', at(0)),
            text('Hey', at(0)),
            args('{}', at(0)),
            done(reasoning('Hm'), at(0)),
            done(message('Hey'), at(0)),
            done(call('{}'), at(0)),
            completed(),
          ],
          { text: 'Hey', reasoning: 'Hm', calls: ['clock({})'] },
        ],
      ],
    ],
    [
      'ids that change from event to event',
      [
        [
          'of texts',
          [
            created,
            added(message(undefined, { id: 'a' }), at(0)),
            text('He', at(0, { item_id: 'b' })),
            text('y', at(0, { item_id: 'c' })),
            textDone('Hey', at(0, { item_id: 'd' })),
            done(message('Hey', { id: 'e' }), at(0)),
            completed([message('Hey', { id: 'f' })]),
          ],
          { text: 'Hey' },
        ],
        [
          'of calls',
          [
            created,
            added(call('', { id: 'a' }), at(0)),
            added(call('', { ...second, id: 'b' }), at(1)),
            args('{"a":1}', at(0, { item_id: 'c' })),
            args('{"b":2}', at(1, { item_id: 'd' })),
            done(call('{"a":1}', { id: 'e' }), at(0)),
            done(call('{"b":2}', { ...second, id: 'f' }), at(1)),
            completed([call('{"a":1}', { id: 'g' }), call('{"b":2}', { ...second, id: 'h' })]),
          ],
          { calls: ['clock({"a":1})', 'zone({"b":2})'] },
        ],
        [
          'and an end that is sent twice',
          [
            created,
            added(message(undefined, { id: 'a' }), at(0)),
            text('Hey', at(0, { item_id: 'b' })),
            done(message('Hey', { id: 'c' }), at(0)),
            done(message('Hey', { id: 'd' }), at(0)),
            completed([message('Hey', { id: 'e' })]),
          ],
          { text: 'Hey' },
        ],
      ],
    ],
    [
      'items that are told twice',
      [
        [
          'an announcement',
          [created, added(call(), at(0)), added(call(), at(0)), args('{}', at(0)), completed()],
          { calls: ['clock({})'] },
        ],
        [
          'an end with an index',
          [
            created,
            added(call(), at(0)),
            args('{}', at(0)),
            done(call('{}'), at(0)),
            done(call('{}'), at(0)),
            completed([call('{}')]),
          ],
          { calls: ['clock({})'] },
        ],
        [
          'an end without an index',
          [
            created,
            added(message(undefined)),
            text('Hey'),
            done(message('Hey')),
            done(message('Hey')),
            completed([message('Hey')]),
          ],
          { text: 'Hey' },
        ],
        [
          'deltas after the end of the call',
          [created, done(call('{"a":1}'), at(0)), args('{"a"', at(0)), args(':1}', at(0)), completed([call('{"a":1}')])],
          { calls: ['clock({"a":1})'] },
        ],
        [
          'reasoning as its summary too',
          [
            created,
            added(reasoning(undefined), at(0)),
            thought('Hm', at(0)),
            done(reasoning('Hm', { summary: [{ type: 'summary_text', text: 'Hm' }] }), at(0)),
            text('Hey', at(1)),
            completed(),
          ],
          { text: 'Hey', reasoning: 'Hm' },
        ],
        [
          'a summary that the end has as content',
          [
            created,
            added(reasoning(undefined), at(0)),
            summary('Hm', at(0)),
            done(reasoning('Hm'), at(0)),
            text('Hey', at(1)),
            completed(),
          ],
          { text: 'Hey', reasoning: 'Hm' },
        ],
      ],
    ],
    [
      'parts that are numbered in other ways',
      [
        [
          'from one',
          [
            created,
            added(message(undefined), at(0)),
            partAdded(at(0, { content_index: 1 })),
            text('He', at(0, { content_index: 1 })),
            text('y', at(0, { content_index: 1 })),
            textDone('Hey', at(0, { content_index: 1 })),
            partDone('Hey', at(0, { content_index: 1 })),
            done(message('Hey'), at(0)),
            completed([message('Hey')]),
          ],
          { text: 'Hey' },
        ],
        [
          'as null and as text',
          [
            created,
            text('He', at('0', { content_index: null })),
            text('y', at('0', { content_index: '0' })),
            done(message('Hey'), at('0')),
            completed([message('Hey')]),
          ],
          { text: 'Hey' },
        ],
        [
          'with every delta',
          [
            created,
            added(reasoning(undefined), at(0)),
            partAdded(at(0, { content_index: 0 }), 'reasoning_text'),
            thought('H', at(0, { content_index: 1 })),
            thought('m', at(0, { content_index: 2 })),
            { type: 'response.reasoning_text.done', text: 'Hm', ...at(0, { content_index: 3 }) },
            partDone('Hm', at(0, { content_index: 4 }), 'reasoning_text'),
            done(reasoning('Hm'), at(0)),
            added(message(undefined), at(1)),
            text('He', at(1, { content_index: 5 })),
            text('y', at(1, { content_index: 6 })),
            textDone('Hey', at(1, { content_index: 7 })),
            done(message('Hey'), at(1)),
            completed([reasoning('Hm'), message('Hey')]),
          ],
          { text: 'Hey', reasoning: 'Hm' },
        ],
        [
          'a summary from one, without an end of the item',
          [
            created,
            summary('H', at(0, { summary_index: 1 })),
            summary('m', at(0, { summary_index: 2 })),
            text('Hey', at(1)),
            completed([reasoning(undefined, { summary: [{ type: 'summary_text', text: 'Hm' }] }), message('Hey')]),
          ],
          { text: 'Hey', reasoning: 'Hm' },
        ],
        [
          'an end of the text that is split into parts',
          [
            created,
            text('Hey ', at(0)),
            text('you', at(0)),
            done(message(undefined, { content: ['Hey ', 'you'].map((part) => ({ type: 'output_text', text: part })) }), at(0)),
            completed(),
          ],
          { text: 'Hey you' },
        ],
      ],
    ],
    [
      'a call and its arguments',
      [
        [
          'deltas that are no JSON',
          [created, added(call(), at(0)), args('Zm9v', at(0)), args('YmFy', at(0)), done(call('{"a":1}'), at(0)), completed()],
          { calls: ['clock({"a":1})'] },
        ],
        [
          'only in the event that ends them, and {} in the item',
          [created, added(call(), at(0)), argsDone('{"a":1}', at(0)), done(call('{}'), at(0)), completed([call('{}')])],
          { calls: ['clock({"a":1})'] },
        ],
        [
          'only in deltas, and empty in every end',
          [
            created,
            added(call(), at(0)),
            args('{"a":1}', at(0)),
            argsDone('', at(0)),
            done(call(''), at(0)),
            completed([call('')]),
          ],
          { calls: ['clock({"a":1})'] },
        ],
        [
          'only in the announcement',
          [created, added(call('{"a":1}'), at(0)), done(call(''), at(0)), completed()],
          { calls: ['clock({"a":1})'] },
        ],
        [
          'only in the whole response',
          [created, added(call(), at(0)), done(call(''), at(0)), completed([call('{"a":1}')])],
          { calls: ['clock({"a":1})'] },
        ],
        [
          'as JSON',
          [created, added(call({}), at(0)), argsDone({ a: 1 }, at(0)), done(call({ a: 1 }), at(0)), completed([call({ a: 1 })])],
          { calls: ['clock({"a":1})'] },
        ],
        [
          'an end before the deltas',
          [created, added(call(), at(0)), done(call(''), at(0)), args('{"a"', at(0)), args(':1}', at(0)), completed()],
          { calls: ['clock({"a":1})'] },
        ],
        [
          'a delta that was lost',
          [
            created,
            added(call(), at(0)),
            args('{"a"', at(0)),
            args('1}', at(0)),
            argsDone('{"a":1}', at(0)),
            done(call('{"a":1}'), at(0)),
            completed(),
          ],
          { calls: ['clock({"a":1})'] },
        ],
        [
          'line breaks that are not escaped',
          [created, added(call(), at(0)), args('{"a":"x\ny"}', at(0)), done(call('{"a":"x\ny"}'), at(0)), completed()],
          { calls: ['clock({"a":"x\ny"})'] },
        ],
        [
          'none at all',
          [created, added(call(), at(0)), argsDone('', at(0)), done(call(''), at(0)), completed([call('')])],
          { calls: ['clock()'] },
        ],
        [
          'the name and the ids only in the announcement',
          [
            created,
            added(call(), at(0)),
            args('{"a":1}', at(0)),
            done({ type: 'function_call', arguments: '{"a":1}', name: '', call_id: '', status: 'completed' }, at(0)),
            completed(),
          ],
          { calls: ['clock({"a":1})'] },
        ],
        [
          'the name only in the event that ends them',
          [
            created,
            args('{"a":1}', at(0, { item_id: 'fc_1' })),
            argsDone('{"a":1}', at(0, { item_id: 'fc_1', name: 'clock' })),
            completed(),
          ],
          { calls: ['clock({"a":1})'] },
        ],
        [
          'no call id anywhere',
          [
            created,
            added(call('', { call_id: undefined }), at(0)),
            args('{}', at(0)),
            done(call('{}', { call_id: undefined }), at(0)),
            completed(),
          ],
          { calls: ['clock({})'] },
        ],
      ],
    ],
    [
      'ends that have less than the deltas',
      [
        [
          'an end too early',
          [
            created,
            text('He', at(0)),
            textDone('He', at(0)),
            done(message('He'), at(0)),
            text('y', at(0)),
            completed([message('Hey')]),
          ],
          { text: 'Hey' },
        ],
        [
          'an end too early, and no output',
          [
            created,
            added(message(undefined), at(0)),
            text('He', at(0)),
            done(message('He'), at(0)),
            text('y', at(0)),
            completed(),
          ],
          { text: 'Hey' },
        ],
        [
          'empty ends',
          [
            created,
            text('Hey', at(0)),
            textDone('', at(0)),
            partDone('', at(0)),
            done(message(''), at(0)),
            completed([message('')]),
          ],
          { text: 'Hey' },
        ],
        [
          'reasoning that only the deltas have',
          [
            created,
            added(reasoning(undefined), at(0)),
            thought('Hm', at(0)),
            done(reasoning(undefined), at(0)),
            text('Hey', at(1)),
            completed([reasoning(undefined), message('Hey')]),
          ],
          { text: 'Hey', reasoning: 'Hm' },
        ],
        [
          'announcements and ends without fields',
          [
            created,
            added({ type: 'message', id: 'msg_1' }, at(0)),
            text('Hey', at(0)),
            done({ type: 'message', id: 'msg_1' }, at(0)),
            { type: 'response.completed', response: { status: 'completed' } },
          ],
          { text: 'Hey' },
        ],
      ],
    ],
    [
      'wholes without deltas',
      [
        [
          'only the output',
          [created, completed([reasoning('Hm'), message('Hey'), call('{}')])],
          { text: 'Hey', reasoning: 'Hm', calls: ['clock({})'] },
        ],
        [
          'only the ends of items',
          [created, done(reasoning('Hm'), at(0)), done(message('Hey'), at(1)), completed()],
          { text: 'Hey', reasoning: 'Hm' },
        ],
        ['only the text of the output', [created, completed([], { output_text: 'Hey' })], { text: 'Hey' }],
        ['content that is a text', [created, completed([message(undefined, { content: 'Hey' })])], { text: 'Hey' }],
        [
          'the response without its wrapper',
          [
            {
              type: 'response.completed',
              id: 'resp_1',
              status: 'completed',
              output: [message('Hey')],
              usage: { input_tokens: 1, output_tokens: 2 },
            },
          ],
          { text: 'Hey' },
        ],
      ],
    ],
    [
      'deltas in other shapes',
      [
        ['an object', [created, text({ text: 'He' }, at(0)), text({ text: 'y' }, at(0)), completed()], { text: 'Hey' }],
        ['a field of their own', [created, text(undefined, at(0, { text: 'Hey' })), completed()], { text: 'Hey' }],
        [
          'older names',
          [created, { type: 'response.reasoning.delta', delta: { text: 'Hm' }, ...at(0) }, text('Hey', at(1)), completed()],
          { text: 'Hey', reasoning: 'Hm' },
        ],
        [
          'no item and no index at all',
          [{ type: 'response.output_text.delta', delta: 'He' }, { type: 'response.output_text.delta', delta: 'y' }, completed()],
          { text: 'Hey' },
        ],
      ],
    ],
  ])('%s', (_kind, streams) => {
    it.each(streams)('%s', (_what, payloads, expected) => {
      const { message: whole } = read(...payloads);
      expect(summaryOf(whole)).toMatchObject(expected);
    });
  });

  it('have each item in the next turn once, in order', () => {
    const { turn } = read(
      created,
      added(reasoning(undefined)),
      thought('Hm', { item_id: 'rs_1' }),
      added(call()),
      args('{}', { item_id: 'fc_1' }),
      done(reasoning('Hm', { encrypted_content: '' })),
      done(call('{}')),
      completed([reasoning('Hm', { encrypted_content: 'secret' }), call('{}')]),
    );
    expect(turn).toEqual([reasoning('Hm', { encrypted_content: 'secret' }), call('{}')]);
  });

  it.each([
    { type: 'ping' },
    { type: 'heartbeat' },
    { type: 'keep_alive', sequence_number: 3 },
    { type: 'response.keepalive' },
    {},
    'event: keepalive\ndata: {}',
    ': ping',
  ])('are alive at %j', (beat) => {
    const { events } = read(beat, created, beat, text('Hey'), completed());
    expect(events.map(({ type }) => type)).toEqual(['ping', 'start', 'ping', 'text-delta', 'block-end', 'finish']);
    expect(events[1]).toMatchObject({ id: 'resp_1', model: 'm' });
  });

  describe('the end', () => {
    const incomplete = (reason: string | undefined, more: object = {}): Payload => ({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: reason && { reason }, ...more },
    });

    it.each([
      ['max_tokens', 'length'],
      ['LENGTH', 'length'],
      ['content-filter', 'content-filter'],
      ['SAFETY', 'content-filter'],
      ['cyber_policy', 'content-filter'],
      ['max_messages', 'length'],
      ['steered', 'other'],
      [undefined, 'other'],
    ])('by %s is %s', (reason, expected) => {
      expect(read(created, text('Hey'), incomplete(reason)).message.finishReason).toBe(expected);
    });

    it('is incomplete if a completed response says so', () => {
      const { message: whole } = read(
        created,
        text('Hey'),
        completed([], { incomplete_details: { reason: 'max_output_tokens' } }),
      );
      expect(whole.finishReason).toBe('length');
    });

    const usage = { input_tokens: 3, output_tokens: 4 };

    it.each([
      ['invalid_prompt', 'invalid-request', false],
      ['server_error', 'server', true],
      ['timeout', 'server', true],
      ['overloaded', 'overloaded', true],
    ])('by %s is an error of kind %s', (reason, kind, retryable) => {
      const { events, error } = decodeEveryWay(responsesFormat, sse(created, text('Hey'), incomplete(reason, { usage })));
      expect(error).toMatchObject({ name: 'ProviderError', kind, retryable });
      expect(messageOf(events).usage).toMatchObject({ inputTokens: 3, outputTokens: 4 });
    });

    it.each([
      ['a completed response with an error', completed([], { error: { code: 'server_error', message: 'No' }, usage })],
      ['the status error', completed([], { status: 'error', error: { message: 'No' }, usage })],
      ['an error event with usage', { type: 'error', error: { message: 'No' }, usage }],
      ['an error of an unknown type', { type: 'upstream_failure', error: { message: 'No' }, usage }],
      ['an error with a response', { type: 'response.error', response: { error: { message: 'No' }, usage } }],
    ])('by %s is that error, after its usage', (_what, payload) => {
      const { events, error } = decodeEveryWay(responsesFormat, sse(created, text('Hey'), payload));
      expect(error).toMatchObject({ name: 'ProviderError', message: 'No' });
      expect(messageOf(events).usage).toMatchObject({ inputTokens: 3, outputTokens: 4 });
    });

    it('without any item is an EmptyStreamError, after its usage', () => {
      const { events, error } = decodeEveryWay(responsesFormat, sse(created, completed([], { usage })));
      expect(error).toMatchObject({ name: 'EmptyStreamError', retryable: true });
      expect(messageOf(events).usage).toMatchObject({ inputTokens: 3 });
    });

    it('of a length without any item is no error, because a repeat would end alike', () => {
      expect(read(created, incomplete('max_output_tokens')).message.finishReason).toBe('length');
    });

    it('in another spelling is a cancelled response', () => {
      expect(errorOf(created, completed([], { status: 'canceled' }))).toMatchObject({ code: 'cancelled', retryable: false });
    });
  });
});
