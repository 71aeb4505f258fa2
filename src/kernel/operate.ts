import { Observable, type OperatorFunction, Subscriber, Subscription } from 'rxjs';
import { carrySignal } from './callerAbort.js';

/** How a subscription ended. */
export type Outcome = 'complete' | 'error' | 'unsubscribe';

/** The handlers of an operator for its source; without `error` or `complete`, the notification is forwarded. */
export interface OperatorHandlers<T> {
  next(value: T): void;
  error?(error: unknown): void;
  complete?(): void;
  /**
   * Runs exactly once, however the subscription ends: before the `error` or `complete` handler, when downstream unsubscribes first, and when
   * a handler has thrown. On `complete` it may still emit. What it throws becomes the error notification; after `unsubscribe`, when no
   * notification can be emitted, RxJS reports it as unhandled.
   *
   * @param error The error of the source, or the one that a handler has thrown; undefined for any other outcome.
   */
  settle?(outcome: Outcome, error?: unknown): void;
}

/**
 * The kernel of every hand-written operator.
 *
 * `start` runs once for each subscription, so its variables are the state of that subscription. What a handler throws becomes the error
 * notification. When downstream is closed, the source is unsubscribed before `destination.next` returns, so that a synchronous producer stops
 * at once and no handler runs again. Timers and inner subscriptions that `start` creates are added to `destination`; an operator that
 * completes or errors by itself unsubscribes `upstream` first. The result carries the caller's signal of its source.
 */
export function operate<T, R>(
  start: (destination: Subscriber<R>, upstream: Subscription) => OperatorHandlers<T>,
): OperatorFunction<T, R> {
  return (source) => {
    const result = new Observable<R>((destination) => {
      const upstream = new Subscription();
      const subscriber = new Subscriber<T>(guard(start(destination, upstream), destination, upstream));
      // Added before the source is subscribed, because a synchronous source has ended when `subscribe` returns.
      upstream.add(subscriber);
      destination.add(upstream);
      // When `start` has already ended the stream, no request is sent.
      if (!subscriber.closed) source.subscribe(subscriber);
    });
    return carrySignal(source, result);
  };
}

/**
 * Turns what a handler throws into the error notification, and calls `settle` once. RxJS's Subscriber ensures the rest: no notification after
 * the end or after unsubscribe.
 */
function guard<T, R>(
  handlers: OperatorHandlers<T>,
  destination: Subscriber<R>,
  upstream: Subscription,
): Required<Pick<OperatorHandlers<T>, 'next' | 'error' | 'complete'>> {
  let settled = destination.closed;

  function settle(outcome: Outcome, error?: unknown): void {
    if (settled) return;
    settled = true;
    handlers.settle?.(outcome, error);
  }

  /** The source is unsubscribed first, so that an operator which repeats it on an error never has two subscriptions open. */
  function fail(error: unknown): void {
    upstream.unsubscribe();
    try {
      settle('error', error);
    } catch (thrown) {
      return destination.error(thrown);
    }
    destination.error(error);
  }

  if (handlers.settle) {
    destination.add(() => {
      // RxJS reports what an Observable without an error handler throws as unhandled.
      if (!settled) new Observable(() => settle('unsubscribe')).subscribe();
    });
  }

  function end(outcome: 'error' | 'complete', error?: unknown): void {
    try {
      settle(outcome, error);
      if (handlers[outcome]) handlers[outcome](error);
      else destination[outcome](error);
    } catch (thrown) {
      fail(thrown);
    }
  }

  return {
    next(value) {
      try {
        handlers.next(value);
      } catch (error) {
        fail(error);
      }
    },
    error: (error) => end('error', error),
    complete: () => end('complete'),
  };
}
