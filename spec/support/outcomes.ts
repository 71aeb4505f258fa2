import { concat, defer, NEVER, type Observable, of, throwError } from 'rxjs';
import { ConnectionError } from '../../src/errors.js';
import type { DeltaEvent, PartialMessage, ResetEvent } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { createTextFold } from '../../src/message/textFold.js';
import { marbles } from '../../src/testing/index.js';

/** What a stream has emitted, and how it has ended. */
export interface Outcome {
  readonly events: readonly DeltaEvent[];
  readonly error: unknown;
  readonly completed: boolean;
}

/** The error of a stream whose spec does not care which one it is: a retryable one. */
export const fault: ConnectionError = new ConnectionError();

/** Emits these events synchronously and then errors. */
export function broken(events: readonly DeltaEvent[], error: Error = fault): Observable<DeltaEvent> {
  return concat(
    of(...events),
    throwError(() => error),
  );
}

/** The n-th subscription gets the n-th stream, and later subscriptions the last one. */
export function inTurn(...streams: readonly Observable<DeltaEvent>[]): Observable<DeltaEvent> {
  let subscriptions = 0;
  return defer(() => streams[Math.min(subscriptions++, streams.length - 1)] ?? NEVER);
}

/** Runs a stream in virtual time until nothing is scheduled any more. */
export function outcomeOf(stream: Observable<DeltaEvent>): Outcome {
  const events: DeltaEvent[] = [];
  let error: unknown;
  let completed = false;
  marbles(({ flush }) => {
    stream.subscribe({
      next: (event) => events.push(event),
      error: (thrown: unknown) => {
        error = thrown;
      },
      complete: () => {
        completed = true;
      },
    });
    flush();
  })();
  return { events, error, completed };
}

export const resetsOf = ({ events }: Pick<Outcome, 'events'>): ResetEvent[] => events.filter((event) => event.type === 'reset');

export function messageOf({ events }: Pick<Outcome, 'events'>): PartialMessage {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.partial();
}

export function textOf({ events }: Pick<Outcome, 'events'>): string {
  const fold = createTextFold(0);
  for (const event of events) fold.push(event);
  return fold.text;
}
