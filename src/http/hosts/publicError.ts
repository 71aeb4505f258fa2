import { isStreamError, toErrorInfo } from '../../errors.js';
import type { DeltaEvent, ErrorInfo, JsonObject } from '../../events.js';

/**
 * What a client may know of an error: its class and kind, whether and when to ask again, and words of this package. What a provider or its
 * response said stays on the server, where `tapStream` sees it.
 */
export function publicError(error: unknown): ErrorInfo {
  return toPublic(toErrorInfo(error));
}

/** What a client may know of an event: that an attempt failed is an event of the stream, its error is one of the provider. */
export function publicEvent(event: DeltaEvent): DeltaEvent {
  return event.type === 'reset' ? { ...event, error: toPublic(event.error) } : event;
}

/** What a kind of fault is called, where the message would be the provider's own, or name a machine. */
const messages: Readonly<Record<string, string>> = {
  authentication: 'The provider did not accept the credentials of this server',
  permission: 'The provider did not permit the request',
  'not-found': 'The provider does not know what was asked for',
  'invalid-request': 'The provider did not accept the request',
  'too-large': 'The request is too large',
  'rate-limit': 'Too many requests',
  quota: 'The quota of this server is spent',
  overloaded: 'The provider is overloaded',
  server: 'The provider failed',
  conflict: 'The request is in conflict with another one',
  connection: 'The connection failed',
  'content-type': 'The provider did not answer with an event stream',
  parse: 'The answer is not in the expected format',
  validation: 'The answer does not match its schema',
};

function toPublic(info: ErrorInfo): ErrorInfo {
  const details = info.details && publicDetails(info.details);
  return { ...info, message: messageOf(info), code: word(info.code), requestId: undefined, details, partial: undefined };
}

function messageOf({ name, kind, message, details }: ErrorInfo): string {
  const errors = attemptsOf(details);
  const last = errors.at(-1);
  if (last) return `All ${errors.length} attempts failed: ${messageOf(last)}`;
  const isOwn = name === 'NotFoundError';
  return !isOwn && Object.hasOwn(messages, kind) ? (messages[kind] ?? '') : message;
}

function attemptsOf(details: JsonObject | undefined): readonly ErrorInfo[] {
  const errors = details?.['errors'];
  return Array.isArray(errors) ? (errors as readonly unknown[] as readonly ErrorInfo[]) : [];
}

/** The fields that only its class has: which limit it was, but no text of the provider or of the answer. */
function publicDetails(details: JsonObject): JsonObject {
  const { errors, phase, limitMs, limit, value, contentType, snippet, text, issues } = details;
  if (errors !== undefined) return { errors: attemptsOf(details).map(toPublic) as readonly unknown[] as JsonObject['errors'] };
  if (limit !== undefined) return { limit, value };
  if (phase !== undefined) return { phase, limitMs };
  if (snippet !== undefined && contentType !== undefined) return { contentType: '', snippet: '' };
  if (text !== undefined) return { text: '' };
  return issues === undefined ? {} : { issues: [] };
}

/** The code of a fault is a word; anything else may be a text. */
function word(code: string | undefined): string | undefined {
  return code !== undefined && /^[\w.-]{1,64}$/.test(code) ? code : undefined;
}

/** The error that decides on the status: of several attempts that of the last one. */
export function decidingError(error: unknown): unknown {
  return isStreamError(error, 'retry-exhausted') ? (error.errors.at(-1) ?? error) : error;
}
