import { describe, expect, it } from '@jest/globals';
import { createMessageFold } from '../../src/message/messageFold.js';
import { fromMessages } from '../../src/providers/anthropic/fromMessages.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { fromResponses } from '../../src/providers/openai/fromResponses.js';
import { collect, respondWith } from '../support/respond.js';
import { event, type Wire, type WireName, wires } from '../wire/wires.js';
import { done, expectStream, json, type Stream } from './readField.js';

// What servers of every wire send, and the proxies between: by the kind of what is special.

const names = Object.keys(wires) as WireName[];

const whole = ({ opening, hello, ending, terminal }: Wire): string => opening + hello + ending + terminal;
const hello = { text: 'Hello', finish: 'stop' };

/** A kind, and its streams on a wire. */
const kinds: readonly (readonly [kind: string, streams: (wire: Wire) => readonly Stream[]])[] = [
  [
    'nothing but an error, in a shape of its own, is that error and not an empty answer',
    () => [
      ['detail', json({ detail: 'Model x is not served here' }) + done, { error: ['server', true, 'Model x'] }],
      [
        'errors',
        json({ errors: [{ code: 3036, message: 'Out of neurons' }], success: false }) + done,
        { error: ['quota', false, 'neurons'] },
      ],
      [
        'a word and a message',
        json({ code: 'Throttling.RateQuota', message: 'Slow down' }) + done,
        { error: ['rate-limit', true, 'Slow'] },
      ],
      ['a status and a message', json({ status: 'error', message: 'Broken' }) + done, { error: ['server', true, 'Broken'] }],
      ['a type and a message', json({ type: 'error', message: 'Broken' }) + done, { error: ['server', true, 'Broken'] }],
      [
        'the envelope of MiniMax',
        json({ base_resp: { status_code: 1008, status_msg: 'insufficient balance' } }) + done,
        { error: ['quota', false, 'balance'] },
      ],
      [
        'the envelope of Tencent',
        json({ Response: { Error: { Code: 'AuthFailure.SecretIdNotFound', Message: 'No such id' } } }),
        { error: ['authentication', false, 'No such id'] },
      ],
      [
        'an error under data',
        json({ data: { error: { type: 'overloaded_error', message: 'Busy' } } }),
        { error: ['overloaded', true, 'Busy'] },
      ],
      [
        'Message, as API gateways have it',
        json({ Message: 'The security token is missing' }),
        { error: ['server', true, 'security token'] },
      ],
      [
        'fault, as Apigee has it',
        json({ fault: { faultstring: 'Limit of 5 exceeded', detail: { errorcode: 'policies.ratelimit.QuotaViolation' } } }),
        { error: ['rate-limit', true, 'Limit of 5'] },
      ],
      [
        'a page of Spring',
        json({ timestamp: 'now', status: 429, error: 'Too Many Requests', path: '/v1' }),
        { error: ['rate-limit', true, 'Too Many Requests'] },
      ],
    ],
  ],
  [
    'an error outside of the fields of events is read',
    ({ opening, hello: said }) => [
      [
        'a body of JSON on several lines',
        JSON.stringify({ error: { type: 'invalid_request_error', message: 'Too long' } }, undefined, 2),
        { error: ['invalid-request', false, 'Too long'] },
      ],
      [
        'a line of JSON after text',
        `${opening}${said}{"error":{"code":429,"message":"Slow down"}}\n`,
        { error: ['rate-limit', true, 'Slow down'] },
      ],
      [
        'a field named error',
        `${opening}error: {"code":400,"message":"Context too small"}\n\n`,
        { error: ['invalid-request', false, 'Context'] },
      ],
      [
        'a list of JSON',
        '[{"error":{"status":"RESOURCE_EXHAUSTED","message":"Quota"}}]',
        { error: ['rate-limit', true, 'Quota'] },
      ],
      [
        'data that begins with the word',
        `${opening}data: error: out of memory\n\n`,
        { error: ['server', true, 'out of memory'] },
      ],
      [
        'a page in the middle',
        `${opening}${said}<html>\r\n<title>504 Gateway Time-out</title>\r\n`,
        { error: ['truncated', true] },
      ],
      [
        'an event stream that is named JSON and is an error',
        '{"error":{"type":"overloaded_error","message":"Busy"}}',
        { error: ['overloaded', true, 'Busy'] },
        { 'content-type': 'application/json' },
      ],
    ],
  ],
  [
    'an event stream under another content type is read',
    (wire) =>
      ['application/json', 'text/plain; charset=utf-8', 'application/octet-stream', 'application/x-ndjson', ''].map(
        (type): Stream => [type || 'none', whole(wire), hello, { 'content-type': type }],
      ),
  ],
  [
    'what says no by its nature is not repeated, and a word that nobody knows is',
    ({ opening, error }) => [
      ['of Azure', opening + error('nested', 'DeploymentNotFound'), { error: ['not-found', false, 'DeploymentNotFound'] }],
      ['of AWS', opening + error('nested', 'ServiceQuotaExceededException'), { error: ['quota', false] }],
      ['of Google', opening + error('nested', 'FAILED_PRECONDITION'), { error: ['invalid-request', false] }],
      ['of DashScope', opening + error('nested', 'DataInspectionFailed'), { error: ['invalid-request', false] }],
      ['of Volcengine', opening + error('nested', 'AccountOverdueError'), { error: ['quota', false] }],
      ['of llama.cpp', opening + error('nested', 'exceed_context_size_error'), { error: ['invalid-request', false] }],
      ['unknown', opening + error('nested', 'gremlins'), { error: ['server', true, 'gremlins'] }],
      [
        'only in the message',
        opening + event({ error: { message: 'AppIdNoAuthError', code: '11200' } }, 'error'),
        { error: ['authentication', false] },
      ],
    ],
  ],
  [
    'the innermost error tells, and its wrapper what that does not',
    ({ opening }) => [
      [
        'a message beside an error with a code',
        opening + event({ type: 'error', message: 'The wrapper knows', error: { code: 'x' } }),
        { error: ['server', true, 'The wrapper knows'] },
      ],
      [
        'JSON in the message',
        opening + event({ type: 'error', error: { message: '{"error":{"type":"invalid_request_error","message":"Inner"}}' } }),
        { error: ['invalid-request', false, 'Inner'] },
      ],
      [
        'an error in an error',
        opening + event({ type: 'error', error: { message: 'Outer', error: { type: 'rate_limit_error', message: 'Inner' } } }),
        { error: ['rate-limit', true, 'Inner'] },
      ],
      [
        'JSON in the value of a parser',
        opening +
          event({
            type: 'error',
            error: {
              code: 'error',
              message: 'Stream error',
              value: { error_type: 'validation_error', error_message: '{"error":{"message":"40960 tokens"}}' },
            },
          }),
        { error: ['invalid-request', false, '40960'] },
      ],
      [
        'a status beside it',
        opening + event({ type: 'error', error: { message: 'No' }, status_code: 403 }),
        { error: ['permission', false, 'No'] },
      ],
      ['an error that is a text', opening + event({ type: 'error', error: 'It broke' }), { error: ['server', true, 'It broke'] }],
    ],
  ],
  [
    'a heartbeat in any form is a ping, and costs neither id nor text',
    ({ opening, hello: said, ending, terminal }) => {
      const rest = opening + said + ending + terminal;
      return [
        ['a type', json({ type: 'keepalive' }) + rest, { ...hello, pings: 1 }],
        ['a name with data', `event: ping\ndata: {"type":"ping"}\n\n${rest}`, { ...hello, pings: 1 }],
        ['a comment', `: keep-alive\n\n${rest}`, { ...hello, pings: 1 }],
        ['a comment that became data', `data: : OPENROUTER PROCESSING\n\n${rest}`, { ...hello, pings: 1 }],
        ['a word', `data: [PING]\n\n${rest}`, { ...hello, pings: 1 }],
        ['between texts', `${opening}${said}data: {"type":"heartbeat"}\n\n${ending}${terminal}`, { ...hello, pings: 1 }],
        ['an empty object', json({}) + rest, { ...hello, pings: 1 }],
      ];
    },
  ],
  [
    'an error after the response began has the headers of the response',
    ({ opening, hello: said, error }) => {
      const headers = { 'x-request-id': 'req-1', 'retry-after': '3' };
      const told = { requestId: 'req-1', retryAfterMs: 3_000 };
      return [
        ['in the stream', opening + error('nested', 'overloaded_error'), { ...told, error: ['overloaded', true] }, headers],
        ['cut', opening + said, { ...told, error: ['truncated', true] }, headers],
        ['empty', ': hello\n\n', { ...told, error: ['empty', true] }, headers],
        ['malformed', `${opening}data: {"a":\n\n`, { ...told, error: ['malformed-event', true] }, headers],
      ];
    },
  ],
  [
    'no key is in a message',
    ({ opening }) =>
      [
        'sk-proj-abcdefghijklmnopqrstuvwx',
        'hf_abcdefghijklmnopqrstuvwxyzABCDEFGH',
        'AKIAIOSFODNN7EXAMPLE',
        'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P',
        'nvapi-abcdefghijklmnopqrstuvwxyz0123456789',
      ].map(
        (key): Stream => [
          key.slice(0, 6),
          opening + event({ type: 'error', error: { message: `Key ${key} is bad` } }),
          { error: ['server', true, 'Key … is bad'] },
        ],
      ),
  ],
];

