import { defer, type Observable } from 'rxjs';
import { operate } from '../kernel/operate.js';

/**
 * An Observable with an `AbortSignal` that aborts when it errors or is unsubscribed. The signal is created when it is read, because one costs
 * more than all else that a waiting call holds.
 */
export function withSignal<T>(create: (readSignal: () => AbortSignal) => Observable<T>): Observable<T> {
  return defer(() => {
    let controller: AbortController | undefined;
    let cancelled = false;

    function readSignal(): AbortSignal {
      controller ??= new AbortController();
      if (cancelled) controller.abort();
      return controller.signal;
    }

    return create(readSignal).pipe(
      operate<T, T>((destination) => ({
        next: (value) => destination.next(value),
        settle(outcome) {
          cancelled = outcome !== 'complete';
          if (cancelled) controller?.abort();
        },
      })),
    );
  });
}
