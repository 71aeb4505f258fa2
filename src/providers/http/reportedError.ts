import { isObject, nonEmptyText, numberOf, objectOf, textOf } from '../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue } from '../../events.js';

/**
 * Whether a payload without content reports an error, in any of the shapes that servers and their gateways use; {@link providerError} reads it.
 * A payload with content reports one only as {@link hasError} says.
 */
export function reportsError(payload: JsonObject): boolean {
  return isError(payload) || envelopes.some((member) => isError(objectOf(payload[member])));
}

/** What gateways put an error into: `{data: {error}}`, and Tencent's `{Response: {Error}}`. */
const envelopes = ['data', 'Response'] as const;

function isError(payload: JsonObject): boolean {
  if (hasError(payload) || payload['success'] === false || payload['ok'] === false) return true;
  if (isFilled(payload['detail']) || isFilled(payload['__type'])) return true;
  // MiniMax's envelope, which good answers have too, with the code 0.
  if (isFilled(objectOf(payload['base_resp'])['status_code'])) return true;
  if (isFailing(payload['type']) || isFailing(payload['status']) || isFailing(payload['event'])) return true;
  if (statusFields.some((field) => isErrorStatus(payload[field]))) return true;
  const fields = Object.keys(payload);
  if (fields.some((field) => errorField.test(field) && isFilled(payload[field]))) return true;
  const hasMessage = messageFields.some((field) => nonEmptyText(payload[field]) !== undefined);
  const { code } = payload;
  return hasMessage && (isErrorCode(code) || (!isFilled(code) && code !== 0 && fields.every((field) => envelope.has(field))));
}

/** Whether a payload says that it is an error, whatever else it has. */
export function hasError({ error, errors, object, type }: JsonObject): boolean {
  return isFilled(error) || isFilled(errors) || object === 'error' || type === 'error';
}

const statusFields = ['status', 'statusCode', 'status_code', 'http_status', 'http_code', 'httpStatus'] as const;
const messageFields = ['message', 'Message', 'msg', 'title', 'reason'] as const;

/** For instance `error_type`, `errorMessage`, `errcode`, `err_msg` and `fault`. */
const errorField = /^(err|[Ee]rrors?|fault|exception)([_A-Z]|msg|code|$)/;

/** What an error without a code may have beside its message. */
const envelope: ReadonlySet<string> = new Set([
  ...messageFields,
  ...'code param request_id requestId RequestId trace_id timestamp path docs documentation_url help'.split(' '),
]);

const failures: ReadonlySet<string> = new Set('error err fail failed failure fatal exception'.split(' '));

function isFailing(value: JsonValue | undefined): boolean {
  const word = textOf(value).toLowerCase();
  return failures.has(word) || /(error|exception)$/.test(word);
}

function isErrorStatus(value: JsonValue | undefined): boolean {
  const status = numberOf(value) ?? Number.parseInt(textOf(value), 10);
  return status >= 400 && status < 600;
}

const goodCodes: ReadonlySet<string> = new Set(['', '0', '200', 'ok', 'success', 'succeeded']);

function isErrorCode(value: JsonValue | undefined): boolean {
  const code = numberOf(value) ?? value;
  return (typeof code === 'number' || typeof code === 'string') && !goodCodes.has(String(code).toLowerCase());
}

/** Servers send an empty `error` in good payloads too: `null`, `false`, an empty text, list or object. */
function isFilled(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value)
    ? Object.keys(value).length > 0
    : value !== undefined && value !== null && value !== false && value !== '' && value !== 0;
}
