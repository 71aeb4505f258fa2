import type { PartialMessage, RequestUsage, UsageEvent } from '../events.js';
import { createPartialFold } from '../message/partialFold.js';
import { sumUsage } from '../metering/usageArithmetic.js';

/** What the requests of a race used that have lost or failed. */
export interface LostUsage {
  /** Whether none of them has reported usage. */
  readonly empty: boolean;
  /** Adds the requests of one of them. */
  push(requests: readonly RequestUsage[]): void;
  /** Returns a `usage` event of the winner with the lost requests before its own. */
  addTo(event: UsageEvent, own: readonly RequestUsage[]): UsageEvent;
  /** Returns a `usage` event of the lost requests alone; `undefined` if there are none. */
  read(): UsageEvent | undefined;
  /** The message when both requests fail: nothing was emitted, but they have used something. */
  partial(): PartialMessage;
}

export function createLostUsage(): LostUsage {
  const lost: RequestUsage[] = [];

  function read(): UsageEvent | undefined {
    const usage = sumUsage(lost);
    return usage && { type: 'usage', usage, requests: [...lost] };
  }

  return {
    get empty() {
      return lost.length === 0;
    },
    push(requests) {
      for (const request of requests) lost.push({ ...request, stands: false });
    },
    addTo(event, own) {
      const requests = [...lost, ...own];
      return { ...event, usage: sumUsage(requests) ?? event.usage, requests };
    },
    read,
    partial() {
      const fold = createPartialFold();
      const usage = read();
      if (usage) fold.push(usage);
      return fold.partial();
    },
  };
}
