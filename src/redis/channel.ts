import { asyncScheduler, type Subscriber, type Subscription } from 'rxjs';
import { compareEntries, entryId, readEntryId } from '../durable/entryId.js';
import type { StreamEntry } from '../durable/streamStore.js';
import { longestTimerMs } from '../kernel/alarm.js';
import type { LogFollower } from './hub.js';
import { eventEntry, follows, type LogEntry, type LogPlace, lostEntries, readEntries, terminalError } from './logEntry.js';

/** What a watch of a stream finds: for how long neither its lease nor its log runs out, or the id of its end, or that it is gone. */
export type WatchState = { readonly leftMs: number } | { readonly endId: string } | 'missing';

/** The readers of one log in this process that have caught up: each entry is read once for all of them. */
export interface Channel extends LogFollower {
  /** The subscriber gets what follows `last`, which is not before the last entry of the channel. */
  join(subscriber: Subscriber<StreamEntry>, last: LogPlace): void;
  /** Takes events, as JSON, that a producer in this process has stored. */
  deliverLocal(epoch: number, fromSeq: number, texts: readonly string[]): void;
  /** What follows is no longer that of a producer in this process. */
  askHub(): void;
}

/** What a channel needs of its surroundings. */
export interface ChannelHandlers {
  /** Asks for the lease, and takes over when it has run out. */
  watch(): Promise<WatchState>;
  /** Asks the hub for what follows. */
  ask(): void;
  /** No reader is left. */
  empty(): void;
}

/** How long a producer in this process may be silent before the log is asked for, in milliseconds: another one may have taken it over. */
const localMs = 2_000;

/** A stream whose terminal has been written is read to its end within this time; else it is asked for again. In milliseconds. */
const afterEndMs = 500;

/** What the timer of a watch waits longer than the lease, so that the lease has run out, in milliseconds. */
const marginMs = 15;

export function createChannel(key: string, start: LogPlace, handlers: ChannelHandlers): Channel {
  /** The readers, each with the entry up to which it has read by itself. */
  const readers = new Map<Subscriber<StreamEntry>, LogPlace>();
  let last = start;
  let watching: Subscription | undefined;
  let closed = false;
  let localUntil = 0;

  function end(finish: (subscriber: Subscriber<StreamEntry>) => void): void {
    const subscribers = [...readers.keys()];
    close();
    for (const subscriber of subscribers) finish(subscriber);
  }

  function close(): void {
    if (closed) return;
    closed = true;
    watching?.unsubscribe();
    readers.clear();
    handlers.empty();
  }

  function fail(error: unknown): void {
    end((subscriber) => subscriber.error(error));
  }

  function take(entry: LogEntry): void {
    const { value, end: terminal, place } = entry;
    if (compareEntries(place, last.place) <= 0) return;
    if (!follows(last, entry)) return fail(lostEntries());
    last = entry;
    if (terminal) return finish(terminal);
    if (!value) return;
    for (const [subscriber, own] of readers) {
      if (compareEntries(place, own.place) > 0) subscriber.next(value);
    }
  }

  function finish(terminal: NonNullable<LogEntry['end']>): void {
    const error = terminalError(terminal);
    end((subscriber) => (error ? subscriber.error(error) : subscriber.complete()));
  }

  function watchAgain(milliseconds: number): void {
    watching = asyncScheduler.schedule(startWatch, Math.min(milliseconds, longestTimerMs));
  }

  function startWatch(): void {
    handlers.watch().then((state) => {
      if (closed) return;
      if (state === 'missing' || ('endId' in state && isBefore(state.endId))) return fail(lostEntries());
      if ('endId' in state) askHub();
      watchAgain('endId' in state ? afterEndMs : state.leftMs + marginMs);
    }, fail);
  }

  /** An end that does not follow what the readers have is never delivered to them: Redis has lost entries, and the stream ended without them. */
  function isBefore(endId: string): boolean {
    const end = readEntryId(endId);
    return end !== undefined && compareEntries(end, last.place) <= 0;
  }

  function askHub(): void {
    if (localUntil > 0 && !closed) handlers.ask();
    localUntil = 0;
  }

  startWatch();
  return {
    key,
    get last() {
      return last;
    },
    get localUntil() {
      return localUntil;
    },
    deliverLocal(epoch, fromSeq, texts) {
      try {
        for (const [index, text] of texts.entries()) {
          const place = { epoch, seq: fromSeq + index };
          if (closed || compareEntries(place, last.place) <= 0) continue;
          const entry = eventEntry(entryId(epoch, place.seq), place, text);
          // Entries before it are still to come from the hub.
          if (!follows(last, entry)) return askHub();
          take(entry);
        }
        localUntil = asyncScheduler.now() + localMs;
      } catch (error) {
        fail(error);
      }
    },
    askHub,
    deliver(entries) {
      try {
        for (const entry of readEntries(entries)) {
          if (closed) return;
          take(entry);
        }
      } catch (error) {
        fail(error);
      }
    },
    fail,
    join(subscriber, place) {
      readers.set(subscriber, place);
      subscriber.add(() => {
        readers.delete(subscriber);
        if (readers.size === 0) close();
      });
    },
  };
}
