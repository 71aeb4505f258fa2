import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '../../../src/events.js';
import { providerError } from '../../../src/providers/http/responseErrors.js';
import { answeredWith, outcomeOf, sourceNames } from '../../support/answers.js';

// serviceFault.ts is tested through providerError; httpError and connectionError through sendRequest.

const cases: readonly (readonly [string, JsonValue, string, boolean, string | undefined])[] = [
  [
    'nested, as OpenAI sends it',
    { error: { message: 'm', type: 'insufficient_quota', code: 'insufficient_quota' } },
    'quota',
    false,
    'insufficient_quota',
  ],
  [
    'nested, as Anthropic sends it',
    { type: 'error', error: { type: 'overloaded_error', message: 'm' } },
    'overloaded',
    true,
    'overloaded_error',
  ],
  [
    'flat, as the responses API sends it',
    { type: 'error', code: 'rate_limit_exceeded', message: 'm', param: null },
    'rate-limit',
    true,
    'rate_limit_exceeded',
  ],
  ['flat, without a type', { code: 'server_error', message: 'm' }, 'server', true, 'server_error'],
  ['of a bad prompt', { code: 'invalid_prompt', message: 'm' }, 'invalid-request', false, 'invalid_prompt'],
  ['of a bad image', { code: 'image_parse_error', message: 'm' }, 'invalid-request', false, 'image_parse_error'],
  ['with a status as code, as OpenRouter sends it', { error: { code: 429, message: 'm' } }, 'rate-limit', true, '429'],
  ['with a status as text', { error: { code: '502', message: 'm' } }, 'server', true, '502'],
  ['with a status of the client', { code: 400, message: 'm' }, 'invalid-request', false, '400'],
  [
    'with a status and a name, as vLLM sends it',
    { object: 'error', message: 'm', type: 'BadRequestError', code: 400 },
    'invalid-request',
    false,
    'BadRequestError',
  ],
  [
    'with a status and a code of overload',
    { code: 503, type: 'overloaded_error', message: 'm' },
    'overloaded',
    true,
    'overloaded_error',
  ],
  [
    'in a list, as Google sends it',
    [{ error: { code: 503, message: 'm', status: 'UNAVAILABLE' } }],
    'server',
    true,
    'UNAVAILABLE',
  ],
  ['in camel case', { type: 'InternalServerError', message: 'm' }, 'server', true, 'InternalServerError'],
  [
    'of authentication',
    { error: { type: 'authentication_error', message: 'm' } },
    'authentication',
    false,
    'authentication_error',
  ],
  ['of permission', { error: { type: 'permission_error', message: 'm' } }, 'permission', false, 'permission_error'],
  ['of a missing model', { error: { type: 'not_found_error', message: 'm' } }, 'not-found', false, 'not_found_error'],
  ['of size', { error: { type: 'request_too_large', message: 'm' } }, 'too-large', false, 'request_too_large'],
  [
    'of the request',
    { error: { type: 'invalid_request_error', message: 'm' } },
    'invalid-request',
    false,
    'invalid_request_error',
  ],
  ['of the rate', { error: { type: 'rate_limit_error', message: 'm' } }, 'rate-limit', true, 'rate_limit_error'],
  ['of billing', { error: { type: 'billing_error', message: 'm' } }, 'quota', false, 'billing_error'],
  ['of the provider', { error: { type: 'api_error', message: 'm' } }, 'server', true, 'api_error'],
  ['as text', 'm', 'server', true, 'm'],
  ['as nested text', { error: 'm' }, 'server', true, 'm'],
  ['with an unknown code', { code: 'gremlins', message: 'm' }, 'server', true, 'gremlins'],
  [
    'with a code that every object has as a property',
    { code: 'constructor', type: '__proto__', message: 'm' },
    'server',
    true,
    'constructor',
  ],
];

describe('providerError', () => {
  it.each(cases)('reads an error %s', (_, body, kind, retryable, code) => {
    expect(providerError(body)).toMatchObject({ name: 'ProviderError', kind, retryable, code, message: 'm' });
  });

  it('has a message if the body has none', () => {
    for (const body of [{}, null, 7, [], [null], { error: null }, { error: { message: 7 } }] as JsonValue[]) {
      expect(providerError(body)).toMatchObject({ kind: 'server', message: 'The provider reported an error' });
    }
  });

  it('has the status, the request id and the cause, if they are known', () => {
    const cause = new Error('x');
    const error = providerError({ type: 'error', error: { code: 503, message: 'm' }, request_id: 'req_1' }, cause);
    expect(error).toMatchObject({ status: 503, requestId: 'req_1' });
    expect(error.cause).toBe(cause);
  });

  it('cuts a long message to 200 characters, at a whole character', () => {
    const { message } = providerError(`${'x'.repeat(198)}😀${'x'.repeat(5_000)}`);
    expect(message).toBe(`${'x'.repeat(198)}…`);
    expect(providerError('a  b\n\tc').message).toBe('a b c');
  });

  it('has no key in the message', () => {
    for (const key of ['sk-proj-0123456789', 'sk-ant-api03-0123456789', 'gsk_0123456789', 'xai-0123456789', 'AIzaSy0123456789']) {
      expect(providerError(`Incorrect API key: ${key} is bad`).message).toBe('Incorrect API key: … is bad');
    }
    expect(providerError('API key provided: 0123456789').message).toBe('API key provided: …');
    expect(providerError('Authorization: Bearer 0123456789').message).toBe('Authorization: Bearer …');
  });
});

describe('the details of a response that began well', () => {
  const bodies: Readonly<Record<string, string>> = {
    empty: '',
    truncated: 'data: {"type":"response.created","response":{"id":"r"}}\n\ndata: {"id":"c"',
    'malformed-event': 'data: nonsense\n\n',
    overloaded: 'data: {"type":"error","error":{"type":"overloaded_error","message":"m"}}\n\n',
  };

  it.each(Object.entries(bodies))('are in an error of kind %s', async (kind, body) => {
    for (const source of sourceNames) {
      const error = await outcomeOf(answeredWith(source, body, { 'request-id': 'req_9', 'retry-after': '2' }));
      expect(error).toMatchObject({ kind, requestId: 'req_9', retryAfterMs: 2_000 });
    }
  });

  it('do not replace those of the error itself', async () => {
    const body = 'data: {"type":"error","error":{"type":"overloaded_error","message":"m"},"request_id":"req_1"}\n\n';
    const headers = { 'x-amzn-requestid': 'req_9' };
    expect(await outcomeOf(answeredWith('messages', body, headers))).toMatchObject({
      requestId: 'req_1',
      retryAfterMs: undefined,
    });
  });
});
