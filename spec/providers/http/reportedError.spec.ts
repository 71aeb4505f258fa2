import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/events.js';
import { hasError, reportsError } from '../../../src/providers/http/reportedError.js';

describe('reportsError', () => {
  it.each<JsonObject>([
    { error: 'boom' },
    { error: true, message: 'boom' },
    { errors: [{ message: 'boom' }], success: false },
    { detail: 'Not authenticated' },
    { detail: [{ loc: ['body'], msg: 'field required' }] },
    { base_resp: { status_code: 1002, status_msg: 'rate limit' } },
    { choices: null, error_type: 'BadRequestError', error_message: 'too long' },
    { error_code: 336_003, error_msg: 'too long' },
    { errcode: 40_001, errmsg: 'invalid credential' },
    { code: 1301, message: 'unsafe' },
    { code: 'InvalidParameter', message: 'bad', request_id: 'r' },
    { status: 'error', message: 'boom' },
    { status: 'FAILED', id: 'task-1' },
    { type: 'error', message: 'boom' },
    { type: 'invalid_request_error', message: 'bad', param: null, code: null },
    { object: 'error', message: 'bad' },
    { __type: 'ThrottlingException' },
    { type: 'about:blank', title: 'Too Many Requests', status: 429 },
    { statusCode: '503', message: 'unavailable' },
    { fault: { faultstring: 'quota violation' } },
    { message: 'no Route matched with those values' },
    { Message: 'User is not authorized', request_id: 'r' },
    { success: false },
  ])('is true for %j', (payload) => {
    expect(reportsError(payload)).toBe(true);
  });

  it.each<JsonObject>([
    {},
    { id: 'c', object: 'chat.completion.chunk', choices: [] },
    { error: null },
    { error: false, errors: [], detail: '', error_code: 0, error_msg: '' },
    { base_resp: { status_code: 0, status_msg: '' } },
    { code: 0, message: 'Success' },
    { code: '200', msg: 'ok' },
    { status: 'processing', message: 'queued' },
    { status: 200 },
    { type: 'metadata', message: 'hello' },
    { success: true },
    { note: 'a payload without a type' },
    { id: 'c', message: 'Hi' },
  ])('is false for %j', (payload) => {
    expect(reportsError(payload)).toBe(false);
  });
});

describe('hasError', () => {
  it('asks only for what says that it is an error', () => {
    const payloads: readonly JsonObject[] = [
      { error: {} },
      { error: '' },
      { error: 'x' },
      { errors: [1] },
      { type: 'error' },
      { detail: 'x' },
    ];
    expect(payloads.map(hasError)).toEqual([false, false, true, true, true, false]);
  });
});
