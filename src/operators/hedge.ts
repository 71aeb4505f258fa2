import { asyncScheduler, isObservable, type MonoTypeOperatorFunction, type Observable, Subscriber } from 'rxjs';
import { createRace } from '../attempts/race.js';
import type { DeltaEvent } from '../events.js';
import { createAlarm } from '../kernel/alarm.js';
import { operate } from '../kernel/operate.js';
import { checkNotNegative, checkOptions } from '../kernel/options.js';

export interface HedgeOptions {
  /**
   * How long to wait for the first content of the source before the second provider is asked, in milliseconds; 0 asks both at once, `Infinity`
   * asks the second only if the first fails. Required.
   */
  readonly afterMs: number;
}

/**
 * Asks a second provider when the first is slow, and emits the answer of the one with content first.
 *
 *     source        s-------a-b-f|     aborted at 6
 *     other             s-c---d-f|
 *     afterMs = 4
 *     result        ------(sc)d-f|     only pings are emitted before
 *
 * The events of each provider before its first content (`start`, usage, progress, its own resets) are held back, and emitted if it wins; the
 * other one is aborted before that. A `finish` without content wins too. A provider that fails before it has emitted content is out, whatever
 * the error: the other one goes on alone, and is asked at once if it was not yet. The stream fails only if both fail, and no `reset` is needed,
 * because nothing was emitted. The abort of the caller ends both. The winner is final: if it fails or is reset later, so is the stream.
 *
 * The usage that the loser had reported is included in every later `usage`, as `requests` with `stands: false`, and emitted by itself if the
 * winner has reported none before its first content. A consumer that unsubscribes before the first content gets no usage.
 *
 * @param other The stream of the second provider, cold.
 * @throws TypeError at call time if `other` is no Observable, or for an option that is missing or unknown, RangeError if `afterMs` is not ≥ 0.
 * @emitsError {@link RetryExhaustedError}, with both errors in the order in which they occurred, if both fail before they have emitted
 * content; after that the winner's own, the same object.
 * @unsubscribe Aborts both requests.
 * @reset Holds the resets of a provider back until it wins, and forwards those of the winner.
 * @cost A second request if the first is slow. Holds the events before the first content of each; after that, nothing.
 * @example events$.pipe(hedge(other$, { afterMs: 2_000 }))
 */
export function hedge(other: Observable<DeltaEvent>, options: HedgeOptions): MonoTypeOperatorFunction<DeltaEvent> {
  if (!isObservable(other)) throw new TypeError('hedge: other must be an Observable');
  const afterMs = checkAfterMs(options);
  return operate((destination, upstream) => {
    const dueAt = asyncScheduler.now() + afterMs;
    const alarm = createAlarm(() => dueAt, startOther);
    const race = createRace(destination, { startNext: startOther, onDecided: alarm.clear });
    let started = false;

    function startOther(): boolean {
      if (started) return false;
      started = true;
      alarm.clear();
      const request = new Subscriber<DeltaEvent>(race.add(() => request.unsubscribe()));
      destination.add(request);
      if (!request.closed) other.subscribe(request);
      return true;
    }

    destination.add(alarm.clear);
    alarm.set();
    return race.add(() => upstream.unsubscribe());
  });
}

function checkAfterMs(options: HedgeOptions): number {
  checkOptions('hedge', options, ['afterMs']);
  const { afterMs } = options;
  if (afterMs === undefined) throw new TypeError('hedge: give afterMs');
  checkNotNegative('afterMs', afterMs);
  return afterMs;
}
