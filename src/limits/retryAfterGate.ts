import { asyncScheduler } from 'rxjs';

/**
 * The waits that a provider asks for. After one, a single request goes ahead: the others follow when it is answered, so that a provider that
 * still refuses is asked once and not by all at once. If it stays silent, another goes ahead after as long again.
 */
export interface Refusals {
  /** When the next may go, as `asyncScheduler.now()` counts. */
  readonly until: number;
  /** Begins a wait that the provider asks for, unless it has asked for a longer one. */
  refuse(waitMs: number): void;
  /** Somebody goes. */
  admit(request: object): void;
  /** A request is answered. Tells whether that ends the wait of the others. */
  answered(request: object): boolean;
  /** A request is over. Tells whether another may go ahead in its place. */
  ended(request: object): boolean;
}

export function createRefusals(): Refusals {
  let until = 0;
  let waitMs = 0;
  let ahead: object | undefined;

  function forget(request: object): boolean {
    if (request !== ahead) return false;
    ahead = undefined;
    until = asyncScheduler.now();
    return true;
  }

  return {
    get until() {
      return until;
    },
    refuse(milliseconds) {
      const end = asyncScheduler.now() + milliseconds;
      if (milliseconds === 0 || (!ahead && end <= until)) return;
      until = end;
      waitMs = milliseconds;
      ahead = undefined;
    },
    admit(request) {
      const now = asyncScheduler.now();
      // A refusal of long ago says nothing of now.
      if (now >= until + waitMs) waitMs = 0;
      if (waitMs === 0) return;
      ahead = request;
      until = now + waitMs;
    },
    answered(request) {
      if (!forget(request)) return false;
      waitMs = 0;
      return true;
    },
    ended: forget,
  };
}
