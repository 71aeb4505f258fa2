import { catchError, concat, defer, map, Observable, of, takeWhile } from 'rxjs';
import { compareEntries, readEntryId } from '../../durable/entryId.js';
import type { StreamEntry } from '../../durable/streamStore.js';
import { isStreamError } from '../../errors.js';
import type { FramePlace, SentEntry } from './framing.js';

/** Reads a stream of a store, after an entry. */
export type ReadEntries = (after?: string) => Observable<StreamEntry>;

/**
 * The rest of a stream after a frame.
 *
 * @param isStateless Whether the rest can be encoded alone; else what came before is emitted too, as seen.
 */
export function resumedEntries(read: ReadEntries, place: FramePlace | undefined, isStateless: boolean): Observable<SentEntry> {
  if (!place) return read().pipe(map(unseen));
  const rest$ = read(place.id).pipe(map(unseen), catchError(endInBand));
  // A part of an event that is sent again brings the encoder up to date.
  return isStateless && place.frames === Infinity ? rest$ : afterSeen(read, place, rest$);
}

/** An error that the stream emits is not one of the request to resume it: a client would ask again. */
function endInBand(error: unknown): Observable<SentEntry> {
  const failure$ = defer((): Observable<never> => {
    throw error;
  });
  return isPlaceError(error) ? failure$ : concat(of(opening), failure$);
}

const opening: SentEntry = { id: '', event: { type: 'ping' }, seen: Infinity, opens: true };

function isPlaceError(error: unknown): boolean {
  return isStreamError(error, 'gap') || (isStreamError(error, 'not-found') && error.name === 'NotFoundError');
}

/**
 * Both are read at the same time, because only the rest shows whether the place is one of this log: without that, what came before might never
 * reach it.
 */
function afterSeen(read: ReadEntries, { id, frames }: FramePlace, rest$: Observable<SentEntry>): Observable<SentEntry> {
  const last = readEntryId(id) ?? { epoch: 0, seq: 0 };
  return new Observable((subscriber) => {
    /** What the rest has emitted before its turn. */
    let held: SentEntry[] | undefined = [];
    let end: (() => void) | undefined;

    function release(): void {
      const entries = held ?? [];
      held = undefined;
      for (const entry of entries) subscriber.next(entry);
      end?.();
    }

    function endWith(how: () => void): void {
      if (held) end = how;
      else how();
    }

    const rest = rest$.subscribe({
      next: (entry) => (held ? held.push(entry) : subscriber.next(entry)),
      error(error: unknown) {
        if (isPlaceError(error)) subscriber.error(error);
        else endWith(() => subscriber.error(error));
      },
      complete: () => endWith(() => subscriber.complete()),
    });
    subscriber.add(rest);
    if (subscriber.closed) return;
    const distance = (entry: StreamEntry): number => compareEntries(readEntryId(entry.id) ?? last, last);
    const seen$ = read().pipe(takeWhile((entry) => distance(entry) < 0, true));
    const seen = seen$.subscribe({
      next(entry) {
        const beyond = distance(entry);
        if (beyond < 0) subscriber.next({ ...entry, seen: Infinity });
        else if (beyond === 0) subscriber.next({ ...entry, seen: frames, opens: true });
      },
      // The log has ended before the place, which is then that of its terminal: the rest has the same end.
      error: release,
      complete: release,
    });
    subscriber.add(seen);
  });
}

function unseen(entry: StreamEntry): SentEntry {
  return { ...entry, seen: 0 };
}
