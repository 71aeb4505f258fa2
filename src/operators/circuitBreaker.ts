import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import { checkHandle } from '../handles/checkHandle.js';
import type { Breaker } from '../handles/createBreaker.js';
import { operate } from '../kernel/operate.js';

/**
 * Errors instead of sending a request while the breaker is open, so that a failing provider gets no requests and callers do not wait for
 * it.
 *
 *     source         s-a-#        this failure opens the circuit
 *     result         s-a-#
 *     result again   #            CircuitOpenError; the source is not subscribed
 *
 * Place it after `timeoutBetweenChunks`, so that a stalled stream is a failure, and before `retryStream`, so that the breaker sees each
 * attempt. A request succeeds at its `finish`. The error is retryable, with the time until the next trial in `retryAfterMs`: `retryStream`
 * waits that long if `maxDelayMs` allows it, else it emits the error at once, for instance to `fallbackTo`.
 *
 * @param breaker Made by {@link createBreaker}, once, for all streams to the same provider.
 * @throws TypeError at call time if `breaker` is not a breaker.
 * @emitsError {@link CircuitOpenError} instead of the request; those of the source.
 * @unsubscribe Frees the place of a trial.
 * @reset Forwards it; it counts as neither success nor failure.
 * @cost Holds a pass of the breaker; no timer.
 * @example events$.pipe(timeoutBetweenChunks(30_000), circuitBreaker(breaker), retryStream())
 */
export function circuitBreaker<E extends DeltaEvent>(breaker: Breaker): MonoTypeOperatorFunction<E> {
  checkHandle('circuitBreaker: breaker', breaker, 'createBreaker', ['enter']);
  return operate((destination) => {
    const pass = breaker.enter();
    return {
      next(event) {
        if (event.type === 'finish') pass.succeed();
        destination.next(event);
      },
      settle(outcome, error) {
        if (outcome === 'error') pass.fail(error);
        else pass.release();
      },
    };
  });
}
