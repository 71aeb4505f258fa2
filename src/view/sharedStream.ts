import { Observable, Subscriber } from 'rxjs';
import type { DeltaEvent } from '../events.js';
import { createMergedEvents } from './mergedEvents.js';

/** One subscription to a source, and its readers. */
interface Connection<E> {
  join(reader: Subscriber<E>): void;
}

/**
 * Shares one subscription to a source between readers. One that subscribes late gets the events so far first, merged into few; after the
 * completion it gets them and the completion. When the last reader has unsubscribed, and after an error, the next one subscribes to the source
 * again.
 */
export function createSharedStream<E extends DeltaEvent>(source: Observable<E>): Observable<E> {
  let current: Connection<E> | undefined;

  function connect(): Connection<E> {
    const connection = createConnection(source, () => {
      if (current === connection) current = undefined;
    });
    return connection;
  }

  return new Observable((reader) => {
    current ??= connect();
    current.join(reader);
  });
}

/** @param onVoid Called when no other reader may subscribe: the source errored, or the last reader unsubscribed before its end. */
function createConnection<E extends DeltaEvent>(source: Observable<E>, onVoid: () => void): Connection<E> {
  const merged = createMergedEvents();
  /** Another array for each change, because readers subscribe and unsubscribe while an event is emitted. */
  let readers: readonly Subscriber<E>[] = [];
  /** The number of readers that are subscribed, with one that gets the events so far. */
  let present = 0;
  let isSubscribed = false;
  let isComplete = false;
  /** Whether an event is emitted: a reader may make the source emit another one, or subscribe another reader. */
  let isBusy = false;
  /** The notifications of the source meanwhile: they are emitted after that, so that all readers get all in the same order. */
  let waiting: (() => void)[] = [];

  const upstream = new Subscriber<E>({
    next(event) {
      if (isBusy) return void waiting.push(() => emit(event));
      isBusy = true;
      emit(event);
      catchUp();
    },
    error: (error: unknown) => end(() => fail(error)),
    complete: () => end(complete),
  });

  function end(notify: () => void): void {
    waiting.push(notify);
    if (!isBusy) catchUp();
  }

  function catchUp(): void {
    isBusy = true;
    for (let next = waiting.shift(); next; next = waiting.shift()) next();
    isBusy = false;
  }

  function emit(event: E): void {
    merged.push(event);
    for (const reader of readers) deliver(reader, event);
  }

  function fail(error: unknown): void {
    onVoid();
    for (const reader of readers) reader.error(error);
  }

  function complete(): void {
    isComplete = true;
    for (const reader of readers) reader.complete();
  }

  function leave(reader: Subscriber<E>): void {
    readers = readers.filter((each) => each !== reader);
    present--;
    if (present > 0 || isComplete) return;
    waiting = [];
    onVoid();
    upstream.unsubscribe();
  }

  function replay(reader: Subscriber<E>): void {
    for (const event of merged.read()) {
      if (reader.closed) return;
      deliver(reader, event as E);
    }
    if (isComplete) reader.complete();
  }

  return {
    join(reader) {
      present++;
      reader.add(() => leave(reader));
      const wasBusy = isBusy;
      isBusy = true;
      replay(reader);
      if (!reader.closed) readers = [...readers, reader];
      if (!wasBusy) catchUp();
      if (isSubscribed || reader.closed) return;
      isSubscribed = true;
      source.subscribe(upstream);
    },
  };
}

/** A reader that throws harms no other: RxJS reports an error without a handler as unhandled. */
function deliver<E>(reader: Subscriber<E>, event: E): void {
  try {
    reader.next(event);
  } catch (error) {
    new Observable(() => {
      throw error;
    }).subscribe();
  }
}
