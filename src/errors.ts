import type { ErrorInfo, JsonObject, JsonValue, PartialMessage } from './events.js';

/** Marks our errors. By `Symbol.for`, so that two copies of the package recognize each other's errors. */
const brand = Symbol.for('rxllm.StreamError');

/** The fault that a provider reports, by an HTTP status or in an error object. */
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

/**
 * The fault of an error. {@link HttpError} and {@link ProviderError} have the kind that the provider reports; each other class has a kind
 * of its own, but for {@link NotFoundError}, which shares `not-found` with them.
 */
export type StreamErrorKind =
  | ServiceErrorKind
  | 'connection'
  | 'timeout'
  | 'truncated'
  | 'empty'
  | 'content-type'
  | 'malformed-event'
  | 'protocol'
  | 'limit'
  | 'aborted'
  | 'retry-exhausted'
  | 'circuit-open'
  | 'fenced'
  | 'gap'
  | 'parse'
  | 'validation';

/** The message so far, or a function that builds it when `partial` is read. */
export type PartialSource = PartialMessage | (() => PartialMessage);

/** The details of a {@link StreamError}. */
export interface StreamErrorDetails {
  /** Whether the fault is transient, whatever the stream had emitted. @defaultValue depends on the class */
  readonly retryable?: boolean | undefined;
  /** The message so far. @defaultValue `undefined` */
  readonly partial?: PartialSource | undefined;
  readonly cause?: unknown;
  /** The HTTP status. */
  readonly status?: number | undefined;
  /** The provider's own error code. */
  readonly code?: string | undefined;
  /** The provider's id of the request, for its support. */
  readonly requestId?: string | undefined;
  /** How long the provider asks the client to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** The details of an error that the head of a response tells. */
export type ResponseDetails = Pick<StreamErrorDetails, 'requestId' | 'retryAfterMs'>;

/**
 * The base class of all errors of this package that a stream emits. Check for one with {@link isStreamError}, which also accepts errors of
 * another copy of the package, in contrast to `instanceof`.
 *
 * The message is the provider's own, or describes the fault without any text of the prompt or the answer.
 */
export abstract class StreamError extends Error {
  abstract readonly kind: StreamErrorKind;
  /** Whether the fault is transient, so that the same request may succeed later. It does not depend on what the stream had emitted. */
  declare readonly retryable: boolean;
  /** The message so far, as the stream had emitted it before the error. */
  declare readonly partial: PartialMessage | undefined;
  /** The HTTP status. */
  declare readonly status: number | undefined;
  /** The provider's own error code. */
  declare readonly code: string | undefined;
  /** The provider's id of the request, for its support. */
  declare readonly requestId: string | undefined;
  /** How long the provider asks the client to wait, in milliseconds. */
  declare readonly retryAfterMs: number | undefined;

  constructor(name: string, message: string, retryable: boolean, details: StreamErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : details);
    Object.defineProperties(this, {
      // Not the name of the class, because minifiers rename classes.
      name: { value: name, configurable: true, writable: true },
      [brand]: { value: true },
    });
    this.retryable = details.retryable ?? retryable;
    this.status = details.status;
    this.code = details.code;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    setPartial(this, details.partial);
  }
}

/** The request could not be sent, or the connection failed before the response was complete. Retryable. */
export class ConnectionError extends StreamError {
  readonly kind = 'connection';
  constructor(message = 'The connection failed', details?: StreamErrorDetails) {
    super('ConnectionError', message, true, details);
  }
}

/** The details of an error that the provider reported. */
export interface ServiceErrorDetails extends StreamErrorDetails {
  readonly kind: ServiceErrorKind;
}

const transientKinds: ReadonlySet<ServiceErrorKind> = new Set(['rate-limit', 'overloaded', 'server', 'conflict']);

