import { Observable, type Subscriber } from 'rxjs';
import { LimitError } from '../errors.js';
import { createPartialFold } from '../message/partialFold.js';
import { createLinkedQueue } from './linkedQueue.js';

export interface AdmissionQueueOptions<Admission> {
  /** Admits a stream and records it, if the limits allow it now. @returns Whether it was admitted. */
  admit(admission: Admission): boolean;
  /** How many streams may wait. */
  readonly maxQueue: number;
  /** Called when the first of the waiting streams has changed; `undefined` when none waits. */
  onFirstChange?(first: Admission | undefined): void;
}

/** Admits streams in the order in which they were subscribed. */
export interface AdmissionQueue<Admission> {
  /** How many streams wait. */
  readonly waiting: number;
  /**
   * Emits and completes when the stream is admitted; unsubscribing before that removes it from the queue.
   *
   * @emitsError {@link LimitError} if the queue is full.
   */
  request(admission: Admission): Observable<void>;
  /** Admits as many waiting streams as the limits allow. Call it whenever they may allow more. */
  admitWaiting(): void;
}

export function createAdmissionQueue<Admission>(options: AdmissionQueueOptions<Admission>): AdmissionQueue<Admission> {
  const { admit, maxQueue, onFirstChange } = options;
  const queue = createLinkedQueue<{ readonly admission: Admission; start(): void }>();
  let admitting = false;

  function reportFirst(): void {
    if (!admitting) onFirstChange?.(queue.first?.admission);
  }

  /** A loop instead of a recursion, because a stream that ends synchronously makes room for the next one before `start` returns. */
  function admitWaiting(): void {
    if (admitting) return;
    admitting = true;
    for (let first = queue.first; first && admit(first.admission); first = queue.first) first.start();
    admitting = false;
    reportFirst();
  }

  function wait(admission: Admission, subscriber: Subscriber<void>): void {
    const remove = queue.append({
      admission,
      start() {
        remove();
        grant(subscriber);
      },
    });
    subscriber.add(() => {
      remove();
      // The stream that is first now may need less.
      admitWaiting();
    });
    reportFirst();
  }

  return {
    get waiting() {
      return queue.length;
    },
    request(admission) {
      return new Observable((subscriber) => {
        if (queue.length === 0 && admit(admission)) grant(subscriber);
        else if (queue.length < maxQueue) wait(admission, subscriber);
        else subscriber.error(new LimitError('maxQueue', maxQueue, { retryable: true, partial: createPartialFold().partial }));
      });
    },
    admitWaiting,
  };
}

function grant(subscriber: Subscriber<void>): void {
  subscriber.next();
  subscriber.complete();
}
