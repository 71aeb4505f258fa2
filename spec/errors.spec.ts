import { describe, expect, it } from '@jest/globals';
import {
  CircuitOpenError,
  ConnectionError,
  ContentTypeError,
  EmptyStreamError,
  fillPartial,
  fromErrorInfo,
  HttpError,
  isStreamError,
  LimitError,
  MalformedEventError,
  ParseError,
  ProtocolError,
  ProviderError,
  RetryExhaustedError,
  type ServiceErrorKind,
  StreamAbortedError,
  StreamError,
  StreamTimeoutError,
  TruncatedError,
  toErrorInfo,
} from '../src/errors.js';
import type { PartialMessage } from '../src/events.js';
import { createMessageFold } from '../src/message/messageFold.js';

const cause = new TypeError('terminated');
const details = { cause, status: 429, code: 'slow_down', requestId: 'req-1', retryAfterMs: 2_000 };
const partial: PartialMessage = { ...createMessageFold().partial(), text: 'Hel' };

const errors: readonly [name: string, kind: string, retryable: boolean, error: StreamError][] = [
  ['ConnectionError', 'connection', true, new ConnectionError(undefined, details)],
  ['HttpError', 'rate-limit', true, new HttpError('Slow down', { kind: 'rate-limit', ...details })],
  ['ProviderError', 'overloaded', true, new ProviderError('Overloaded', { kind: 'overloaded', ...details })],
  ['StreamTimeoutError', 'timeout', true, new StreamTimeoutError('between', 5, details)],
  ['TruncatedError', 'truncated', true, new TruncatedError(undefined, details)],
  ['EmptyStreamError', 'empty', true, new EmptyStreamError(undefined, details)],
  ['ContentTypeError', 'content-type', false, new ContentTypeError('text/html', '<html>', details)],
  ['MalformedEventError', 'malformed-event', true, new MalformedEventError(undefined, details)],
  ['ProtocolError', 'protocol', false, new ProtocolError('An answer of another wire', details)],
  ['LimitError', 'limit', false, new LimitError('maxChars', 5, details)],
  ['StreamAbortedError', 'aborted', false, new StreamAbortedError(undefined, details)],
  ['RetryExhaustedError', 'retry-exhausted', false, new RetryExhaustedError([cause], details)],
  ['CircuitOpenError', 'circuit-open', true, new CircuitOpenError(undefined, details)],
  ['ParseError', 'parse', false, new ParseError('The answer is not JSON', '{"a":', 'length', details)],
];

describe.each(errors)('%s', (name, kind, retryable, error) => {
  it('has its literal name and kind, and is retryable if its fault is transient', () => {
    expect({ name: error.name, kind: error.kind, retryable: error.retryable }).toEqual({ name, kind, retryable });
    expect(error).toBeInstanceOf(StreamError);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe(`${name}: ${error.message}`);
  });

  it('has the details, and is recognized by its brand and kind', () => {
    expect(error).toMatchObject(details);
    expect(isStreamError(error)).toBe(true);
    expect(isStreamError(error, error.kind)).toBe(true);
    expect(isStreamError(error, error.kind === 'quota' ? 'parse' : 'quota')).toBe(false);
  });

  it('crosses a wire as plain JSON', () => {
    const { message } = error;
    const { cause: _, ...rest } = details;
    expect(toErrorInfo(error)).toEqual({ kind, message, retryable, ...rest });
  });
});