/** The provider responded with an HTTP error status. Retryable if its kind is `rate-limit`, `overloaded`, `server` or `conflict`. */
export class HttpError extends StreamError {
  declare readonly kind: ServiceErrorKind;
  constructor(message: string, details: ServiceErrorDetails) {
    super('HttpError', message, transientKinds.has(details.kind), details);
    this.kind = details.kind;
  }
}

/** The provider reported an error within a response of status 200. Retryable for the same kinds as {@link HttpError}. */
export class ProviderError extends StreamError {
  declare readonly kind: ServiceErrorKind;
  constructor(message: string, details: ServiceErrorDetails) {
    super('ProviderError', message, transientKinds.has(details.kind), details);
    this.kind = details.kind;
  }
}

/** Which time limit was exceeded: until the first event, between two events, or for the whole stream. */
export type TimeoutPhase = 'first' | 'between' | 'total';

/** The stream was silent, or lasted, longer than a time limit. Retryable. */
export class StreamTimeoutError extends StreamError {
  readonly kind = 'timeout';
  declare readonly phase: TimeoutPhase;
  /** The limit that was exceeded, in milliseconds. */
  declare readonly limitMs: number;
  constructor(phase: TimeoutPhase, limitMs: number, details?: StreamErrorDetails) {
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

/** The response ended without a definite end of the answer: the answer is cut off. Retryable. */
export class TruncatedError extends StreamError {
  readonly kind = 'truncated';
  constructor(message = 'The stream ended before the answer was complete', details?: StreamErrorDetails) {
    super('TruncatedError', message, true, details);
  }
}

/** The response ended without any content. Retryable. */
export class EmptyStreamError extends StreamError {
  readonly kind = 'empty';
  constructor(message = 'The stream ended without an answer', details?: StreamErrorDetails) {
    super('EmptyStreamError', message, true, details);
  }
}

/** The response is not an event stream, but for instance an HTML page of a proxy. */
export class ContentTypeError extends StreamError {
  readonly kind = 'content-type';
  declare readonly contentType: string;
  /** The first kilobyte of the body. */
  declare readonly snippet: string;
  constructor(contentType: string, snippet: string, details: StreamErrorDetails = {}) {
    const got = contentType.startsWith('text/event-stream') ? 'a body without events' : contentType || 'no content type';
    super('ContentTypeError', `Expected text/event-stream, got ${got}`, false, details);
    this.contentType = contentType;
    this.snippet = snippet;
  }
}

/** The data of an event is not JSON. Retryable. */
export class MalformedEventError extends StreamError {
  readonly kind = 'malformed-event';
  constructor(message = 'An event is not valid JSON', details?: StreamErrorDetails) {
    super('MalformedEventError', message, true, details);
  }
}

/**
 * What came is no stream of this package's events: a wrong wire, a client function that gives no Response, or events that begin in the
 * middle of an answer. Never retryable: the code is wrong, and the message names the cure.
 */
export class ProtocolError extends StreamError {
  readonly kind = 'protocol';
  constructor(message: string, details?: StreamErrorDetails) {
    super('ProtocolError', message, false, { ...details, retryable: false });
  }
}

/** The stream exceeded a limit that an option sets or defaults to. */
export class LimitError extends StreamError {
  readonly kind = 'limit';
  /** The name of the option. */
  declare readonly limit: string;
  /** The value of the option. */
  declare readonly value: number;
  constructor(limit: string, value: number, details?: StreamErrorDetails) {
    super('LimitError', `The stream passed ${limit} (${value})`, false, details);
    this.limit = limit;
    this.value = value;
  }
}

/** The caller aborted the request by an `AbortSignal`; `cause` is the reason of the signal. */
export class StreamAbortedError extends StreamError {
  readonly kind = 'aborted';
  constructor(message = 'The stream was aborted', details?: StreamErrorDetails) {
    super('StreamAbortedError', message, false, details);
  }
}

/** All attempts failed. `cause` is the error of the last one. */
export class RetryExhaustedError extends StreamError {
  readonly kind = 'retry-exhausted';
  /** The error of each attempt, in order. */
  declare readonly errors: readonly unknown[];
  constructor(errors: readonly unknown[], details: StreamErrorDetails = {}) {
    const cause = errors.at(-1);
    const message = isStreamError(cause) ? cause.message : nameOf(cause);
    super('RetryExhaustedError', `All ${errors.length} attempts failed: ${message}`, false, { cause, ...details });
    this.errors = errors;
  }
}

/**
 * A breaker blocked the request, because too many requests to the provider failed. Retryable; `retryAfterMs` is the time until the breaker
 * lets a request pass, if that is known.
 */
export class CircuitOpenError extends StreamError {
  readonly kind = 'circuit-open';
  constructor(message = 'The circuit is open', details?: StreamErrorDetails) {
    super('CircuitOpenError', message, true, details);
  }
}

/**
 * A stream in a store has another producer by now, or has ended: nothing of this one can be added to it. Never retryable: who holds the
 * stream goes on with it.
 */
export class FencedError extends StreamError {
  readonly kind = 'fenced';
  constructor(message = 'Another producer holds the stream, or it has ended', details?: StreamErrorDetails) {
    super('FencedError', message, false, details);
  }
}

/**
 * What a reader of a stored stream asks for cannot be given without a gap: the id that it goes on after is not in the log, or what follows
 * was lost. `code` is `malformed_id`, `unknown_id` or `lost`. Not retryable: read from the beginning.
 */
export class GapError extends StreamError {
  readonly kind = 'gap';
  constructor(message = 'The log has nothing that follows without a gap', details?: StreamErrorDetails) {
    super('GapError', message, false, details);
  }
}

/** A store has no stream of this id: it was never claimed, or its retention has passed. Not retryable. */
export class NotFoundError extends StreamError {
  readonly kind = 'not-found';
  constructor(message = 'There is no stream of this id', details?: StreamErrorDetails) {
    super('NotFoundError', message, false, details);
  }
}

/** The details of a {@link ParseError}. */
export interface ParseErrorDetails extends StreamErrorDetails {
  /** The position of the error, in UTF-16 code units from the beginning of the text. */
  readonly offset?: number | undefined;
  /** The line of the error, counted from 1. */
  readonly line?: number | undefined;
  /** The value that was parsed up to the error. */
  readonly value?: unknown;
}

/** The text is not in the format that the parser expects, or is cut off. */
export class ParseError extends StreamError {
  readonly kind = 'parse';
  /** The text that could not be parsed. */
  declare readonly text: string;
  /** Why the answer ended, if it has ended. */
  declare readonly finishReason: string | undefined;
  /** The position of the error, in UTF-16 code units from the beginning of the text, if known. */
  declare readonly offset: number | undefined;
  /** The line of the error, counted from 1, if known. */
  declare readonly line: number | undefined;
  /** The value that was parsed up to the error. */
  declare readonly value: unknown;
  constructor(message: string, text: string, finishReason?: string, details: ParseErrorDetails = {}) {
    super('ParseError', message, false, details);
    this.text = text;
    this.finishReason = finishReason;
    this.offset = details.offset;
    this.line = details.line;
    this.value = details.value;
  }
}

/** One problem that a schema found. */
export interface ValidationIssue {
  readonly message: string;
  /** The keys and indices from the value to the problem. */
  readonly path: readonly PropertyKey[];
}

/** A value does not match its schema. */
export class ValidationError extends StreamError {
  readonly kind = 'validation';
  declare readonly issues: readonly ValidationIssue[];
  /** The value that was validated. */
  declare readonly value: unknown;
  constructor(issues: readonly ValidationIssue[], value: unknown, details: StreamErrorDetails = {}) {
    const count = issues.length === 1 ? '1 issue' : `${issues.length} issues`;
    super('ValidationError', `The value does not match its schema (${count})`, false, details);
    this.issues = issues;
    this.value = value;
  }
}

type ErrorOfOwnKind =
  | ConnectionError
  | StreamTimeoutError
  | TruncatedError
  | EmptyStreamError
  | ContentTypeError
  | MalformedEventError
  | ProtocolError
  | LimitError
  | StreamAbortedError
  | RetryExhaustedError
  | CircuitOpenError
  | FencedError
  | GapError
  | NotFoundError
  | ParseError
  | ValidationError;

/** The class of the errors of a kind, or the classes. */
export type StreamErrorOf<Kind extends StreamErrorKind> = Kind extends ServiceErrorKind
  ? ((HttpError | ProviderError) & { readonly kind: Kind }) | Extract<ErrorOfOwnKind, { readonly kind: Kind }>
  : Extract<ErrorOfOwnKind, { readonly kind: Kind }>;

/**
 * Whether a value is a {@link StreamError}, of this or of another copy of the package.
 *
 * @param kind Accept only errors of this kind, which have the class or the classes of that kind. @defaultValue every kind
 * @example catchError((error) => isStreamError(error, 'rate-limit') ? EMPTY : throwError(() => error))
 */
export function isStreamError(error: unknown): error is StreamError;
export function isStreamError<Kind extends StreamErrorKind>(error: unknown, kind: Kind): error is StreamErrorOf<Kind>;
export function isStreamError(error: unknown, kind: StreamErrorKind | undefined): error is StreamError;
export function isStreamError(error: unknown, kind?: StreamErrorKind): error is StreamError {
  const fault = Object(error) as Partial<StreamError>;
  return brand in fault && (kind === undefined || fault.kind === kind);
}

/**
 * Sets `partial` of an error that was created where the events are not known. A `partial` that is set already is kept, and an error of
 * another kind is returned unchanged.
 */
export function fillPartial<E>(error: E, partial: PartialSource): E {
  if (isStreamError(error) && error.partial === undefined) setPartial(error, partial);
  return error;
}

/** Sets the details that the head of the response told, of an error that was created where the response is not known. */
export function fillResponse(error: StreamError, { requestId, retryAfterMs }: ResponseDetails): void {
  Object.assign(error, { requestId: error.requestId ?? requestId, retryAfterMs: error.retryAfterMs ?? retryAfterMs });
}

/** The fields of every error; any other is one of its class. Text, because a set would be a cost of every import. */
const commonFields = 'name message stack cause kind retryable status code requestId retryAfterMs partial';

function isOwnField(field: string): boolean {
  return !commonFields.split(' ').includes(field);
}

/**
 * Converts an error to plain JSON, with the message so far: to store it, or to send it to another process. {@link fromErrorInfo} makes an error
 * of the same class of it.
 *
 * `cause` is not kept, and of an error that is not ours only the name, because its message may contain a payload.
 *
 * @example socket.send(JSON.stringify(toErrorInfo(error)))
 */
export function toErrorInfo(error: unknown): ErrorInfo {
  const fault = toFault(error);
  return isStreamError(error) ? { ...fault, details: detailsOf(error), partial: error.partial } : fault;
}

/** The same as an event carries it: without the message so far, and without what only its class has. */
export function toFault(error: unknown): ErrorInfo {
  const fault: Partial<StreamError> = isStreamError(error) ? error : {};
  const {
    name = nameOf(error),
    kind = 'unknown',
    message = name,
    retryable = false,
    status,
    code,
    requestId,
    retryAfterMs,
  } = fault;
  return { name, kind, message, retryable, status, code, requestId, retryAfterMs, details: undefined, partial: undefined };
}

/** Only the name, because the message of an error that is not ours may contain a payload. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Unknown error';
}

function detailsOf(error: StreamError): JsonObject | undefined {
  const own = Object.entries(Object.getOwnPropertyDescriptors(error)).filter(
    ([field, { enumerable }]) => enumerable && isOwnField(field),
  );
  if (own.length === 0) return undefined;
  return Object.fromEntries(
    own.map(([field, { value }]) => [field, toJson(field === 'errors' && Array.isArray(value) ? value.map(toErrorInfo) : value)]),
  );
}

/** A copy of a value as JSON has it; `undefined` if JSON cannot represent it. */
function toJson(value: unknown): JsonValue | undefined {
  try {
    const text = JSON.stringify(value);
    return text === undefined ? undefined : (JSON.parse(text) as JsonValue);
  } catch {
    return undefined;
  }
}

/** An error of which only the {@link ErrorInfo} is known, because its class is not. */
class ReportedError extends StreamError {
  declare readonly kind: StreamErrorKind;
  constructor({ name, kind, ...info }: ErrorInfo) {
    super(name || 'StreamError', info.message, info.retryable, info);
    this.kind = kind as StreamErrorKind;
  }
}

/** The error of a `reset`, with its name and kind but not of its class: the import of one operator would else cost every class. */
export function fromFault(info: ErrorInfo): StreamError {
  return info.kind === 'protocol' ? new ProtocolError(info.message, info) : new ReportedError(info);
}

type ErrorClass = new (...parameters: never[]) => StreamError;

/** The classes without fields of their own. */
const plainClasses: Readonly<Record<string, ErrorClass>> = {
  ConnectionError,
  HttpError,
  ProviderError,
  TruncatedError,
  EmptyStreamError,
  MalformedEventError,
  ProtocolError,
  StreamAbortedError,
  CircuitOpenError,
  FencedError,
  GapError,
  NotFoundError,
};

/** The classes with fields of their own, which an event does not carry. */
const detailedClasses: Readonly<Record<string, ErrorClass>> = {
  StreamTimeoutError,
  ContentTypeError,
  LimitError,
  RetryExhaustedError,
  ParseError,
  ValidationError,
};

/**
 * Converts the plain JSON of an error back: to an error of the same class, kind, fields and `partial`. An error of a class that this version
 * does not know, or that an event carries without the fields of its class, becomes a {@link StreamError} with the same name and kind.
 *
 * @example catchError(() => throwError(() => fromErrorInfo(JSON.parse(stored))))
 */
export function fromErrorInfo(info: ErrorInfo): StreamError {
  const { name, message, details } = info;
  const classes = details === undefined ? plainClasses : { ...plainClasses, ...detailedClasses };
  // An instance of its class that has the fields of the info, without those that the constructor of the class would choose.
  const error = Reflect.construct(ReportedError, [info], Object.hasOwn(classes, name) ? classes[name] : ReportedError);
  const errors = details?.['errors'];
  for (const [field, value] of Object.entries(details ?? {})) {
    // A field of every error is not one of its class.
    if (field !== 'cause' && !(field in error)) setField(error, field, value, true);
  }
  if (Array.isArray(errors)) {
    const attempts = (errors as readonly unknown[] as readonly ErrorInfo[]).map(fromErrorInfo);
    setField(error, 'errors', attempts, true);
    setField(error, 'cause', attempts.at(-1), false);
  }
  // The call stack of this function is that of no fault.
  setField(error, 'stack', `${error.name}: ${message}`, false);
  return error;
}

/** Not an assignment, because the fields come from elsewhere, and one may be named `__proto__`. */
function setField(error: StreamError, field: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, field, { value, enumerable, configurable: true, writable: true });
}

/** Defines `partial` as an own, enumerable property, as if it were plain data; a function is called only when the property is read first. */
function setPartial(error: StreamError, partial: PartialSource | undefined): void {
  function get(): PartialMessage {
    const value = (partial as () => PartialMessage)();
    setPartial(error, value);
    return value;
  }
  const property = typeof partial === 'function' ? { get } : { value: partial };
  Object.defineProperty(error, 'partial', { ...property, enumerable: true, configurable: true });
}
