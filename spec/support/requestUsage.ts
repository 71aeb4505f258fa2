import type { RequestUsage, Usage } from '../../src/events.js';
import { usageOf } from '../../src/testing/index.js';

/** What one request used, of the model that `start()` names. */
export function requestUsage(usage: Partial<Usage>, fields: Partial<Omit<RequestUsage, 'usage'>> = {}): RequestUsage {
  return { usage: usageOf(usage), model: 'model-1', provider: 'test', attempt: 1, step: 0, stands: true, ...fields };
}

/** What a request used that a `reset` voided. */
export function voidUsage(usage: Partial<Usage>, fields: Partial<Omit<RequestUsage, 'usage'>> = {}): RequestUsage {
  return requestUsage(usage, { stands: false, ...fields });
}
