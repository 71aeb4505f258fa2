import type { ErrorInfo, PartialMessage } from './events.js';

const brand = Symbol.for('rxllm.StreamError');

/** What a status or an error body says went wrong. */
export type ServiceErrorKind =
  | 'authentication'
  | 'permission'
  | 'not-found'
  | 'invalid-request'
  | 'too-large'
  | 'rate-limit'
  | 'quota'
  | 'overloaded'
  | 'server'
  | 'conflict';

/** What kind of fault an error is: each class has one of its own, errors of a service tell theirs. */
export type StreamErrorKind =
  | ServiceErrorKind
  | 'connection'
  | 'timeout'
  | 'truncated'
  | 'empty'
  | 'content-type'
  | 'malformed-event'
  | 'limit'
  | 'aborted'
  | 'retry-exhausted'
  | 'circuit-open'
  | 'parse'
  | 'validation';

/** A message so far, or how to make it when somebody asks. */
export type PartialSource = PartialMessage | (() => PartialMessage);

/** What an error of ours can carry beside its message. */
export interface StreamErrorDetails {
  /** Whether the fault is transient, whatever was delivered. @defaultValue the class's own */
  readonly retryable?: boolean | undefined;
  /** What the stream had said. @defaultValue none */
  readonly partial?: PartialSource | undefined;
  readonly cause?: unknown;
  /** The HTTP status. */
  readonly status?: number | undefined;
  /** The provider's own code. */
  readonly code?: string | undefined;
  readonly requestId?: string | undefined;
  /** How long the provider asks us to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** The one base class of all errors that a stream can end with. */
export abstract class StreamError extends Error {
  abstract readonly kind: StreamErrorKind;
  /** Whether the fault is transient, whatever was delivered. */
  readonly retryable: boolean;
  /** What the stream had said before the fault. */
  declare readonly partial: PartialMessage | undefined;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(name: string, message: string, retryable: boolean, details: StreamErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    // A literal, because a minifier renames classes.
    Object.defineProperty(this, 'name', { value: name, configurable: true, writable: true });
    Object.defineProperty(this, brand, { value: true });
    this.retryable = details.retryable ?? retryable;
    this.status = details.status;
    this.code = details.code;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    setPartial(this, details.partial);
  }
}

/** The request or the connection failed before a definite end. */
export class ConnectionError extends StreamError {
  readonly kind = 'connection';
  constructor(message = 'The connection failed', details: StreamErrorDetails = {}) {
    super('ConnectionError', message, true, details);
  }
}

/** What an error that a service reported carries. */
export interface ServiceErrorDetails extends StreamErrorDetails {
  readonly kind: ServiceErrorKind;
}

const transientKinds: ReadonlySet<ServiceErrorKind> = new Set(['rate-limit', 'overloaded', 'server', 'conflict']);

/** The provider answered with an HTTP error status. */
export class HttpError extends StreamError {
  readonly kind: ServiceErrorKind;
  constructor(message: string, details: ServiceErrorDetails) {
    super('HttpError', message, transientKinds.has(details.kind), details);
    this.kind = details.kind;
  }
}

/** The provider reported an error inside a stream that had begun well. */
export class ProviderError extends StreamError {
  readonly kind: ServiceErrorKind;
  constructor(message: string, details: ServiceErrorDetails) {
    super('ProviderError', message, transientKinds.has(details.kind), details);
    this.kind = details.kind;
  }
}

/** Which limit was passed: for the first event, between two events, or for the whole stream. */
export type TimeoutPhase = 'first' | 'between' | 'total';

/** The stream was silent, or went on, longer than allowed. */
export class StreamTimeoutError extends StreamError {
  readonly kind = 'timeout';
  readonly phase: TimeoutPhase;
  /** The limit that was passed, in milliseconds. */
  readonly limitMs: number;
  constructor(phase: TimeoutPhase, limitMs: number, details: StreamErrorDetails = {}) {
    super('StreamTimeoutError', timeoutMessages[phase](limitMs), true, details);
    this.phase = phase;
    this.limitMs = limitMs;
  }
}

const timeoutMessages: Readonly<Record<TimeoutPhase, (limitMs: number) => string>> = {
  first: (limitMs) => `Nothing arrived within ${limitMs} ms`,
  between: (limitMs) => `The stream was silent for ${limitMs} ms`,
  total: (limitMs) => `The stream was not finished within ${limitMs} ms`,
};

/** The stream ended without the provider's definite end: the answer is cut. */
export class TruncatedError extends StreamError {
  readonly kind = 'truncated';
  constructor(message = 'The stream ended before the answer was complete', details: StreamErrorDetails = {}) {
    super('TruncatedError', message, true, details);
  }
}

/** The provider accepted the request and sent nothing. */
export class EmptyStreamError extends StreamError {
  readonly kind = 'empty';
  constructor(message = 'The stream ended without an answer', details: StreamErrorDetails = {}) {
    super('EmptyStreamError', message, true, details);
  }
}

/** The answer is not an event stream, for instance an HTML page of a proxy. */
export class ContentTypeError extends StreamError {
  readonly kind = 'content-type';
  readonly contentType: string;
  /** The beginning of the body, at most 1 kB. */
  readonly snippet: string;
  constructor(contentType: string, snippet: string, details: StreamErrorDetails = {}) {
    super('ContentTypeError', `Expected text/event-stream, got ${contentType || 'no content type'}`, false, details);
    this.contentType = contentType;
    this.snippet = snippet;
  }
}

/** An event's data is not JSON. */
export class MalformedEventError extends StreamError {
  readonly kind = 'malformed-event';
  constructor(message = 'An event is not valid JSON', details: StreamErrorDetails = {}) {
    super('MalformedEventError', message, true, details);
  }
}

/** A limit that the caller set, or a documented cap, was passed. */
export class LimitError extends StreamError {
  readonly kind = 'limit';
  /** The option that sets the limit. */
  readonly limit: string;
  readonly value: number;
  constructor(limit: string, value: number, details: StreamErrorDetails = {}) {
    super('LimitError', `The stream passed ${limit} (${value})`, false, details);
    this.limit = limit;
    this.value = value;
  }
}

/** The caller's own signal aborted the request; `cause` is the signal's reason. */
export class StreamAbortedError extends StreamError {
  readonly kind = 'aborted';
  constructor(message = 'The stream was aborted', details: StreamErrorDetails = {}) {
    super('StreamAbortedError', message, false, details);
  }
}

/** Every attempt failed. */
export class RetryExhaustedError extends StreamError {
  readonly kind = 'retry-exhausted';
  /** The error of each attempt, in order. */
  readonly errors: readonly unknown[];
  constructor(errors: readonly unknown[], details: StreamErrorDetails = {}) {
    super('RetryExhaustedError', `All ${errors.length} attempts failed`, false, { cause: errors.at(-1), ...details });
    this.errors = errors;
  }
}

/** A breaker let no request through, because the provider is unwell; `retryAfterMs` says when it lets one try, if it knows. */
export class CircuitOpenError extends StreamError {
  readonly kind = 'circuit-open';
  constructor(message = 'The circuit is open', details: StreamErrorDetails = {}) {
    super('CircuitOpenError', message, true, details);
  }
}

/** What a {@link ParseError} can carry beside its message. */
export interface ParseErrorDetails extends StreamErrorDetails {
  /** Where the text is wrong or cut, in UTF-16 code units from its beginning. */
  readonly offset?: number | undefined;
  /** The line where the text is wrong or cut, counted from 1. */
  readonly line?: number | undefined;
  /** What had been read up to there. */
  readonly value?: unknown;
}

/** The text is not what the parser reads. */
export class ParseError extends StreamError {
  readonly kind = 'parse';
  /** The text that could not be parsed. */
  readonly text: string;
  readonly finishReason: string | undefined;
  /** Where the text is wrong or cut, in UTF-16 code units from its beginning, if it is known. */
  readonly offset: number | undefined;
  /** The line where the text is wrong or cut, counted from 1, if it is known. */
  readonly line: number | undefined;
  /** What had been read up to there: the last good value. */
  readonly value: unknown;
  constructor(message: string, text: string, finishReason?: string, details: ParseErrorDetails = {}) {
    super('ParseError', message, false, details);
    this.text = text;
    this.finishReason = finishReason;
    this.offset = details.offset;
    this.line = details.line;
    this.value = details.value;
  }
}

/** What a schema objects to, and where. */
export interface ValidationIssue {
  readonly message: string;
  /** The keys and indices that lead there from the value. */
  readonly path: readonly PropertyKey[];
}

/** A value is not what its schema asks for. */
export class ValidationError extends StreamError {
  readonly kind = 'validation';
  readonly issues: readonly ValidationIssue[];
  /** The value as it was before validation. */
  readonly value: unknown;
  constructor(issues: readonly ValidationIssue[], value: unknown, details: StreamErrorDetails = {}) {
    const count = issues.length === 1 ? '1 issue' : `${issues.length} issues`;
    super('ValidationError', `The value does not match its schema (${count})`, false, details);
    this.issues = issues;
    this.value = value;
  }
}

/**
 * Tells whether a value is one of our errors, also when another copy of the package made it.
 *
 * @param kind Accept only this kind. @defaultValue every kind
 * @example catchError((error) => isStreamError(error, 'rate-limit') ? EMPTY : throwError(() => error))
 */
export function isStreamError(error: unknown, kind?: StreamErrorKind): error is StreamError {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false;
  return kind === undefined || ('kind' in error && error.kind === kind);
}

/** Fills `partial` of an error that was made where the events are not known. The first partial stands. */
export function fillPartial<E>(error: E, partial: PartialSource): E {
  if (isStreamError(error) && error.partial === undefined) setPartial(error, partial);
  return error;
}

/** An error as plain JSON; a foreign error tells only its name, because its message may hold a payload. */
export function toErrorInfo(error: unknown): ErrorInfo {
  if (isStreamError(error)) {
    const { kind, message, retryable, status, code, requestId, retryAfterMs } = error;
    return { kind, message, retryable, status, code, requestId, retryAfterMs };
  }
  const message = error instanceof Error ? error.name : 'Unknown error';
  const none = undefined;
  return { kind: 'unknown', message, retryable: false, status: none, code: none, requestId: none, retryAfterMs: none };
}

/** An error that is known only from an event. */
class ReportedError extends StreamError {
  readonly kind: StreamErrorKind;
  constructor(info: ErrorInfo) {
    super('StreamError', info.message, info.retryable, info);
    this.kind = info.kind as StreamErrorKind;
  }
}

/** The error that an event reports, for code that has the event only. */
export function fromErrorInfo(info: ErrorInfo): StreamError {
  return new ReportedError(info);
}

/** Own and enumerable like plain data, but only folded when somebody looks. */
function setPartial(error: StreamError, partial: PartialSource | undefined): void {
  const define = (value: PartialMessage | undefined): void => {
    Object.defineProperty(error, 'partial', { value, enumerable: true, configurable: true });
  };
  if (typeof partial !== 'function') return define(partial);
  Object.defineProperty(error, 'partial', {
    get() {
      const value = partial();
      define(value);
      return value;
    },
    enumerable: true,
    configurable: true,
  });
}
