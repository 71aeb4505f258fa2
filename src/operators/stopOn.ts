import { from, type MonoTypeOperatorFunction, type ObservableInput, take } from 'rxjs';
import type { DeltaEvent, FinishEvent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { localFinish } from '../message/localFinish.js';

/**
 * Completes the stream when a notifier emits: aborts the request, then emits a `finish` with the reason `aborted`.
 *
 *     source     s-a-b-c-d-f|
 *     notifier   -----x
 *     result     s-a-b(f|)       f.reason = 'aborted'
 *
 * In contrast to `takeUntil`, the stream has a definite end, so that folds emit the answer so far and usage is settled. A notifier that
 * completes without a value has no effect. One that emits synchronously on subscribe stops the stream before the request is sent: `finish`
 * is then the only event.
 *
 * @param notifier Any `ObservableInput`: its first value stops the stream.
 * @throws TypeError at call time if `notifier` is not an `ObservableInput`.
 * @emitsError The notifier's.
 * @unsubscribe Unsubscribes from the notifier too.
 * @reset Forwards it.
 * @cost Holds nothing but its subscription to the notifier.
 * @example events$.pipe(stopOn(fromEvent(stopButton, 'click')))
 */
export function stopOn<E extends DeltaEvent>(notifier: ObservableInput<unknown>): MonoTypeOperatorFunction<E | FinishEvent> {
  const first$ = from(notifier).pipe(take(1));
  return operate((destination, upstream) => {
    let finished = false;
    destination.add(
      first$.subscribe({
        next() {
          upstream.unsubscribe();
          if (!finished) destination.next(localFinish('aborted'));
          destination.complete();
        },
        error(error: unknown) {
          upstream.unsubscribe();
          destination.error(error);
        },
      }),
    );
    return {
      next(event) {
        finished = event.type === 'finish';
        destination.next(event);
      },
    };
  });
}
