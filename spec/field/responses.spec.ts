import { describe, it } from '@jest/globals';
import { event } from '../wire/wires.js';
import { call, completed, created, expectStream, json, message, type Stream, says, thought } from './readField.js';

// What compatible servers send as responses, by the kind of what is special: after public reports, each with another input.

const added = (item: object, more: object = {}): string => says('output_item.added', { item, ...more });
const ended = (item: object, more: object = {}): string => says('output_item.done', { item, ...more });
const text = (delta: unknown, more: object = {}): string => says('output_text.delta', { delta, ...more });
const reason = (delta: string, more: object = {}): string => says('reasoning_text.delta', { delta, ...more });
const summed = (delta: string, more: object = {}): string => says('reasoning_summary_text.delta', { delta, ...more });
const args = (delta: unknown, more: object = {}): string => says('function_call_arguments.delta', { delta, ...more });
const argsDone = (whole: unknown, more: object = {}): string =>
  says('function_call_arguments.done', { arguments: whole, ...more });
const part = (whole: string, more: object = {}): string =>
  says('content_part.added', { part: { type: 'output_text', text: whole }, ...more });
const summary = (whole: string, more: object = {}): object =>
  thought(undefined, { summary: [{ type: 'summary_text', text: whole }], ...more });
const failed = (more: object): string => says('failed', { response: { id: 'resp-1', status: 'failed', error: null, ...more } });
const at = (output_index: unknown, more: object = {}): object => ({ output_index, ...more });

const p1 = '{"p":1}';
const p2 = '{"p":2}';
const second = { id: 'fc-2', call_id: 'call-2', name: 'list' };
const oneCall = { calls: [`read(${p1})`], finish: 'tool-calls' };
const twoCalls = { calls: [`read(${p1})`, `list(${p2})`], finish: 'tool-calls' };
const both = { text: 'Hey', reasoning: 'Hm', parts: 'reasoning text' };

