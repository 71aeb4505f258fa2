import { ProviderError } from '../../errors.js';
import type { JsonValue } from '../../events.js';
import { errorHeaders } from './errorHeaders.js';
import { serviceFault } from './serviceFault.js';

/**
 * The error that a provider reports inside a stream, or in a body with status 200.
 *
 * @param body The error object, an object that holds it as `error`, or bare text.
 * @param headers Those of a response that is an error as a whole.
 * @example throw providerError(payload)
 */
export function providerError(body: JsonValue, cause?: unknown, headers: Headers = new Headers()): ProviderError {
  const { message, ...fault } = serviceFault(body);
  const told = errorHeaders(headers);
  const requestId = told.requestId ?? fault.requestId;
  return new ProviderError(message || 'The provider reported an error', { ...fault, ...told, requestId, cause });
}
