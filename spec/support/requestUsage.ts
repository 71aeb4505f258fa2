import type { PricedRequest, RequestTraits, RequestUsage, Usage } from '../../src/events.js';
import { usageOf } from '../../src/testing/index.js';

/** What one request used, of the model that `start()` names. */
export function requestUsage(usage: Partial<Usage>, fields: Partial<Omit<RequestUsage, 'usage'>> = {}): RequestUsage {
  return { usage: usageOf(usage), model: 'model-1', provider: 'test', attempt: 1, step: 0, stands: true, ...noTraits, ...fields };
}

/** What a request used that a `reset` voided. */
export function voidUsage(usage: Partial<Usage>, fields: Partial<Omit<RequestUsage, 'usage'>> = {}): RequestUsage {
  return requestUsage(usage, { stands: false, ...fields });
}

const noTraits: RequestTraits = { serviceTier: undefined, speed: undefined, region: undefined, batch: undefined };

/** The request that a price is asked for. */
export function pricedRequest(model: string, provider: string, traits: Partial<RequestTraits> = {}): PricedRequest {
  return { model, provider, ...noTraits, ...traits };
}
