import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '../../../src/events.js';
import { httpError, providerError } from '../../../src/providers/http/responseErrors.js';
import { isErrorBody } from '../../../src/providers/http/serviceFault.js';

const wordsOfKinds: Readonly<Record<string, string>> = {
  // AWS
  'validationException ValidationError': 'invalid-request',
  'accessDeniedException AccessDenied.Unpurchased Workspace.AccessDenied': 'permission',
  'UnrecognizedClientException ExpiredTokenException InvalidSignatureException MissingAuthenticationTokenException':
    'authentication',
  'resourceNotFoundException DeploymentNotFound model_not_found ModelNotFound unknown_model': 'not-found',
  'serviceQuotaExceededException Arrearage 1113 1308 insufficient_user_quota credit_balance_exhausted': 'quota',
  'throttlingException Throttling Throttling.RateQuota Throttling.AllocationQuota limit_burst_rate 1302': 'rate-limit',
  'litellm.RateLimitError rate_limit_error too_many_concurrent_requests RESOURCE_EXHAUSTED': 'rate-limit',
  'internalServerException InternalError InternalError.Algo modelTimeoutException context_deadline_exceeded gremlins': 'server',
  'serviceUnavailableException UNAVAILABLE upstream_error RequestTimeOut APIConnectionError litellm.APIError': 'server',
  'EngineOverloadedError overloaded_error model_at_capacity engine_busy': 'overloaded',
  // DashScope, llama.cpp, Google, Azure, Z.ai
  'DataInspectionFailed InvalidParameter.DataInspection BadRequest.EmptyInput UnsupportedOperation': 'invalid-request',
  'exceed_context_size_error not_supported_error invalid_request_error BadRequestError': 'invalid-request',
  'FAILED_PRECONDITION OUT_OF_RANGE UNIMPLEMENTED INVALID_ARGUMENT': 'invalid-request',
  'ResponsibleAIPolicyViolation content_filter moderation_blocked prompt_too_long 1301 1261': 'invalid-request',
  'InvalidApiKey invalid_api_key token_expired UNAUTHENTICATED 1002': 'authentication',
};

const pairs = Object.entries(wordsOfKinds).flatMap(([words, kind]) => words.split(' ').map((word) => [word, kind] as const));

const transient = new Set(['rate-limit', 'overloaded', 'server', 'conflict']);

describe('the words for errors', () => {
  it.each(pairs)('%s is %s', (word, kind) => {
    for (const body of [{ error: { type: word, message: 'm' } }, { error: { code: word, message: 'm' } }]) {
      expect(providerError(body)).toMatchObject({ kind, retryable: transient.has(kind), code: word, message: 'm' });
    }
  });

  it('are read before a general status that stands only in the body, but not before the status of the response', () => {
    const body = { error: { code: 500, type: 'BadRequestError', message: 'm' } };
    expect(providerError(body)).toMatchObject({ kind: 'invalid-request', retryable: false, status: 500 });
    expect(httpError({ status: 500, headers: new Headers(), body })).toMatchObject({ kind: 'server', retryable: true });
    expect(providerError({ code: 400, type: 'server_error', message: 'm' })).toMatchObject({ kind: 'invalid-request' });
  });

  it('take no longer for a long word', () => {
    const word = `exceed_${'context_prompt_'.repeat(20_000)}`;
    expect(providerError({ code: word, message: 'm' })).toMatchObject({ kind: 'server', code: undefined });
  });
});

/** Body, kind, code, message. */
const shapes: readonly (readonly [string, JsonValue, string, string | undefined, string])[] = [
  ['error is a list', { error: [{ type: 'rate_limit_error', message: 'why' }] }, 'rate-limit', 'rate_limit_error', 'why'],
  ['errors is a list', { errors: [{ code: 7003, message: 'why' }], success: false }, 'server', '7003', 'why'],
  ['errors is a list of texts', { errors: ['why not'] }, 'server', undefined, 'why not'],
  ['errors has a known number', { errors: [{ code: 3036, message: 'why' }] }, 'quota', '3036', 'why'],
  [
    'error within error',
    { error: { error: { type: 'overloaded_error', message: 'why' } } },
    'overloaded',
    'overloaded_error',
    'why',
  ],
  [
    'JSON in a text',
    { error: '{"error":{"code":"invalid_api_key","message":"why"}}' },
    'authentication',
    'invalid_api_key',
    'why',
  ],
  [
    'JSON in the message',
    { error: { message: '{"type":"not_found_error","message":"why"}' } },
    'not-found',
    'not_found_error',
    'why',
  ],
  ['error: true', { error: true, message: 'why', status: 503 }, 'server', '503', 'why'],
  ['a word beside a message', { error: 'quota_exceeded', message: 'why' }, 'quota', 'quota_exceeded', 'why'],
  ['status_code', { error: { status_code: 429, message: 'why' } }, 'rate-limit', '429', 'why'],
  ['http_code as text', { type: 'error', error: { http_code: '413', message: 'why' } }, 'too-large', '413', 'why'],
  ['status beside error', { status: 401, error: { message: 'why' } }, 'authentication', '401', 'why'],
  ['detail is a text', { detail: 'why not' }, 'server', undefined, 'why not'],
  ['detail is a list', { detail: [{ loc: ['body', 'n'], msg: 'why', type: 'missing' }] }, 'invalid-request', 'missing', 'why'],
  [
    'error_type, error_message',
    { error_type: 'AuthenticationError', error_message: 'why' },
    'authentication',
    'AuthenticationError',
    'why',
  ],
  ['base_resp', { base_resp: { status_code: 1008, status_msg: 'why' } }, 'quota', 'base_resp_1008', 'why'],
  ['base_resp of the rate', { base_resp: { status_code: 1002, status_msg: 'why' } }, 'rate-limit', 'base_resp_1002', 'why'],
  ['flat with a number', { code: '1214', message: 'why' }, 'invalid-request', '1214', 'why'],
  ['an exception as a name', { throttlingException: { message: 'why' } }, 'rate-limit', 'throttlingException', 'why'],
  ['the message of the wrapper', { message: 'why', error: { code: 'x' } }, 'server', 'x', 'why'],
  [
    'an empty inner message',
    { message: 'why', error: { code: 'rate_limit_exceeded', message: '' } },
    'rate-limit',
    'rate_limit_exceeded',
    'why',
  ],
  ['only a message', { message: 'why' }, 'server', undefined, 'why'],
];

describe('the shapes of errors', () => {
  it.each(shapes)('%s', (_, body, kind, code, message) => {
    expect(isErrorBody(body)).toBe(true);
    expect(providerError(body)).toMatchObject({ kind, code, message });
  });

  it('reads nothing into a payload that is no error', () => {
    for (const body of [
      {},
      [],
      null,
      7,
      'x',
      { error: null },
      { error: false, choices: [] },
      { base_resp: { status_code: 0 } },
    ]) {
      expect(isErrorBody(body)).toBe(false);
    }
    for (const body of [
      { code: 0, message: 'ok' },
      { code: 200, message: 'ok' },
      { errors: [] },
      { type: 'ping' },
      { message: {} },
    ]) {
      expect(isErrorBody(body as JsonValue)).toBe(false);
    }
  });

  it('reads no deeper than a few levels', () => {
    let body: JsonValue = { message: 'deep' };
    for (let depth = 0; depth < 50_000; depth++) body = { error: body };
    expect(providerError(body)).toMatchObject({ kind: 'server', message: 'The provider reported an error' });
  });
});
