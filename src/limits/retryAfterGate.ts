import { asyncScheduler } from 'rxjs';

/**
 * Holds requests back for as long as the provider asks. After the wait only one request, the probe, passes, so that a provider which is
 * still rate-limited receives one request and not all of the waiting ones. The others pass when the probe is answered; if it is not
 * answered, another probe passes after the same time again.
 */
export interface RetryAfterGate {
  /** When the next request may pass, as `asyncScheduler.now()` counts. */
  readonly opensAt: number;
  /** Closes the gate for `waitMs`, unless it is closed for longer already. */
  close(waitMs: number): void;
  /** Records that a request passes. */
  pass(request: object): void;
  /** Records that the provider answers a request. @returns Whether that opens the gate for all. */
  answered(request: object): boolean;
  /** Records that a request ended. @returns Whether another probe may pass in its place. */
  ended(request: object): boolean;
}

export function createRetryAfterGate(): RetryAfterGate {
  let opensAt = 0;
  let waitMs = 0;
  let probe: object | undefined;

  function endProbe(request: object): boolean {
    if (request !== probe) return false;
    probe = undefined;
    opensAt = asyncScheduler.now();
    return true;
  }

  return {
    get opensAt() {
      return opensAt;
    },
    close(milliseconds) {
      const end = asyncScheduler.now() + milliseconds;
      if (milliseconds === 0 || (!probe && end <= opensAt)) return;
      opensAt = end;
      waitMs = milliseconds;
      probe = undefined;
    },
    pass(request) {
      const now = asyncScheduler.now();
      // A wait that ended long ago needs no probe.
      if (now >= opensAt + waitMs) waitMs = 0;
      if (waitMs === 0) return;
      probe = request;
      opensAt = now + waitMs;
    },
    answered(request) {
      if (!endProbe(request)) return false;
      waitMs = 0;
      return true;
    },
    ended: endProbe,
  };
}
