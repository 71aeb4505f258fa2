import { from, type MonoTypeOperatorFunction, type ObservableInput, take } from 'rxjs';
import type { DeltaEvent, FinishEvent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { localFinish } from '../message/localFinish.js';

/**
 * Ends the stream properly when a notifier emits: the request is aborted, then `finish` leaves with the reason `aborted`.
 *
 *     source     s-a-b-c-d-f|
 *     notifier   -----x
 *     result     s-a-b(f|)       f.reason = 'aborted'
 *
 * So folds keep what the answer had said, and usage settles, where `takeUntil` would leave them without a definite end. A notifier that
 * completes without a value stops nothing. One that emits at once, while it is being subscribed, stops the stream before the request is
 * sent: `finish` is then its only event.
 *
 * @param notifier Anything that RxJS can subscribe to: its first value stops the stream.
 * @throws TypeError at call time if `notifier` is not something RxJS can subscribe to.
 * Emits error: the notifier's own. On unsubscribe: unsubscribes the notifier too.
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
