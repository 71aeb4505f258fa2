import { asyncScheduler } from 'rxjs';

/**
 * `closed`: all requests pass. `open`: none passes. `half-open`: a few requests pass as trials, which show whether the provider has
 * recovered.
 */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** The permission to send one request. Call one of the three when the request ends; only the first call counts. */
export interface BreakerPass {
  /** The provider answered completely. */
  succeed(): void;
  /** The request failed. Whether that counts as a failure of the provider, the breaker decides by its `isFailure`. */
  fail(error: unknown): void;
  /** The result is unknown, because the request was unsubscribed before its end. */
  release(): void;
}

export interface CircuitRules {
  readonly failures: number;
  readonly successes: number;
  readonly openMs: number;
  readonly halfOpen: number;
  readonly isFailure: (context: { readonly error: unknown }) => boolean;
}

/** The states of a breaker. It has no timer: an open circuit is half-open as soon as its time has passed. */
export interface Circuit {
  readonly state: BreakerState;
  /** How long the circuit stays open, in milliseconds; not > 0 if it is not open. */
  readonly openForMs: number;
  /** Lets a request pass. @returns undefined if the circuit is open, or half-open with all its trials running. */
  enter(): BreakerPass | undefined;
}

/** @param onChange Called after each change of state that is not only due to the clock, and when a trial starts. */
export function createCircuit({ failures, successes, openMs, halfOpen, isFailure }: CircuitRules, onChange: () => void): Circuit {
  /** When the circuit becomes half-open, as `asyncScheduler.now()` counts; `undefined` while it is closed. */
  let openUntil: number | undefined;
  /** How often the circuit was opened or closed: the results of requests of an earlier period do not count. */
  let period = 0;
  let failed = 0;
  let succeeded = 0;
  let trials = 0;

  const openForMs = (): number => (openUntil === undefined ? 0 : openUntil - asyncScheduler.now());

  function change(until: number | undefined): void {
    openUntil = until;
    period++;
    succeeded = 0;
    onChange();
  }

  function countSuccess(): void {
    failed = 0;
    if (openUntil !== undefined && ++succeeded >= successes) change(undefined);
  }

  function countFailure(error: unknown): void {
    if (!isFailure({ error })) return;
    if (openUntil !== undefined || ++failed >= failures) change(asyncScheduler.now() + openMs);
  }

  function startRequest(trial: boolean): BreakerPass {
    const startedIn = period;
    let running = true;

    function end(count?: () => void): void {
      if (!running) return;
      running = false;
      if (trial) trials--;
      if (startedIn === period) count?.();
    }

    return {
      succeed: () => end(countSuccess),
      fail: (error) => end(() => countFailure(error)),
      release: () => end(),
    };
  }

  return {
    get state() {
      if (openUntil === undefined) return 'closed';
      return openForMs() > 0 ? 'open' : 'half-open';
    },
    get openForMs() {
      return openForMs();
    },
    enter() {
      if (openUntil === undefined) return startRequest(false);
      if (openForMs() > 0 || trials >= halfOpen) return undefined;
      trials++;
      const pass = startRequest(true);
      // Observers see `half-open` before they see the result of the trial, even when their own timer is late.
      onChange();
      return pass;
    },
  };
}
