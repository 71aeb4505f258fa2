import { Observable, Subscriber } from 'rxjs';

/**
 * Concatenates Observables that are made one after the other, each when the one before it has completed; completes when there is no next one.
 * A loop and not recursion, so that any number of them may complete at once.
 *
 * @param next Returns the next Observable, or `undefined`.
 */
export function successive<T>(next: () => Observable<T> | undefined): Observable<T> {
  return new Observable((subscriber) => {
    let subscribing = false;
    let completed = false;

    function advance(): void {
      completed = true;
      if (subscribing) return;
      subscribing = true;
      while (completed && !subscriber.closed) {
        completed = false;
        const following = next();
        if (following) subscribe(following);
        else subscriber.complete();
      }
      subscribing = false;
    }

    /** Linked before it is subscribed, so that downstream can unsubscribe while it emits synchronously. */
    function subscribe(following: Observable<T>): void {
      const inner = new Subscriber<T>({
        next: (value) => subscriber.next(value),
        error: (error: unknown) => subscriber.error(error),
        complete: advance,
      });
      subscriber.add(inner);
      following.subscribe(inner);
    }

    advance();
  });
}
