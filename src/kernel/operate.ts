import { defer, EMPTY, Observable, type OperatorFunction, Subscriber, Subscription } from 'rxjs';

/** What an operator does with its source; a missing `error` or `complete` passes the notification on. */
export interface OperatorHandlers<T> {
  next(value: T): void;
  error?(error: unknown): void;
  complete?(): void;
  /**
   * Runs when downstream unsubscribes before the source has ended and before a handler has thrown. No notification can carry what it
   * throws itself, so RxJS reports that as unhandled.
   */
  unsubscribe?(): void;
}

/**
 * The kernel of every hand-written operator.
 *
 * `start` runs once a subscription, so its variables are that subscription's own state. Whatever a handler throws becomes the error
 * notification. When downstream is done, the source is unsubscribed before `destination.next` returns, so that a synchronous producer stops
 * at once, and no handler runs any more. What `start` itself holds (timers, inner subscriptions) goes into `destination.add`; an operator
 * that ends the stream of its own accord unsubscribes `upstream` before it says so.
 */
export function operate<T, R>(
  start: (destination: Subscriber<R>, upstream: Subscription) => OperatorHandlers<T>,
): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((destination) => {
      const upstream = new Subscription();
      const subscriber = new Subscriber<T>(guard(start(destination, upstream), destination, upstream));
      // Before the source is subscribed, because a synchronous source is over when `subscribe` returns.
      upstream.add(subscriber);
      destination.add(upstream);
      // `start` may have ended the stream: then no request is sent.
      if (!subscriber.closed) source.subscribe(subscriber);
    });
}

/** RxJS's Subscriber sees to the rest of the contract: nothing after the end or after unsubscription. */
function guard<T, R>(
  handlers: OperatorHandlers<T>,
  destination: Subscriber<R>,
  upstream: Subscription,
): Required<Pick<OperatorHandlers<T>, 'next' | 'error' | 'complete'>> {
  let ended = false;

  /** The source goes first, so that whoever repeats it on an error never has two of it open. */
  function fail(error: unknown): void {
    ended = true;
    upstream.unsubscribe();
    destination.error(error);
  }

  if (handlers.unsubscribe && !destination.closed) {
    destination.add(() => {
      if (!ended) runUnheard(() => handlers.unsubscribe?.());
    });
  }

  return {
    next(value) {
      try {
        handlers.next(value);
      } catch (error) {
        fail(error);
      }
    },
    error(error) {
      ended = true;
      if (!handlers.error) return destination.error(error);
      try {
        handlers.error(error);
      } catch (thrown) {
        fail(thrown);
      }
    },
    complete() {
      ended = true;
      if (!handlers.complete) return destination.complete();
      try {
        handlers.complete();
      } catch (error) {
        fail(error);
      }
    },
  };
}

/** What it throws goes where RxJS sends an error that nobody handles. */
function runUnheard(run: () => void): void {
  defer(() => {
    run();
    return EMPTY;
  }).subscribe();
}
