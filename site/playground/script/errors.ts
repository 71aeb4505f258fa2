import {
  CircuitOpenError,
  ConnectionError,
  EmptyStreamError,
  HttpError,
  isStreamError,
  MalformedEventError,
  StreamAbortedError,
  type StreamErrorKind,
  TruncatedError,
} from 'rxllm';
import type { ScriptError } from './attempt.js';

const ownClasses = {
  aborted: StreamAbortedError,
  'circuit-open': CircuitOpenError,
  connection: ConnectionError,
  empty: EmptyStreamError,
  'malformed-event': MalformedEventError,
  truncated: TruncatedError,
} as const;

const statuses = {
  authentication: 401,
  permission: 403,
  'not-found': 404,
  'invalid-request': 400,
  'too-large': 413,
  'rate-limit': 429,
  quota: 429,
  overloaded: 529,
  server: 500,
  conflict: 409,
} as const;

/** The kinds that a script may name. */
export const errorKinds: readonly StreamErrorKind[] = [
  ...(Object.keys(ownClasses) as (keyof typeof ownClasses)[]),
  ...(Object.keys(statuses) as (keyof typeof statuses)[]),
];

const isOwn = (kind: string): kind is keyof typeof ownClasses => Object.hasOwn(ownClasses, kind);
const isStatus = (kind: string): kind is keyof typeof statuses => Object.hasOwn(statuses, kind);

/** The call that creates an error of a script. */
export interface ErrorCall {
  readonly name: string;
  readonly args: readonly unknown[];
  create(): Error;
}

/** How an error of a script is created: a class of its own, or an `HttpError` of its kind. */
export function errorCall({ kind, message, ...details }: ScriptError): ErrorCall {
  const given = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
  if (isOwn(kind)) {
    const OwnError = ownClasses[kind];
    const hasDetails = Object.keys(given).length > 0;
    const args = hasDetails ? [message, given] : message === undefined ? [] : [message];
    return { name: new OwnError().name, args, create: () => new OwnError(message, given) };
  }
  if (!isStatus(kind)) throw new TypeError(`an error of the kind ${kind} cannot be scripted`);
  const all = { kind, status: statuses[kind], ...given };
  const text = message ?? `The provider answered ${all.status}`;
  return { name: 'HttpError', args: [text, all], create: () => new HttpError(text, all) };
}

/** The script of an error that was recorded; `undefined` for one that a script cannot make. */
export function scriptOfError(error: unknown): ScriptError | undefined {
  if (!isStreamError(error) || !errorKinds.includes(error.kind)) return undefined;
  const { kind, message, status, retryAfterMs } = error;
  const standard = errorCall({ kind }).create() as typeof error;
  return {
    kind,
    ...(message === standard.message ? {} : { message }),
    ...(status === undefined || status === standard.status ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
