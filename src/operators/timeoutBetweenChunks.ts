import type { MonoTypeOperatorFunction } from 'rxjs';
import { StreamTimeoutError } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import { checkDemand, type Demand } from '../handles/createDemand.js';
import { createAlarm } from '../kernel/alarm.js';
import { operate } from '../kernel/operate.js';
import { checkEach, checkPositive } from '../kernel/options.js';
import { createPartialFold } from '../message/partialFold.js';
import { createDeadlines, type TimeLimits } from '../metering/deadlines.js';

export interface TimeoutLimits extends TimeLimits {
  /** The handle that pauses the source: while it is paused, neither `firstMs` nor `betweenMs` runs. @defaultValue none */
  readonly demand?: Demand;
}

/**
 * Errors when the first event, the next one or the end takes longer than allowed.
 *
 *     source        a--b-------c|
 *     betweenMs = 5
 *     result        a--b----#
 *
 * `start` and progress (`raw`) are events like any other; the payload copies of `includeRaw` are not. A `reset` pauses `firstMs` and
 * `betweenMs` for its `delayMs`, then `firstMs` runs again; `totalMs` is not paused. If two limits are due at once, `first` and `between` win
 * over `total`, because they are more specific.
 *
 * A slow consumer must not look like a silent provider: pass the source's `demand` here too. At the end of a pause `firstMs` or `betweenMs`
 * starts again in full; `totalMs` is not paused.
 *
 * @param limits The limits, at least one; `Infinity` is no limit. A number sets both `firstMs` and `betweenMs`.
 * @throws TypeError at call time if no limit is given or an option is unknown, RangeError if a limit is not > 0.
 * @emitsError {@link StreamTimeoutError}, retryable, after the source was unsubscribed.
 * @unsubscribe Clears its timer.
 * @reset Forwards it, and pauses `firstMs` and `betweenMs` for its `delayMs`; then a first event is due again.
 * @cost Holds the message so far, for `error.partial`; one timer, which is not set again at each event.
 * @example events$.pipe(timeoutBetweenChunks({ firstMs: 60_000, betweenMs: 30_000 }))
 */
export function timeoutBetweenChunks<E extends DeltaEvent>(limits: number | TimeoutLimits): MonoTypeOperatorFunction<E> {
  const checked = checkLimits(limits);
  return operate((destination, upstream) => {
    const fold = createPartialFold();
    const deadlines = createDeadlines(checked);
    const alarm = createAlarm(() => deadlines.next().dueAt, timeOut);

    function fail(error: unknown): void {
      upstream.unsubscribe();
      destination.error(error);
    }

    function timeOut(): void {
      const { phase, limitMs } = deadlines.next();
      fail(new StreamTimeoutError(phase, limitMs, { partial: () => fold.partial() }));
    }

    function setPaused(paused: boolean): void {
      deadlines.setPaused(paused);
      alarm.set();
    }

    destination.add(() => alarm.clear());
    destination.add(checked.demand?.paused$.subscribe({ next: setPaused, error: fail }));
    alarm.set();
    return {
      next(event) {
        fold.push(event);
        if (deadlines.push(event)) alarm.set();
        destination.next(event);
      },
    };
  });
}

function checkLimits(limits: number | TimeoutLimits): TimeoutLimits {
  if (typeof limits === 'number') return checkLimits({ firstMs: limits, betweenMs: limits });
  checkEach('timeoutBetweenChunks', limits, {
    firstMs: checkPositive,
    betweenMs: checkPositive,
    totalMs: checkPositive,
    countPings: undefined,
    demand: checkDemand,
  });
  const { firstMs, betweenMs, totalMs } = limits;
  if (firstMs === undefined && betweenMs === undefined && totalMs === undefined) {
    throw new TypeError('timeoutBetweenChunks: give at least one of firstMs, betweenMs and totalMs');
  }
  return limits;
}