describe('the fields', () => {
  it('retryable of an HttpError and a ProviderError depends on the kind', () => {
    const transient = (kind: ServiceErrorKind) => [
      new HttpError('', { kind }).retryable,
      new ProviderError('', { kind }).retryable,
    ];
    for (const kind of ['rate-limit', 'overloaded', 'server', 'conflict'] as const) expect(transient(kind)).toEqual([true, true]);
    const final = ['authentication', 'permission', 'not-found', 'invalid-request', 'too-large', 'quota'] as const;
    for (const kind of final) expect(transient(kind)).toEqual([false, false]);
  });

  it('retryable of any error is what the details give', () => {
    expect(new HttpError('', { kind: 'server', retryable: false }).retryable).toBe(false);
    expect(new ContentTypeError('', '', { retryable: true }).retryable).toBe(true);
  });

  it('of StreamTimeoutError give the limit', () => {
    expect(new StreamTimeoutError('first', 5)).toMatchObject({
      phase: 'first',
      limitMs: 5,
      message: 'Nothing arrived within 5 ms',
    });
    expect(new StreamTimeoutError('between', 5).message).toBe('The stream was silent for 5 ms');
    expect(new StreamTimeoutError('total', 5).message).toBe('The stream was not finished within 5 ms');
  });

  it('of ContentTypeError give the content type and a snippet of the body, which the message does not contain', () => {
    expect(new ContentTypeError('text/html', '<html>')).toMatchObject({ contentType: 'text/html', snippet: '<html>' });
    expect(new ContentTypeError('', '').message).toBe('Expected text/event-stream, got no content type');
    expect(new ContentTypeError('text/html', '<secret>').message).not.toContain('secret');
  });

  it('of LimitError, RetryExhaustedError and ParseError give what is specific to them', () => {
    expect(new LimitError('maxChars', 5)).toMatchObject({ limit: 'maxChars', value: 5 });
    const exhausted = new RetryExhaustedError([new Error('first'), cause]);
    expect(exhausted).toMatchObject({ errors: [new Error('first'), cause], cause, message: 'All 2 attempts failed: TypeError' });
    expect(new ParseError('', 'text', 'stop')).toMatchObject({ text: 'text', finishReason: 'stop' });
  });
});

describe('partial', () => {
  it('is plain, enumerable data', () => {
    const error = new TruncatedError(undefined, { partial });
    expect(error.partial).toBe(partial);
    expect(Object.keys(error)).toContain('partial');
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ partial: { text: 'Hel' } });
    expect(new TruncatedError()).toHaveProperty('partial', undefined);
  });

  it('is built once, when it is read first', () => {
    let built = 0;
    const error = new TruncatedError(undefined, {
      partial: () => {
        built++;
        return partial;
      },
    });
    expect(built).toBe(0);
    expect([error.partial, error.partial, { ...error }.partial]).toEqual([partial, partial, partial]);
    expect(built).toBe(1);
  });
});

describe('fillPartial', () => {
  it('sets the partial of an error that has none, and returns the same error', () => {
    const error = new ConnectionError();
    expect(fillPartial(error, () => partial)).toBe(error);
    expect(error.partial).toBe(partial);
  });

  it('changes neither a partial that is set, nor errors of another kind', () => {
    const error = new ConnectionError(undefined, { partial });
    expect(fillPartial(error, { ...partial, text: 'other' }).partial).toBe(partial);
    expect(fillPartial(cause, partial)).not.toHaveProperty('partial');
    expect(fillPartial(undefined, partial)).toBeUndefined();
  });
});

describe('isStreamError', () => {
  it('accepts an error of another copy of the package', () => {
    const foreign = Object.assign(new Error('from a copy'), { kind: 'timeout', [Symbol.for('rxllm.StreamError')]: true });
    expect(isStreamError(foreign)).toBe(true);
    expect(isStreamError(foreign, 'timeout')).toBe(true);
    expect(isStreamError(foreign, 'parse')).toBe(false);
  });

  it.each([undefined, null, 'StreamError', cause, { kind: 'timeout' }])('rejects %p', (value) => {
    expect(isStreamError(value)).toBe(false);
  });
});

describe('toErrorInfo', () => {
  it('keeps only the name of a foreign error, because its message may contain a payload', () => {
    const none = { status: undefined, code: undefined, requestId: undefined, retryAfterMs: undefined };
    const unknown = { kind: 'unknown', retryable: false, ...none };
    expect(toErrorInfo(new RangeError('sk-secret'))).toEqual({ message: 'RangeError', ...unknown });
    expect(toErrorInfo('sk-secret')).toEqual({ message: 'Unknown error', ...unknown });
  });
});

describe('fromErrorInfo', () => {
  it('makes an error with the same kind, message and fields', () => {
    const details = { status: 429, code: 'slow_down', requestId: 'request-1', retryAfterMs: 20 };
    const info = toErrorInfo(new HttpError('Slow down', { kind: 'rate-limit', ...details }));
    const error = fromErrorInfo(info);
    expect(isStreamError(error, 'rate-limit')).toBe(true);
    expect(toErrorInfo(error)).toEqual(info);
  });
});
