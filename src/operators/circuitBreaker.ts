import type { MonoTypeOperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import type { Breaker } from '../handles/createBreaker.js';
import { operate } from '../kernel/operate.js';

/**
 * Sends no request while the breaker is open, so that a provider that is unwell is left alone and the caller need not wait for it.
 *
 *     source         s-a-#        the failure that opens the circuit
 *     result         s-a-#
 *     result again   #            CircuitOpenError; the source is not subscribed
 *
 * Place it after `timeoutBetweenChunks`, so that a stall is a failure, and before `retryStream`, so that each repeat asks the breaker anew.
 * A request has succeeded at its `finish`. The error is retryable and says in `retryAfterMs` when a request may try again: `retryStream` waits
 * that long if `maxDelayMs` allows it, else passes the error on at once, for instance to `fallbackTo`.
 *
 * @param breaker What `createBreaker` gave; every stream to the same provider takes the same one.
 * @throws TypeError at call time if `breaker` is not a breaker.
 * Emits error: {@link CircuitOpenError} instead of the request; those of the source. On unsubscribe: gives the place of a trial back.
 * @example events$.pipe(timeoutBetweenChunks(30_000), circuitBreaker(breaker), retryStream())
 */
export function circuitBreaker<E extends DeltaEvent>(breaker: Breaker): MonoTypeOperatorFunction<E> {
  if (typeof breaker?.enter !== 'function') throw new TypeError('circuitBreaker: breaker must be what createBreaker gives');
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
