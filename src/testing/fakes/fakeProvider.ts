import { asyncScheduler, isObservable, Observable, throwError } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { streamOf } from './streamOf.js';

/** What a {@link fakeProvider} does for one request: answers with a text or with events, errors, or plays any stream. */
export type FakeAttempt = string | readonly DeltaEvent[] | Error | Observable<DeltaEvent>;

/** The record of one request. Times are those of `asyncScheduler`, in milliseconds: virtual in virtual time. */
export interface FakeRequest {
  readonly subscribedAtMs: number;
  /** `undefined` while the request is open. */
  readonly endedAtMs: number | undefined;
  /** `'complete'` or `'error'` if the script ended it, `'unsubscribed'` if the subscriber did. */
  readonly end: 'open' | 'complete' | 'error' | 'unsubscribed';
  /** The emitted events. */
  readonly events: readonly DeltaEvent[];
}

/** A source that plays a script and records its subscriptions. */
export type FakeProvider = Observable<DeltaEvent> & {
  /** Every request so far, in order. */
  readonly requests: readonly FakeRequest[];
  /** The same as frames, for `expectSubscriptions(provider.subscriptions)`. */
  readonly subscriptions: { subscribedFrame: number; unsubscribedFrame: number }[];
};

/**
 * Creates a cold source that plays a script: each subscription gets the next attempt and is recorded.
 *
 *     script       [new ConnectionError(), 'Hello']
 *     first        #
 *     second       (sat f|)
 *
 * A subscription past the end of the script errors with a RangeError, so that one request too many does not pass unnoticed.
 *
 * @param script The attempts in order; {@link streamOf} makes one with pauses, an error or another end.
 * @returns The source, with the record of its requests.
 * @throws TypeError at call time if the script is empty or not an array of attempts.
 * @emitsError The error of the attempt.
 * @unsubscribe Unsubscribes from the attempt and records that.
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
  throw new TypeError(`fakeProvider: attempt ${index} must be a string, an array of events, an Error or an Observable`);
}
