import { concat, defer, distinctUntilChanged, type Observable, of, Subject, share, startWith, switchMap, timer } from 'rxjs';
import { CircuitOpenError, isStreamError } from '../errors.js';
import { longestTimerMs } from '../kernel/alarm.js';
import { checkFunction, checkOptions, checkPositive, checkPositiveCount } from '../kernel/options.js';
import { type BreakerPass, type BreakerState, createCircuit } from '../limits/circuit.js';
import { createPartialFold } from '../message/partialFold.js';

export type { BreakerPass, BreakerState } from '../limits/circuit.js';

/** Shared by all streams to one provider, so that none sends requests while the provider fails. Made by {@link createBreaker}. */
export interface Breaker {
  /** The state now: an open circuit becomes half-open by the clock, whether `state$` is subscribed or not. */
  readonly state: BreakerState;
  /** Emits the state on subscribe, then each change when it happens. Never completes. */
  readonly state$: Observable<BreakerState>;
  /**
   * Lets a request pass. `circuitBreaker` calls it for streams; call it yourself for requests that are not streams.
   * @throws CircuitOpenError if the circuit is open, or half-open with all its trials running.
   */
  enter(): BreakerPass;
}

export interface BreakerOptions {
  /** How many failures in a row open the circuit. @defaultValue 5 */
  readonly failures?: number;
  /** How many trials must succeed to close the circuit again. @defaultValue 2 */
  readonly successes?: number;
  /** How long the circuit stays open before trials pass, in milliseconds. @defaultValue 60,000 */
  readonly openMs?: number;
  /** How many trials may run at once while the circuit is half-open. @defaultValue 3 */
  readonly halfOpen?: number;
  /** Whether an error counts as a failure of the provider. @defaultValue `error.retryable`, and not another breaker's `CircuitOpenError` */
  readonly isFailure?: (context: { readonly error: unknown }) => boolean;
}

/**
 * Creates the handle that {@link circuitBreaker} shares between all streams to one provider.
 *
 *     closed --(`failures` in a row)--> open --(`openMs`)--> half-open --(`successes`)--> closed
 *                                       open <--(a failure)-- half-open
 *
 * A success resets the count of failures to 0. An error that shows nothing about the provider (a bad request, the caller's own abort) and
 * an unsubscribe count as neither. A change of state does not abort running requests; their results no longer count, but a running trial
 * occupies its place until it ends. A timer runs only while `state$` is subscribed.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError if a number is not > 0, or a count not whole.
 * @cost Holds a few counts; one timer while `state$` is subscribed and the circuit is open.
 * @example const breaker = createBreaker({ failures: 3, openMs: 10_000 })
 */
export function createBreaker(options: BreakerOptions = {}): Breaker {
  checkOptions('createBreaker', options, ['failures', 'successes', 'openMs', 'halfOpen', 'isFailure']);
  const { failures = 5, successes = 2, openMs = 60_000, halfOpen = 3, isFailure = isProviderFailure } = options;
  for (const [name, count] of Object.entries({ failures, successes, halfOpen })) checkPositiveCount(name, count);
  checkPositive('openMs', openMs);
  checkFunction('isFailure', isFailure);
  const changed$ = new Subject<void>();
  const circuit = createCircuit({ failures, successes, openMs, halfOpen, isFailure }, () => changed$.next());
  /** One timer for all subscribers, so that they see a change at the same time. */
  const states$ = changed$.pipe(startWith(undefined), switchMap(watch), share());

  /**
   * Emits the state, and the next one when the clock changes it. Looks again if the timer fired early or the wait exceeds the longest
   * timer.
   */
  function watch(): Observable<BreakerState> {
    const { state } = circuit;
    if (state !== 'open') return of(state);
    return concat(of(state), timer(Math.min(circuit.openForMs, longestTimerMs)).pipe(switchMap(watch)));
  }

  return {
    get state() {
      return circuit.state;
    },
    state$: defer(() => states$.pipe(startWith(circuit.state), distinctUntilChanged())),
    enter() {
      const waitMs = circuit.openForMs;
      const pass = circuit.enter();
      if (pass) return pass;
      if (waitMs > 0) throw circuitOpen('The circuit is open', waitMs);
      throw circuitOpen('The circuit is half-open, and all its trials are running');
    },
  };
}

function isProviderFailure({ error }: { readonly error: unknown }): boolean {
  return isStreamError(error) && error.retryable && error.kind !== 'circuit-open';
}

function circuitOpen(message: string, retryAfterMs?: number): CircuitOpenError {
  return new CircuitOpenError(message, { retryAfterMs, partial: () => createPartialFold().partial() });
}
