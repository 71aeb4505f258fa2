import type { RequestUsage, Usage } from '../events.js';
import type { UsageJoin } from '../kernel/operateEvents.js';
import { createRequestTracker, voidRequests } from './requestUsage.js';
import { addUsage, sumUsage } from './usageArithmetic.js';

/** Adds the usage of the answers that an operator of RxJS repeated: each of them was paid for. */
export function joinRestartedUsage(): UsageJoin {
  let tracker = createRequestTracker();
  let earlier: readonly RequestUsage[] = [];
  let earlierUsage: Usage | undefined;
  return {
    restate(event) {
      tracker.push(event);
      if (event.type !== 'usage' || earlier.length === 0) return event;
      return { ...event, usage: addUsage(earlierUsage, event.usage), requests: [...earlier, ...tracker.requests] };
    },
    restart(attempt) {
      earlierUsage = sumUsage(tracker.requests, earlierUsage);
      earlier = voidRequests([...earlier, ...tracker.requests], 0);
      tracker = createRequestTracker(attempt);
    },
  };
}