describe.each(names)('%s', (name) => {
  describe.each(kinds)('%s', (_, streams) => {
    it.each(streams(wires[name]))('%s', (...stream) => expectStream(name, stream));
  });

  it('keeps the usage that comes with an error', async () => {
    const { opening, hello: said } = wires[name];
    const figures = { prompt_tokens: 30, completion_tokens: 9, input_tokens: 30, output_tokens: 9, total_tokens: 39 };
    for (const place of [{ usage: figures }, { error: { message: 'Broken', usage: figures } }]) {
      const body = opening + said + event({ type: 'error', error: { message: 'Broken' }, ...place });
      const { error } = await read(name, body);
      expect(error).toMatchObject({ name: 'ProviderError', message: 'Broken', partial: { usage: { totalTokens: 39 } } });
    }
  });

  it.each([1, 2, 3])('reads what a model has nested too deeply for the stack (%p)', async (form) => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const { events, error } = await read(name, nested[name](deep, form));
    expect(error).toBeUndefined();
    const fold = createMessageFold();
    for (const one of events) fold.push(one);
    expect(fold.message()).toMatchObject({
      finishReason: 'tool-calls',
      toolCalls: [{ argumentsText: `{"a":${deep}}`, ended: true }],
    });
  });
});

function read(name: WireName, body: string): ReturnType<typeof collect> {
  const client = respondWith(body, 64_000);
  if (name === 'chat') return collect(fromChatCompletions(client, { model: 'm', messages: [] }));
  if (name === 'responses') return collect(fromResponses(client, { model: 'm', input: '' }));
  return collect(fromMessages(client, { model: 'm', max_tokens: 1, messages: [] }));
}

