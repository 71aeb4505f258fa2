import { Observable, type Subscriber } from 'rxjs';
import { LimitError } from '../errors.js';
import { createMessageFold } from '../message/messageFold.js';
import { createWaitingLine } from './linkedQueue.js';

export interface TurnstileOptions<Visitor> {
  /** Lets the visitor in, and takes note of it, if there is room now. */
  admit(visitor: Visitor): boolean;
  /** The most that may wait. */
  readonly maxQueue: number;
  /** Called when another visitor is first in the line, or none. */
  onChange?(first: Visitor | undefined): void;
}

/** Lets streams begin in the order in which they came. */
export interface Turnstile<Visitor> {
  readonly waiting: number;
  /**
   * Emits and completes as soon as the visitor is let in; unsubscribing before that leaves the line.
   * Emits error: {@link LimitError} if the line is full.
   */
  enter(visitor: Visitor): Observable<void>;
  /** Lets in whom there is room for: call it when there may be more of it. */
  serve(): void;
}

export function createTurnstile<Visitor>({ admit, maxQueue, onChange }: TurnstileOptions<Visitor>): Turnstile<Visitor> {
  const line = createWaitingLine<{ readonly visitor: Visitor; begin(): void }>();
  let serving = false;

  function changed(): void {
    if (!serving) onChange?.(line.first?.visitor);
  }

  /** A loop, because a stream that is over at once makes room for the next before it has returned. */
  function serve(): void {
    if (serving) return;
    serving = true;
    for (let first = line.first; first && admit(first.visitor); first = line.first) first.begin();
    serving = false;
    changed();
  }

  function wait(visitor: Visitor, subscriber: Subscriber<void>): void {
    const leave = line.join({
      visitor,
      begin() {
        leave();
        letIn(subscriber);
      },
    });
    subscriber.add(() => {
      leave();
      // The next may need less.
      serve();
    });
    changed();
  }

  return {
    get waiting() {
      return line.length;
    },
    enter(visitor) {
      return new Observable((subscriber) => {
        if (line.length === 0 && admit(visitor)) letIn(subscriber);
        else if (line.length < maxQueue) wait(visitor, subscriber);
        else subscriber.error(new LimitError('maxQueue', maxQueue, { retryable: true, partial: createMessageFold().partial }));
      });
    },
    serve,
  };
}

function letIn(subscriber: Subscriber<void>): void {
  subscriber.next();
  subscriber.complete();
}
