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
  toFault,
  ValidationError,
} from '../src/errors.js';
import type { ErrorInfo, PartialMessage } from '../src/events.js';
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
  ['ParseError', 'parse', false, new ParseError('The answer is not JSON', '{"a":', 'length', { ...details, offset: 5, line: 1 })],
  ['ValidationError', 'validation', false, new ValidationError([{ message: 'Too short', path: ['a', 0] }], { a: [''] }, details)],
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
    expect(toFault(error)).toEqual({ name, kind, message, retryable, ...rest, details: undefined, partial: undefined });
    expect(toErrorInfo(error)).toMatchObject({ name, kind, message, retryable, ...rest });
  });

  it('comes back as an error of the same class, with its fields and its partial', () => {
    const whole = fillPartial(error, () => partial);
    const copy = fromErrorInfo(JSON.parse(JSON.stringify(toErrorInfo(whole))) as ErrorInfo);
    expect(Object.getPrototypeOf(copy)).toBe(Object.getPrototypeOf(error));
    expect(String(copy)).toBe(String(error));
    // Without the causes, of which only the errors of the attempts are kept.
    const definedKeys = (error: object): string[] => Object.keys(JSON.parse(JSON.stringify(error))).sort();
    const fieldsOf = ({ ...fields }: StreamError): object => ({ ...fields, errors: undefined });
    expect(fieldsOf(copy)).toEqual(fieldsOf(whole));
    expect(definedKeys(copy)).toEqual(definedKeys(whole));
    expect(copy.stack).toBe(String(error));
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
    const unknown = { kind: 'unknown', retryable: false, ...none, details: undefined, partial: undefined };
    expect(toErrorInfo(new RangeError('sk-secret'))).toEqual({ name: 'RangeError', message: 'RangeError', ...unknown });
    expect(toErrorInfo('sk-secret')).toEqual({ name: 'Unknown error', message: 'Unknown error', ...unknown });
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

  it('keeps the errors of the attempts, and the last of them as the cause', () => {
    const attempts = [new HttpError('Slow down', { kind: 'rate-limit', status: 429 }), new StreamTimeoutError('first', 5)];
    const copy = fromErrorInfo(JSON.parse(JSON.stringify(toErrorInfo(new RetryExhaustedError(attempts)))) as ErrorInfo);
    const { errors = [] } = copy as Partial<RetryExhaustedError>;
    expect(errors.map((error) => error instanceof StreamError && error.name)).toEqual(['HttpError', 'StreamTimeoutError']);
    expect(errors).toMatchObject([{ status: 429 }, { phase: 'first', limitMs: 5 }]);
    expect(copy.cause).toBe(errors[1]);
  });

  it('makes an error with the name and kind of a class that it does not know, or whose fields an event lacks', () => {
    const info = { ...toErrorInfo(new ConnectionError('Lost')), name: 'GapError', kind: 'gap', details: { last: 5 } };
    const error = fromErrorInfo(info);
    expect(error).toMatchObject({ name: 'GapError', kind: 'gap', message: 'Lost', last: 5 });
    expect(toErrorInfo(error)).toEqual(info);
    const late = fromErrorInfo(toFault(new StreamTimeoutError('first', 5)));
    expect(late).toMatchObject({ name: 'StreamTimeoutError', kind: 'timeout', message: 'Nothing arrived within 5 ms' });
    expect(late).not.toHaveProperty('phase');
  });

  it.each(['toString', '__proto__', 'constructor', ''])('is an error of no class for the name %j', (name) => {
    const error = fromErrorInfo({ ...toErrorInfo(new ConnectionError()), name });
    expect(isStreamError(error, 'connection')).toBe(true);
    expect(error).not.toBeInstanceOf(ConnectionError);
  });

  it('sets no prototype and no field that every error has from details', () => {
    const details = JSON.parse('{"__proto__":{"polluted":true},"kind":"quota","stack":"at x","limit":"maxChars"}');
    const error = fromErrorInfo({ ...toErrorInfo(new LimitError('maxChars', 5)), details });
    expect(error).toBeInstanceOf(LimitError);
    expect(error).toMatchObject({ kind: 'limit', limit: 'maxChars' });
    expect('polluted' in error).toBe(false);
    expect(error.stack).not.toContain('at x');
  });

  it('leaves out what JSON cannot represent', () => {
    const value: Record<string, unknown> = {};
    value['self'] = value;
    const info = toErrorInfo(new ParseError('Not JSON', 'text', 'stop', { value }));
    expect(info.details).toEqual({ text: 'text', finishReason: 'stop', offset: undefined, line: undefined, value: undefined });
  });
});
