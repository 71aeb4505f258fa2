import { tryParseJson } from '../../codecs/json/tryParseJson.js';
import { ContentTypeError, HttpError, type ServiceErrorKind, type StreamError } from '../../errors.js';
import { checkDepth } from '../wires/bounds.js';
import { readError } from '../wires/fields/errorFields.js';

/** The kinds of the statuses of a server that is not one of our hosts. */
const kinds: Readonly<Record<number, ServiceErrorKind>> = {
  401: 'authentication',
  403: 'permission',
  404: 'not-found',
  409: 'conflict',
  413: 'too-large',
  429: 'rate-limit',
  503: 'overloaded',
};

/** The error of a response with an error status: the one in its body, which our hosts write, else one of its status. */
export function statusError(status: number, body: string, retryAfter: string | null): StreamError {
  // A date, which no server of a stream sends, is not read.
  const retryAfterMs = Number(retryAfter) * 1_000 || undefined;
  const kind = kinds[status] ?? (status < 500 ? 'invalid-request' : 'server');
  return errorIn(body) ?? new HttpError(`The server answered with status ${status}`, { kind, status, retryAfterMs });
}

/** The error of a response that is no event stream. */
export function contentError(contentType: string, body: string): StreamError {
  return errorIn(body) ?? new ContentTypeError(contentType, body.slice(0, 1_000));
}

/** The body may be anything. */
function errorIn(body: string): StreamError | undefined {
  const value = tryParseJson(body);
  checkDepth(value);
  return readError(value);
}
