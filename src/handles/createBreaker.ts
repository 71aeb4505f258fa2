import {
  asyncScheduler,
  concat,
  defer,
  distinctUntilChanged,
  type Observable,
  of,
  Subject,
  share,
  startWith,
  switchMap,
  timer,
} from 'rxjs';
import { CircuitOpenError, isStreamError } from '../errors.js';
import { longestTimerMs } from '../kernel/alarm.js';
import { checkFunction, checkOptions, checkPositive, checkPositiveCount } from '../kernel/options.js';
import { createMessageFold } from '../message/messageFold.js';

/** `closed`: requests pass. `open`: none does. `half-open`: a few may try whether the provider is well again. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Leave to send one request. Only the first of the three counts. */
export interface BreakerPass {
  /** The provider answered to the end. */
  succeed(): void;
  /** The request failed, perhaps by no fault of the provider: the breaker judges. */
  fail(error: unknown): void;
  /** Nobody knows, because nobody waited for the end. */
  release(): void;
}

/** What the streams to one provider share, so that all of them leave it alone while it is unwell. */
export interface Breaker {
  /** As of now: it goes on with the clock, whether somebody watches or not. */
  readonly state: BreakerState;
  /** The state on subscribe, and then each change, on time. Never ends. */
  readonly state$: Observable<BreakerState>;
  /**
   * Asks for leave to send a request: `circuitBreaker` does, and calls that are no streams can.
   * @throws CircuitOpenError if the circuit is open, or half-open with all its trials running.
   */
  enter(): BreakerPass;
}

export interface BreakerOptions {
  /** How many failures in a row open the circuit. @defaultValue 5 */
  readonly failures?: number;
  /** How many trials must succeed to close it again. @defaultValue 2 */
  readonly successes?: number;
  /** How long it stays open before it lets requests try, in milliseconds. @defaultValue 60,000 */
  readonly openMs?: number;
  /** How many trials may run at once while it is half-open. @defaultValue 3 */
  readonly halfOpen?: number;
  /** Whether an error says that the provider is unwell. @defaultValue `error.retryable`, and not another breaker's `CircuitOpenError` */
  readonly isFailure?: (context: { readonly error: unknown }) => boolean;
}

/**
 * Makes a breaker for `circuitBreaker`, to be shared by all streams to one provider.
 *
 *     closed --(`failures` in a row)--> open --(`openMs`)--> half-open --(`successes`)--> closed
 *                                       open <--(a failure)-- half-open
 *
 * A success between them sets the count of failures back to 0. An error that says nothing of the provider's health (a bad request, the
 * caller's own abort) and an unsubscribe count as neither. A change of state aborts nothing that runs; what was sent before it does not count
 * any more, but a trial keeps its place until it ends. The breaker has a timer only while `state$` is subscribed.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError if a number is not > 0, or a count not whole.
 * @example const breaker = createBreaker({ failures: 3, openMs: 10_000 })
 */
export function createBreaker(options: BreakerOptions = {}): Breaker {
  checkOptions('createBreaker', options, ['failures', 'successes', 'openMs', 'halfOpen', 'isFailure']);
  checkNumbers(options);
  const { failures = 5, successes = 2, openMs = 60_000, halfOpen = 3, isFailure = isUnwell } = options;
  const changed$ = new Subject<void>();
  /** One timer for all who watch, so that all see a change at once. */
  const states$ = changed$.pipe(startWith(undefined), switchMap(watch), share());
  /** When it becomes half-open, as `asyncScheduler.now()` counts; `undefined` while it is closed. */
  let openUntil: number | undefined;
  /** How often it was opened or closed: passes of an earlier period do not count. */
  let period = 0;
  let failed = 0;
  let succeeded = 0;
  let trials = 0;

  const openForMs = (): number => (openUntil === undefined ? 0 : openUntil - asyncScheduler.now());

  function read(): BreakerState {
    if (openUntil === undefined) return 'closed';
    return openForMs() > 0 ? 'open' : 'half-open';
  }

  function turn(until: number | undefined): void {
    openUntil = until;
    period++;
    succeeded = 0;
    changed$.next();
  }

  function countSuccess(): void {
    failed = 0;
    if (openUntil !== undefined && ++succeeded >= successes) turn(undefined);
  }

  function countFailure(error: unknown): void {
    if (!isFailure({ error })) return;
    if (openUntil !== undefined || ++failed >= failures) turn(asyncScheduler.now() + openMs);
  }

  /** A timer may be early, or cannot be as long: then it looks again. */
  function watch(): Observable<BreakerState> {
    const state = read();
    if (state !== 'open') return of(state);
    return concat(of(state), timer(Math.min(openForMs(), longestTimerMs)).pipe(switchMap(watch)));
  }

  return {
    get state() {
      return read();
    },
    state$: defer(() => states$.pipe(startWith(read()), distinctUntilChanged())),
    enter() {
      const waitMs = openForMs();
      if (waitMs > 0) throw refusal('The circuit is open', waitMs);
      const trial = openUntil !== undefined;
      if (trial && trials >= halfOpen) throw refusal('The circuit is half-open, and all its trials are running');
      const entered = period;
      let running = true;
      if (trial) {
        trials++;
        // Those who watch hear that it is half-open before they hear what came of it, also when their timer is late.
        changed$.next();
      }

      function leave(count?: () => void): void {
        if (!running) return;
        running = false;
        if (trial) trials--;
        if (entered === period) count?.();
      }

      return {
        succeed: () => leave(countSuccess),
        fail: (error) => leave(() => countFailure(error)),
        release: () => leave(),
      };
    },
  };
}

function checkNumbers({ failures, successes, openMs, halfOpen, isFailure }: BreakerOptions): void {
  for (const [name, count] of Object.entries({ failures, successes, halfOpen })) {
    checkPositiveCount(name, count);
  }
  checkPositive('openMs', openMs);
  checkFunction('isFailure', isFailure);
}

function isUnwell({ error }: { readonly error: unknown }): boolean {
  return isStreamError(error) && error.retryable && error.kind !== 'circuit-open';
}

function refusal(message: string, retryAfterMs?: number): CircuitOpenError {
  return new CircuitOpenError(message, { retryAfterMs, partial: () => createMessageFold().partial() });
}