const kinds: readonly (readonly [kind: string, streams: readonly Stream[]])[] = [
  [
    'an event without an index belongs to the item of its id, else to the latest open one of its type',
    [
      [
        'reasoning that goes on after a message began',
        created +
          added(thought(undefined)) +
          reason('H') +
          added(message(undefined)) +
          text('Hey') +
          reason('m') +
          ended(thought('Hm')) +
          ended(message('Hey')) +
          completed(),
        { text: 'Hey', reasoning: 'Hm' },
      ],
      [
        'two calls by their ids, interleaved',
        created +
          added(call('')) +
          added(call('', second)) +
          args('{"p"', { item_id: 'fc-2' }) +
          args('{"p"', { item_id: 'fc-1' }) +
          args(':2}', { item_id: 'fc-2' }) +
          args(':1}', { item_id: 'fc-1' }) +
          ended(call(p1)) +
          ended(call(p2, second)) +
          completed(),
        twoCalls,
      ],
      [
        'two calls one after the other, no id in the deltas',
        created +
          added(call('')) +
          args(p1) +
          ended(call(p1)) +
          added(call('', second)) +
          args(p2) +
          ended(call(p2, second)) +
          completed(call(p1), call(p2, second)),
        twoCalls,
      ],
      [
        'text, then a call, ended in the other order',
        created +
          added(message(undefined)) +
          text('Hey') +
          added(call('')) +
          args(p1) +
          ended(call(p1)) +
          ended(message('Hey')) +
          completed(),
        { ...oneCall, text: 'Hey' },
      ],
      [
        'an index in some events only',
        created +
          added(call(''), at(0)) +
          args(p1) +
          argsDone(p1, { item_id: 'fc-1' }) +
          ended(call(p1), at(0)) +
          completed(call(p1)),
        oneCall,
      ],
    ],
  ],
  [
    'another id in every event does not matter where an index tells',
    [
      [
        'of reasoning and of text',
        created +
          added(summary('', { id: 'a', summary: [] }), at(0)) +
          summed('Hm', at(0, { item_id: 'b', summary_index: 0 })) +
          ended(summary('Hm', { id: 'c' }), at(0)) +
          added(message(undefined, { id: 'd' }), at(1)) +
          text('Hey', at(1, { item_id: 'e' })) +
          ended(message('Hey', { id: 'f' }), at(1)) +
          completed(summary('Hm', { id: 'g' }), message('Hey', { id: 'h' })),
        both,
      ],
      [
        'of two calls',
        created +
          added(call('', { id: 'a' }), at(0)) +
          args(p1, at(0, { item_id: 'b' })) +
          added(call('', { ...second, id: 'c' }), at(1)) +
          args(p2, at(1, { item_id: 'd' })) +
          ended(call(p1, { id: 'e' }), at(0)) +
          ended(call(p2, { ...second, id: 'f' }), at(1)) +
          completed(),
        twoCalls,
      ],
      [
        'of a call that goes on under the id of its announcement',
        created +
          added(call('', { id: 'a' }), at(0)) +
          args('{"p"', at(0, { item_id: 'a' })) +
          args(':1}', at(0, { item_id: 'z' })) +
          argsDone(p1, at(0, { item_id: 'y' })) +
          completed(),
        oneCall,
      ],
    ],
  ],
  [
    'an index that is one too high at the end of an item is its id',
    [
      [
        'of reasoning and text',
        created +
          added(thought(undefined, { id: 'a' }), at(7)) +
          reason('Hm', at(7, { item_id: 'a', content_index: 4 })) +
          ended(thought('Hm', { id: 'a' }), at(8)) +
          added(message(undefined, { id: 'b' }), at(8)) +
          text('Hey', at(8, { item_id: 'b', content_index: 5 })) +
          ended(message('Hey', { id: 'b' }), at(9)) +
          completed(thought('Hm', { id: 'x' }), message('Hey', { id: 'y' })),
        both,
      ],
      [
        'of a call',
        created + added(call(''), at(0)) + args(p1, at(0, { item_id: 'fc-1' })) + ended(call(p1), at(1)) + completed(call(p1)),
        oneCall,
      ],
      [
        'of text alone',
        created +
          added(message(undefined), at(0)) +
          text('Hey', at(0, { item_id: 'msg-1' })) +
          ended(message('Hey'), at(1)) +
          completed(),
        { text: 'Hey', parts: 'text' },
      ],
    ],
  ],
  [
    'a part has any number, and its text is told once',
    [
      [
        'counted over the response',
        created +
          reason('Hm', at(0, { content_index: 0 })) +
          ended(thought('Hm'), at(0)) +
          text('He', at(1, { content_index: 1 })) +
          text('y', at(1, { content_index: 1 })) +
          ended(message('Hey'), at(1)) +
          completed(),
        both,
      ],
      [
        'from one, as text',
        created +
          text('Hey', at(0, { content_index: '1' })) +
          says('output_text.done', at(0, { content_index: '1', text: 'Hey' })) +
          completed(message('Hey')),
        { text: 'Hey' },
      ],
      [
        'null',
        created +
          summed('H', at(0, { summary_index: null })) +
          summed('m', at(0, { summary_index: null })) +
          ended(summary('Hm'), at(0)) +
          text('Hey', at(1)) +
          completed(),
        both,
      ],
      [
        'of a summary from one',
        created +
          summed('Hm', at(0, { summary_index: 1 })) +
          says('reasoning_summary_text.done', at(0, { summary_index: 1, text: 'Hm' })) +
          text('Hey', at(1)) +
          completed(summary('Hm'), message('Hey')),
        both,
      ],
      [
        'another in each delta',
        created +
          text('He', at(0, { content_index: 3 })) +
          text('y', at(0, { content_index: 4 })) +
          ended(message('Hey'), at(0)) +
          completed(),
        { text: 'Hey', parts: 'text' },
      ],
    ],
  ],
  [
    'arguments are one text: the one that is JSON and not empty',
    [
      [
        'deltas of another text, the event with the whole',
        created + added(call(''), at(0)) + args('q8Zx', at(0)) + argsDone(p1, at(0)) + ended(call(''), at(0)) + completed(),
        { ...oneCall, turn: [JSON.stringify(p1)] },
      ],
      [
        'deltas, and {} in the item',
        created + added(call('{}'), at(0)) + args(p1, at(0)) + ended(call('{}'), at(0)) + completed(),
        { ...oneCall, turn: [JSON.stringify(p1)] },
      ],
      [
        'an object at the end',
        created + added(call(''), at(0)) + ended(call({ p: 1 }), at(0)) + completed(),
        { ...oneCall, turn: [JSON.stringify(p1)] },
      ],
      [
        'whole in the announcement only',
        created + added(call(p1), at(0)) + ended(call(''), at(0)) + completed(),
        { ...oneCall, turn: [JSON.stringify(p1)] },
      ],
      [
        'so far in each delta',
        created + added(call(''), at(0)) + args('{"p"', at(0)) + args(p1, at(0)) + ended(call(p1), at(0)) + completed(),
        { ...oneCall, turn: [JSON.stringify(p1)] },
      ],
    ],
  ],
  [
    'a name or a call id that stands in one place only is found there',
    [
      [
        'the name at the end, the call id in the announcement',
        created +
          added(call('', { name: undefined }), at(0)) +
          args(p1, at(0)) +
          ended(call(p1, { call_id: undefined }), at(0)) +
          completed(),
        { ...oneCall, turn: ['"call_id":"call-1"', '"name":"read"'] },
      ],
      [
        'both in the announcement',
        created + added(call(''), at(0)) + ended(call(p1, { name: '', call_id: '' }), at(0)) + completed(),
        { ...oneCall, turn: ['"call_id":"call-1"', '"name":"read"'] },
      ],
      [
        'both in the output of the response',
        created + added({ type: 'function_call', id: 'fc-1' }, at(0)) + args(p1, at(0)) + completed(call(p1)),
        { ...oneCall, turn: ['"call_id":"call-1"', '"name":"read"'] },
      ],
      [
        'both in the event of the arguments',
        created + argsDone(p1, at(0, { name: 'read', call_id: 'call-1' })) + completed(),
        { ...oneCall, turn: ['"call_id":"call-1"', '"name":"read"'] },
      ],
      [
        'the name in the announcement, the call id at the end',
        created +
          added(call('', { call_id: undefined }), at(0)) +
          args(p1, at(0)) +
          ended(call(p1, { name: undefined }), at(0)) +
          completed(),
        { ...oneCall, turn: ['"name":"read"'] },
      ],
    ],
  ],
  [
    'the output of the response may have its items in another order',
    [
      [
        'a call before its text',
        created +
          text('Hey', at(0, { item_id: 'msg-1' })) +
          added(call(''), at(1)) +
          args(p1, at(1)) +
          completed(call(p1), message('Hey')),
        { ...oneCall, text: 'Hey', parts: 'text tool-call' },
      ],
      [
        'two calls, with other ids',
        created +
          added(call(''), at(0)) +
          args(p1, at(0)) +
          added(call('', second), at(1)) +
          args(p2, at(1)) +
          completed(call(p2, { ...second, id: 'x' }), call(p1, { id: 'y' })),
        twoCalls,
      ],
      [
        'two messages, without ids',
        created +
          text('One', at(0)) +
          ended(message('One', { id: undefined }), at(0)) +
          text('Two', at(1)) +
          ended(message('Two', { id: undefined }), at(1)) +
          completed(message('Two', { id: undefined }), message('One', { id: undefined })),
        { text: 'OneTwo', parts: 'text text' },
      ],
      ['reasoning last', created + reason('Hm', at(0)) + text('Hey', at(1)) + completed(message('Hey'), thought('Hm')), both],
      [
        'one of them left out',
        created +
          added(call(''), at(0)) +
          args(p1, at(0)) +
          ended(call(p1), at(0)) +
          text('Hey', at(1)) +
          completed(message('Hey')),
        { ...oneCall, text: 'Hey' },
      ],
    ],
  ],
  [
    'text that comes in one place only is told from there',
    [
      [
        'in the announcement of its part',
        created + added(message(undefined), at(0)) + part('Hey', at(0)) + completed(),
        { text: 'Hey', finish: 'stop', turn: ['"Hey"'] },
      ],
      [
        'its beginning in the announcement',
        created +
          added(message(undefined), at(0)) +
          part('He', at(0)) +
          text('y', at(0)) +
          ended(message('Hey'), at(0)) +
          completed(),
        { text: 'Hey' },
      ],
      [
        'its beginning there and in the first delta',
        created +
          added(message(undefined), at(0)) +
          part('He', at(0)) +
          text('He', at(0)) +
          text('y', at(0)) +
          ended(message('Hey'), at(0)) +
          completed(),
        { text: 'Hey' },
      ],
      [
        'two announced parts, without deltas',
        created +
          added(message(undefined), at(0)) +
          part('One ', at(0, { content_index: 0 })) +
          part('two', at(0, { content_index: 1 })) +
          completed(),
        { text: 'One two' },
      ],
      [
        'in the event that ends it',
        created + says('output_text.done', { text: 'Hey' }) + completed(),
        { text: 'Hey', turn: ['"Hey"'] },
      ],
      [
        'in the whole response',
        created + completed(summary('Hm'), message('Hey'), call(p1)),
        { ...oneCall, ...both, parts: 'reasoning text tool-call' },
      ],
      [
        'in the response as one text',
        created + says('completed', { response: { id: 'resp-1', status: 'completed', output: [], output_text: 'Hey' } }),
        { text: 'Hey' },
      ],
    ],
  ],
  [
    'a delta or a whole in another shape, and at another time, is told once',
    [
      ['an object with text', created + text({ text: 'Hey' }) + completed(), { text: 'Hey' }],
      [
        'reasoning as an object',
        created + says('reasoning_text.delta', { delta: { text: 'Hm' } }) + text('Hey') + completed(),
        { text: 'Hey', reasoning: 'Hm' },
      ],
      [
        'deltas after the end of their item',
        created + ended(message('Hey'), at(0)) + text('He', at(0)) + text('y', at(0)) + completed(message('Hey')),
        { text: 'Hey' },
      ],
      [
        'more deltas after an early end',
        created + text('He', at(0)) + ended(message('He'), at(0)) + text('y', at(0)) + completed(message('Hey')),
        { text: 'Hey' },
      ],
      [
        'a summary that is the content too',
        created +
          summed('Hm', at(0)) +
          ended(thought('Hm', { summary: [{ type: 'summary_text', text: 'Hm' }] }), at(0)) +
          text('Hey', at(1)) +
          completed(),
        both,
      ],
      [
        'reasoning in a part of output_text',
        created +
          added(thought(undefined, { content: null }), at(0)) +
          part('', at(0)) +
          reason('Hm', at(0)) +
          ended(thought('Hm'), at(0)) +
          text('Hey', at(1)) +
          completed(),
        both,
      ],
    ],
  ],
  [
    'a response that failed is an error with the reason, wherever it stands',
    [
      [
        'in the event that follows',
        created + failed({}) + event({ type: 'error', error: { code: 'content_policy_violation', message: 'Filtered' } }),
        { error: ['invalid-request', false, 'Filtered'] },
      ],
      [
        'after a heartbeat',
        created +
          failed({}) +
          event({ type: 'keepalive' }) +
          event({ type: 'error', code: 'rate_limit_exceeded', message: 'Slow' }),
        { error: ['rate-limit', true, 'Slow'] },
      ],
      ['nowhere', created + failed({}), { error: ['server', true, 'The response failed'] }],
      [
        'nowhere, and completed',
        created + failed({}) + completed(message('Hey')),
        { error: ['server', true, 'The response failed'] },
      ],
      [
        'beside the response',
        created +
          says('failed', { response: { id: 'resp-1', error: null }, error: { code: 'server_error', message: 'Upstream' } }),
        { error: ['server', true, 'Upstream'] },
      ],
      [
        'in a last_error',
        created + failed({ last_error: { code: 'insufficient_quota', message: 'Pay' } }),
        { error: ['quota', false, 'Pay'] },
      ],
    ],
  ],
  [
    'an incomplete response that reports a fault is an error, and any other finishes',
    [
      [
        'of an account',
        created + text('Hey') + says('incomplete', { response: { incomplete_details: { reason: 'quota_exceeded' } } }),
        { error: ['quota', false, 'quota_exceeded'] },
      ],
      [
        'of the server',
        created + text('Hey') + says('incomplete', { response: { incomplete_details: { reason: 'internal_error' } } }),
        { error: ['server', true, 'internal_error'] },
      ],
      [
        'of overload',
        created + text('Hey') + says('incomplete', { response: { incomplete_details: { reason: 'overloaded' } } }),
        { error: ['overloaded', true, 'overloaded'] },
      ],
      [
        'of a limit, in capitals',
        created + text('Hey') + says('incomplete', { response: { incomplete_details: { reason: 'MAX_TOKENS' } } }),
        { text: 'Hey', finish: 'length' },
      ],
      [
        'of a filter',
        created + text('Hey') + says('incomplete', { response: { incomplete_details: { reason: 'content_filter' } } }),
        { text: 'Hey', finish: 'content-filter' },
      ],
    ],
  ],
  [
    'a response that has said nothing is empty',
    [
      ['completed without output', created + completed(), { error: ['empty', true] }],
      ['completed at once', completed(), { error: ['empty', true] }],
      ['only a [DONE]', created + event('[DONE]'), { error: ['truncated', true] }],
      ['heartbeats', json({ type: 'keepalive' }) + event('[DONE]'), { error: ['empty', true] }],
    ],
  ],
];

describe.each(kinds)('responses: %s', (_, streams) => {
  it.each(streams)('%s', (...stream) => expectStream('responses', stream));
});