/** A call with arguments that are nested: as a text, as an object, and as an object that comes with the beginning of the call. */
const nested: Readonly<Record<WireName, (deep: string, form: number) => string>> = {
  chat(deep, form) {
    const args = form === 1 ? JSON.stringify(`{"a":${deep}}`) : `{"a":${deep}}`;
    const piece =
      form === 3
        ? `{"index":0,"id":"a","name":"f","arguments":${args}}`
        : `{"index":0,"id":"a","function":{"name":"f","arguments":${args}}}`;
    const start = `data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[${piece}]}}]}\n\n`;
    return `${start}data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\n${done}`;
  },
  responses(deep, form) {
    const args = form === 1 ? JSON.stringify(`{"a":${deep}}`) : `{"a":${deep}}`;
    const item = `{"type":"function_call","id":"i","call_id":"a","name":"f","arguments":${args}}`;
    const first = form === 3 ? `data: {"type":"response.output_item.added","output_index":0,"item":${item}}\n\n` : '';
    const end = `data: {"type":"response.output_item.done","output_index":0,"item":${item}}\n\n`;
    return `${first}${end}data: {"type":"response.completed","response":{"output":[]}}\n\n`;
  },
  messages(deep, form) {
    const input = form === 3 ? `{"a":${deep}}` : '{}';
    const args = form === 1 ? JSON.stringify(`{"a":${deep}}`) : `{"a":${deep}}`;
    const start = `data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":${input}}}\n\n`;
    const delta = `data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":${args}}}\n\n`;
    const { opening, terminal } = wires.messages;
    const end = `${event({ type: 'content_block_stop', index: 0 })}${event({ type: 'message_delta', delta: { stop_reason: 'tool_use' } })}`;
    return `${opening}${start}${form === 3 ? '' : delta}${end}${terminal}`;
  },
};
