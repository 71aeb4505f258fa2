import { describe, expect, it } from '@jest/globals';
import { fromErrorInfo } from '../../src/attempts/fromErrorInfo.js';
import { HttpError, isStreamError, toErrorInfo } from '../../src/errors.js';

describe('fromErrorInfo', () => {
  it('makes an error that tells the same', () => {
    const details = { status: 429, code: 'slow_down', requestId: 'request-1', retryAfterMs: 20 };
    const info = toErrorInfo(new HttpError('Slow down', { kind: 'rate-limit', ...details }));
    const error = fromErrorInfo(info);
    expect(isStreamError(error, 'rate-limit')).toBe(true);
    expect(toErrorInfo(error)).toEqual(info);
  });
});
