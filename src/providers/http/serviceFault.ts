import { objectOf } from '../../codecs/json/jsonFields.js';
import type { ServiceErrorKind } from '../../errors.js';
import type { JsonValue } from '../../events.js';

/** An error body of any provider, in one form. */
export interface ServiceFault {
  /** The body's message, at most 200 characters and without keys, so that an error may have it. Empty if the body has none. */
  readonly message: string;
  readonly kind: ServiceErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
}

/** The providers' own codes, in lower case and without a trailing `_error`. A Map, because codes come from outside (`constructor`). */
const kinds: ReadonlyMap<string, ServiceErrorKind> = new Map(
  Object.entries({
    'authentication invalid_api_key unauthenticated unauthorized': 'authentication',
    'permission permission_denied forbidden': 'permission',
    'not_found model_not_found': 'not-found',
    'invalid_request invalid_argument bad_request validation unprocessable_entity content_filter content_policy_violation':
      'invalid-request',
    'context_length_exceeded string_above_max_length bio_policy cyber_policy failed_to_download_image': 'invalid-request',
    request_too_large: 'too-large',
    'rate_limit rate_limit_exceeded rate_limit_reached too_many_requests tokens requests resource_exhausted': 'rate-limit',
    'insufficient_quota quota_exceeded exceeded_current_quota insufficient_balance insufficient_credits': 'quota',
    'billing billing_not_active billing_hard_limit_reached payment_required': 'quota',
    'overloaded engine_overloaded server_overloaded server_is_overloaded slow_down': 'overloaded',
    'conflict aborted already_exists': 'conflict',
    'server api internal internal_server unavailable service_unavailable timeout deadline_exceeded': 'server',
  } satisfies Record<string, ServiceErrorKind>).flatMap(([codes, kind]) => codes.split(' ').map((code) => [code, kind] as const)),
);

const kindsOfStatus: ReadonlyMap<number, ServiceErrorKind> = new Map([
  [401, 'authentication'],
  [402, 'quota'],
  [403, 'permission'],
  [404, 'not-found'],
  [408, 'server'],
  [409, 'conflict'],
  [413, 'too-large'],
  [429, 'rate-limit'],
  [529, 'overloaded'],
]);

/**
 * Reads an error body of any provider: flat, nested in `error`, in a list, or bare text.
 *
 * @param status The HTTP status. It decides the kind, and not the body's codes; but only codes tell a quota from a rate limit, and an overload
 * from other server faults. @defaultValue the body's own numeric code, if it is a status
 */
export function serviceFault(body: JsonValue | undefined, status?: number): ServiceFault {
  const outer = objectOf(Array.isArray(body) ? body[0] : body);
  const error = outer['error'] ?? (Array.isArray(body) ? undefined : body);
  const inner = objectOf(error);
  const known = status ?? errorStatus(inner['code']) ?? errorStatus(inner['status']);
  const codes = [inner['code'], inner['type'], inner['status'], typeof error === 'string' ? error : undefined].filter(isCode);
  return {
    message: cutMessage(messageOf(error)),
    kind: kindOf(codes, known),
    status: known,
    code: codes[0] ?? (known !== status ? String(known) : undefined),
    requestId: [outer['request_id'], inner['request_id']].find((id) => typeof id === 'string'),
  };
}

function kindOf(codes: readonly string[], status: number | undefined): ServiceErrorKind {
  const byCode = codes.map(kindOfCode).find((kind) => kind !== undefined);
  if (byCode === 'quota' || byCode === 'overloaded' || status === undefined) return byCode ?? 'server';
  return kindsOfStatus.get(status) ?? (status >= 500 ? 'server' : 'invalid-request');
}

function kindOfCode(code: string): ServiceErrorKind | undefined {
  const plain = code
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/_?error$/, '');
  return kinds.get(plain) ?? (/^(invalid|unsupported|missing|empty|image|context)_/.test(plain) ? 'invalid-request' : undefined);
}

/** A code is one word that is more specific than "error" and is not a number. */
function isCode(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && /^[A-Za-z][\w.-]*$/.test(value) && value !== 'error';
}

function errorStatus(value: JsonValue | undefined): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : undefined;
}

function messageOf(error: JsonValue | undefined): string {
  if (typeof error === 'string') return error;
  const { message, detail } = objectOf(error);
  return [message, detail].find((text) => typeof text === 'string') ?? '';
}

const longestMessage = 200;
const secrets = /\b(?:Bearer\s+\S+|(?:sk|pk|rk|gsk|xai)[-_][\w*.-]{6,}|AIza[\w-]{8,}|(?<=key provided: )\S+)/gi;

/** Makes a message one short line that ends at a whole character and contains no key. */
function cutMessage(text: string): string {
  const line = text
    .slice(0, 4 * longestMessage)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(secrets, '…');
  if (line.length <= longestMessage) return line;
  return `${line.slice(0, longestMessage - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
