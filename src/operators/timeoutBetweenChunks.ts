import { asyncScheduler, type MonoTypeOperatorFunction } from 'rxjs';
import { StreamTimeoutError, type TimeoutPhase } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import { checkDemand } from '../handles/checkDemand.js';
import type { Demand } from '../handles/createDemand.js';
import { createAlarm } from '../kernel/alarm.js';
import { operate } from '../kernel/operate.js';
import { checkOptions, checkPositive } from '../kernel/options.js';
import { createMessageFold } from '../message/messageFold.js';

export interface TimeoutLimits {
  /** Longest wait from subscribe to the first event other than `ping`, in milliseconds. @defaultValue no limit */
  readonly firstMs?: number;
  /** Longest silence between two events other than `ping`, in milliseconds. @defaultValue no limit */
  readonly betweenMs?: number;
  /** Longest time from subscribe to the end, repeats and their waits included, in milliseconds. @defaultValue no limit */
  readonly totalMs?: number;
  /** Whether a `ping` counts as an event, so that a provider that only says "alive" is waited for. @defaultValue false */
  readonly countPings?: boolean;
  /** The handle that the source reads by: while it is paused, neither `firstMs` nor `betweenMs` runs. @defaultValue none */
  readonly demand?: Demand;
}

/**
 * Errors when the stream stays silent, or goes on, longer than allowed.
 *
 *     source        a--b-------c|
 *     betweenMs = 5
 *     result        a--b----#
 *
 * `start` and progress (`raw`) are events like any other; the payload copies of `includeRaw` are not. A `reset` pauses `firstMs` and
 * `betweenMs` for its `delayMs`, then waits for a first event again; `totalMs` goes on. When two limits fall due at once, `first` or
 * `between` wins over `total`, because it says more.
 *
 * A consumer that is slow must not look like a provider that is silent: give the source's `demand` here too. From the end of a pause both limits
 * run anew; `totalMs` runs on through it.
 *
 * @param limits The limits, at least one; `Infinity` is no limit. A number is both `firstMs` and `betweenMs`.
 * @throws TypeError at call time if no limit is given or an option is unknown, RangeError if a limit is not > 0.
 * Emits error: {@link StreamTimeoutError}, retryable, after the source was unsubscribed. On unsubscribe: clears its timer.
 * @example events$.pipe(timeoutBetweenChunks({ firstMs: 60_000, betweenMs: 30_000 }))
 */
export function timeoutBetweenChunks<E extends DeltaEvent>(limits: number | TimeoutLimits): MonoTypeOperatorFunction<E> {
  const checked = checkLimits(limits);
  return operate((destination, upstream) => {
    const fold = createMessageFold();
    const clock = createClock(checked);
    const alarm = createAlarm(
      () => clock.next().dueAt,
      () => {
        const { phase, limitMs } = clock.next();
        const error = new StreamTimeoutError(phase, limitMs, { partial: () => fold.partial() });
        upstream.unsubscribe();
        destination.error(error);
      },
    );
    destination.add(() => alarm.clear());
    destination.add(
      checked.demand?.paused$.subscribe({
        next(paused) {
          clock.setPaused(paused);
          alarm.set();
        },
        error(error: unknown) {
          upstream.unsubscribe();
          destination.error(error);
        },
      }),
    );
    alarm.set();
    return {
      next(event) {
        fold.push(event);
        if (clock.push(event)) alarm.set();
        destination.next(event);
      },
    };
  });
}

function checkLimits(limits: number | TimeoutLimits): TimeoutLimits {
  if (typeof limits === 'number') return checkLimits({ firstMs: limits, betweenMs: limits });
  checkOptions('timeoutBetweenChunks', limits, ['firstMs', 'betweenMs', 'totalMs', 'countPings', 'demand']);
  const { firstMs, betweenMs, totalMs } = limits;
  if (firstMs === undefined && betweenMs === undefined && totalMs === undefined) {
    throw new TypeError('timeoutBetweenChunks: give at least one of firstMs, betweenMs and totalMs');
  }
  checkPositive('firstMs', firstMs);
  checkPositive('betweenMs', betweenMs);
  checkPositive('totalMs', totalMs);
  checkDemand('demand', limits.demand);
  return limits;
}

interface Deadline {
  readonly phase: TimeoutPhase;
  readonly limitMs: number;
  readonly dueAt: number;
}

interface Clock {
  /** The limit that falls due next. */
  next(): Deadline;
  /** Takes an event and tells whether another limit runs from now on. */
  push(event: DeltaEvent): boolean;
  /** Stops the limits of silence, or starts them anew. */
  setPaused(paused: boolean): void;
}

function createClock({ firstMs = Infinity, betweenMs = Infinity, totalMs = Infinity, countPings = false }: TimeoutLimits): Clock {
  const totalAt = asyncScheduler.now() + totalMs;
  let phase: 'first' | 'between' = 'first';
  let since = asyncScheduler.now();
  let stopped = false;
  return {
    next() {
      const limitMs = phase === 'first' ? firstMs : betweenMs;
      const dueAt = stopped ? Infinity : since + limitMs;
      return dueAt <= totalAt ? { phase, limitMs, dueAt } : { phase: 'total', limitMs: totalMs, dueAt: totalAt };
    },
    push(event) {
      if (event.type === 'reset') {
        phase = 'first';
        since = asyncScheduler.now() + event.delayMs;
        return true;
      }
      if (event.type === 'ping' ? !countPings : event.type === 'raw' && event.name === 'payload') return false;
      since = asyncScheduler.now();
      const entered = phase === 'first';
      phase = 'between';
      return entered;
    },
    setPaused(paused) {
      stopped = paused;
      // The wait that a reset asks for runs on through a pause.
      since = Math.max(since, asyncScheduler.now());
    },
  };
}
