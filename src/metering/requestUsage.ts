import type { DeltaEvent, RequestUsage, Usage, UsageEvent } from '../events.js';
import { subtractUsage, sumUsage } from './usageArithmetic.js';

/** A usage and the requests that it is the sum of, in the order in which they were sent; the last one may still run. */
export interface RequestUsages {
  readonly usage: Usage;
  readonly requests: readonly RequestUsage[];
}

/** The event that reports them. Where the first request is the only one, and nothing about it changes a price, it needs no list. */
export function toUsageEvent({ usage, requests }: RequestUsages): UsageEvent {
  return { type: 'usage', usage, requests: requests.length <= 1 && requests.every(isPlain) ? undefined : requests };
}

function isPlain({ attempt, step, stands, serviceTier, speed, region, batch }: RequestUsage): boolean {
  return attempt === 1 && step === 0 && stands && (serviceTier ?? speed ?? region ?? batch) === undefined;
}

/** The requests of a stream, as its `usage` events report them. */
export interface RequestTracker {
  /** Every request that reported usage, and whether it stands after the resets so far. */
  readonly requests: readonly RequestUsage[];
  /** How many of them ended, because a `step` or a `reset` came after their last usage. */
  readonly ended: number;
  push(event: DeltaEvent): void;
  /** The request that runs, with a usage. */
  identify(usage: Usage): RequestUsage;
}

/**
 * Where an event has no list, its usage is cumulative over the stream, so that the request which runs used what it grew by.
 *
 * @param attempt The attempt that begins. @defaultValue 1
 * @param step The step that begins. @defaultValue 0
 */
export function createRequestTracker(attempt = 1, step = 0): RequestTracker {
  let requests: readonly RequestUsage[] = [];
  let ended = 0;
  let endedUsage: Usage | undefined;
  /** What is known of the request that runs. */
  let running: Omit<RequestUsage, 'usage'> = {
    model: undefined,
    provider: undefined,
    attempt,
    step,
    stands: true,
    serviceTier: undefined,
    speed: undefined,
    region: undefined,
    batch: undefined,
  };

  function identify(usage: Usage): RequestUsage {
    return { usage, ...running };
  }

  function endRequest(): void {
    ended = requests.length;
    endedUsage = sumUsage(requests);
  }

  return {
    get requests() {
      return requests;
    },
    get ended() {
      return ended;
    },
    push(event) {
      switch (event.type) {
        case 'usage':
          requests = event.requests ?? [...requests.slice(0, ended), identify(subtractUsage(event.usage, endedUsage))];
          return;
        case 'start':
          running = { ...running, model: event.model, provider: event.provider };
          return;
        case 'step':
          running = { ...running, model: event.model ?? running.model, step: event.step };
          return endRequest();
        case 'reset':
          running = { ...running, attempt: event.attempt, step: Math.min(running.step, event.step) };
          requests = voidRequests(requests, event.step);
          return endRequest();
        default:
      }
    },
    identify,
  };
}

/** What a `reset` does to requests: their answers no longer stand, their usage does. */
export function voidRequests(requests: readonly RequestUsage[], step: number): readonly RequestUsage[] {
  return requests.map((request) => (request.step < step ? request : { ...request, stands: false }));
}
