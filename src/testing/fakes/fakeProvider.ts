import { asyncScheduler, isObservable, Observable, throwError } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { streamOf } from './streamOf.js';

/** What one request to a {@link fakeProvider} gets: a text, events, an error, or any stream. */
export type FakeAttempt = string | readonly DeltaEvent[] | Error | Observable<DeltaEvent>;

/** What became of one request. Times are RxJS's, so virtual ones in virtual time. */
export interface FakeRequest {
  readonly subscribedAtMs: number;
  /** `undefined` while it is open. */
  readonly endedAtMs: number | undefined;
  /** Who ended it: the script, or the one who unsubscribed. */
  readonly end: 'open' | 'complete' | 'error' | 'unsubscribed';
  /** What had been delivered. */
  readonly events: readonly DeltaEvent[];
}

/** A source that plays a script, and remembers who asked. */
export type FakeProvider = Observable<DeltaEvent> & {
  /** Every request so far, in order. */
  readonly requests: readonly FakeRequest[];
  /** The same for `expectSubscriptions(provider.subscriptions)`. */
  readonly subscriptions: { subscribedFrame: number; unsubscribedFrame: number }[];
};

/**
 * A cold source with scripted attempts: each subscription plays the next one, and is recorded.
 *
 *     script       [new ConnectionError(), 'Hello']
 *     first        #
 *     second       (sat f|)
 *
 * A subscription past the end of the script errors, so that a request too many is never overlooked.
 *
 * @param script What each request gets, in order; make one with pauses, faults or an end of its own by {@link streamOf}.
 * @throws TypeError at call time if the script is not an array of attempts, or empty.
 * Emits error: the script's. On unsubscribe: unsubscribes the attempt, and notes it.
 * @example fakeProvider([new ConnectionError(), 'Hello']).pipe(retryStream(), bufferToText())
 */
export function fakeProvider(script: readonly FakeAttempt[]): FakeProvider {
  if (!Array.isArray(script) || script.length === 0) throw new TypeError('fakeProvider: the script must be an array of attempts');
  const attempts = script.map(toStream);
  const requests: Mutable<FakeRequest>[] = [];
  const subscriptions: FakeProvider['subscriptions'] = [];

  const provider = new Observable<DeltaEvent>((subscriber) => {
    const attempt = attempts[requests.length];
    const events: DeltaEvent[] = [];
    const request: Mutable<FakeRequest> = { subscribedAtMs: asyncScheduler.now(), endedAtMs: undefined, end: 'open', events };
    const log = { subscribedFrame: request.subscribedAtMs, unsubscribedFrame: Infinity };
    requests.push(request);
    subscriptions.push(log);
    subscriber.add(() => {
      if (request.end === 'open') request.end = 'unsubscribed';
      request.endedAtMs = asyncScheduler.now();
      log.unsubscribedFrame = request.endedAtMs;
    });
    const played = attempt ?? throwError(() => new RangeError(unscripted(requests.length, attempts.length)));
    return played.subscribe({
      next(event) {
        events.push(event);
        subscriber.next(event);
      },
      error(error: unknown) {
        request.end = 'error';
        subscriber.error(error);
      },
      complete() {
        request.end = 'complete';
        subscriber.complete();
      },
    });
  });
  return Object.assign(provider, { requests, subscriptions });
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function unscripted(request: number, attempts: number): string {
  return `fakeProvider: request ${request}, but the script has ${attempts === 1 ? '1 attempt' : `${attempts} attempts`}`;
}

function toStream(attempt: FakeAttempt, index: number): Observable<DeltaEvent> {
  if (isObservable(attempt)) return attempt;
  if (attempt instanceof Error) return throwError(() => attempt);
  if (typeof attempt === 'string' || Array.isArray(attempt)) return streamOf(attempt);
  throw new TypeError(`fakeProvider: attempt ${index} must be a text, events, an error or a stream`);
}
