import { ProviderError } from '../errors.js';
import type { JsonValue } from '../events.js';
import { serviceFault } from './serviceFault.js';

/**
 * The error that a provider reports inside a stream, or in a body with status 200.
 *
 * @param body The error object, an object that holds it as `error`, or bare text.
 * @example throw providerError(payload)
 */
export function providerError(body: JsonValue, cause?: unknown): ProviderError {
  const { message, ...details } = serviceFault(body);
  return new ProviderError(message || 'The provider reported an error', { ...details, cause });
}
